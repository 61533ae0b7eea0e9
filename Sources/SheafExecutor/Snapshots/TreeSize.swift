import CLinux
import Glibc
import SheafSystem

/// What a copy of a folder would take on the disk.
struct TreeSize {
    private(set) var bytes: Int64 = 0
    private var seen: Set<UInt64> = []
    /// When the walk is given up; nil for never.
    private let deadline: ContinuousClock.Instant?
    private var isGivenUp = false

    private init(until deadline: ContinuousClock.Instant? = nil) { self.deadline = deadline }

    /// Adds up what is in a folder; what vanishes meanwhile does not count.
    static func measure(_ folder: borrowing OpenFolder) throws(SystemError) -> Int64 {
        var size = TreeSize()
        try size.add(folder)
        return size.bytes
    }

    /// The same where it does not take longer than a time; nil where it does.
    static func measure(_ folder: borrowing OpenFolder, within limit: Duration) throws(SystemError) -> Int64? {
        var size = TreeSize(until: .now + limit)
        try size.add(folder)
        return size.isGivenUp ? nil : size.bytes
    }

    private mutating func add(_ folder: borrowing OpenFolder) throws(SystemError) {
        if let deadline, .now > deadline { isGivenUp = true }
        for name in try folder.names() where !isGivenUp {
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
