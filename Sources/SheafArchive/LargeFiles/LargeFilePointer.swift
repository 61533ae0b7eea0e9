import SheafModel

/// What git has of a file that git LFS keeps: a few lines with its SHA-256 and size.
///
/// The form is that of https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md.
struct LargeFilePointer: Sendable, Hashable {
    /// Of the file that the pointer stands for.
    let digest: Digest
    let size: Int64

    /// Larger files are no pointers; the specification's limit.
    static let most: Int64 = 1_023
    /// The sizes of pointers without extensions, as almost all are: three lines with one of the versions below, and a
    /// number of up to 19 digits.
    static let usual: ClosedRange<Int64> = 115...144

    /// Whether a file of this size is looked at as a pointer.
    ///
    /// - Parameters:
    ///   - size: Of the file.
    ///   - isLarge: Whether attributes say that git LFS has its content; asked only where that decides.
    /// - Returns: False for a file that is packed as it is, whatever it holds.
    static func mayBe(size: Int64, isLarge: @autoclosure () -> Bool) -> Bool {
        usual.contains(size) || size <= most && isLarge()
    }

    private static let versions = [
        "https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2",
    ]

    /// Reads a pointer; nil for any other content.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.most, bytes.starts(with: "version ".utf8),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { return nil }
            values[line[..<space]] = line[line.index(after: space)...]
        }
        guard let version = values["version"], Self.versions.contains(String(version)),
            let digest = values["oid"].flatMap({ Digest(String($0)) }),
            let size = values["size"].flatMap({ Int64($0) }), size >= 0
        else { return nil }
        self.digest = digest
        self.size = size
    }
}
