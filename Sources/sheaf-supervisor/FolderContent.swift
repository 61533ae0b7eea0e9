import Glibc

/// What processes leave behind in their folders.
enum FolderContent {
    /// Removes all that is in a folder, without following links, and keeps the folder; call it when nothing runs any more.
    ///
    /// What cannot be removed, such as files of a container's user, stays: the outcome of the run is not worse for it.
    static func remove(in folder: String) { remove(in: Array(folder.utf8CString.dropLast())) }

    // Paths are bytes without a NUL, since workloads may use names that are no UTF-8.
    private static func remove(in folder: [CChar]) {
        for name in names(in: folder + [0]) {
            let path = folder + [CChar(bitPattern: UInt8(ascii: "/"))] + name
            guard unlink(path + [0]) != 0, errno == EISDIR else { continue }
            remove(in: path)
            rmdir(path + [0])
        }
    }

    /// All names first: what a folder shows while it shrinks is not defined.
    private static func names(in folder: [CChar]) -> [[CChar]] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map(CChar.init(bitPattern:))
            }
            if name != [dot], name != [dot, dot] { names.append(name) }
        }
        return names
    }
}
