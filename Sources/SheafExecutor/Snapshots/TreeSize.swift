import CLinux
import Glibc
import SheafSystem

/// What a copy of a folder would take on the disk.
struct TreeSize {
    private(set) var bytes: Int64 = 0
    private var seen: Set<UInt64> = []

    /// Adds up what is in a folder; what vanishes meanwhile does not count.
    static func measure(_ folder: borrowing OpenFolder) throws(SystemError) -> Int64 {
        var size = TreeSize()
        try size.add(folder)
        return size.bytes
    }

    private mutating func add(_ folder: borrowing OpenFolder) throws(SystemError) {
        for name in try folder.names() {
            guard let status = try folder.status(of: name) else { continue }
            if status.type == S_IFDIR {
                guard let inner = try folder.folder(name) else { continue }
                try add(inner)
            } else if status.type == S_IFREG, status.st_nlink < 2 || seen.insert(UInt64(status.st_ino)).inserted {
                bytes += status.writtenBytes
            }
        }
    }
}
