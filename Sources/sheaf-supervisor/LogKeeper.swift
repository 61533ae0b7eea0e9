import CLinux
import Glibc
import SheafSupervision

/// Keeps the log of a process from growing for ever, without losing a line of what it keeps.
///
/// The process writes straight into the file, so that what it has written is there whatever dies next. While it runs,
/// the blocks of the oldest lines are given back to the file system in place: all others stay where they are, for
/// whoever writes and whoever reads. Between two attempts a file that was shortened so is renamed and a new one begun.
struct LogKeeper {
    private let path: String
    private let limit: Int64
    /// When the size is looked at next, on the clock for deadlines.
    private(set) var checkAt: Milliseconds
    private var pause = shortestPause
    private var lastSize: Int64 = 0
    /// What was given back already.
    private var freed: Int64 = 0
    private var canFree = true

    private static let shortestPause: Milliseconds = 1000
    private static let longestPause: Milliseconds = 16_000
    /// What file systems give back at least.
    private static let block: Int64 = 4096

    /// - Returns: nil where all of the log is kept.
    init?(_ plan: ProcessPlan) {
        guard let limit = plan.logLimit, limit > 0 else { return nil }
        path = plan.logPath
        self.limit = limit
        checkAt = 0
    }

    /// Before an attempt: puts aside a log whose beginning is gone, or that could not be shortened.
    mutating func noteStart() {
        (pause, checkAt) = (Self.shortestPause, Clock.now + Self.shortestPause)
        guard let size = Self.size(of: path), size > 2 * limit else { return }
        // Whoever still writes goes on in the old file. A log that cannot be renamed goes on as it is.
        guard rename(path, "\(path)\(IncarnationPaths.earlierLogSuffix)") == 0 else { return }
        (lastSize, freed) = (0, 0)
    }

    /// Gives back what is older than must be kept, and decides when to look again.
    mutating func check() {
        let size = Self.size(of: path) ?? 0
        // Who writes much is looked at often.
        let isBusy = size - lastSize > limit / 8
        pause = isBusy ? Self.shortestPause : min(pause * 2, Self.longestPause)
        (lastSize, checkAt) = (size, Clock.now + pause)
        guard canFree, size - freed > 2 * limit else { return }
        let descriptor = sheaf_open(path, O_WRONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let end = (size - limit) / Self.block * Self.block
        if sheaf_free_blocks(descriptor, 0, end) == 0 { freed = end } else if errno == EOPNOTSUPP { canFree = false }
    }

    private static func size(of path: String) -> Int64? {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : nil
    }
}
