internal import SheafSystem

/// Files that a user named.
enum ReadableFile {
    /// The content of a file; nil when it is larger than allowed.
    ///
    /// - Throws: `SourceError` that says why the file cannot be read.
    static func contents(of path: String, limit: Int) throws -> [UInt8]? {
        do {
            return try WholeFile.read(path, limit: limit)
        } catch {
            throw error.number == 2
                ? SourceError.missing(path, hint: "check the path of the file") : SourceError.unreadable(path, error)
        }
    }

    /// The content of a file that is written as manifests are.
    ///
    /// - Throws: `SourceError` that says why the file cannot be read, also when it is too large.
    static func contents(of path: String) throws -> [UInt8] {
        guard let bytes = try contents(of: path, limit: ValidationTarget.largestFile) else {
            throw SourceError.tooLarge(path)
        }
        return bytes
    }
}
