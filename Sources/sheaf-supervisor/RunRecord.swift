import CLinux
import Glibc
import SheafSupervision
import SheafSystem

/// Writes what the supervisor knows, so that a change costs the same however many processes there are.
///
/// All of it stands in the status, which is written at the beginning, at the end and when the changes have become many;
/// what changes in between is collected and added to the file of changes, one write for all that happens in one turn.
struct RunRecord {
    private let paths: IncarnationPaths
    /// How many changes stand in the file before a status takes their place.
    private let mostChanges: Int
    private var file: Int32 = -1
    private var number = 0
    private var countInFile = 0
    /// Entries that were not written yet.
    private var pending: [UInt8] = []
    /// Whether something was written, or waits to be, that a power cut would take back.
    private(set) var isUnsynced = false

    /// So few that reading them takes no time, for whatever is started again and again.
    private static let fewChanges = 256

    init(paths: IncarnationPaths, processCount: Int) {
        self.paths = paths
        mostChanges = max(Self.fewChanges, 4 * processCount)
    }

    /// The number of the last change that was noted.
    var lastChange: Int { number }

    /// Whether all that was noted should be written as one status now.
    var isLong: Bool { countInFile >= mostChanges }

    /// Takes in a change, to be written with the next `flush`.
    mutating func note(_ change: StatusChange) {
        number += 1
        countInFile += 1
        pending += change.encoded(number: number)
        isUnsynced = true
    }

    /// Adds what was noted to the file.
    ///
    /// - Parameter isSynced: Whether all that was noted up to now must outlast a power cut.
    /// - Throws: `SystemError`; the file may end with a part of an entry then, and `replace` has to be next.
    mutating func flush(isSynced: Bool) throws(SystemError) {
        if !pending.isEmpty {
            let count = pending.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count == pending.count else {
                throw SystemError("write \(paths.changes)", number: count < 0 ? errno : ENOSPC)
            }
            pending.removeAll(keepingCapacity: true)
        }
        guard isSynced, isUnsynced else { return }
        guard fdatasync(file) == 0 else { throw SystemError("sync \(paths.changes)") }
        isUnsynced = false
    }

    /// Begins the record: what an earlier supervisor has left of changes is no part of it.
    ///
    /// - Throws: `SystemError`; nothing of this life can be written then.
    mutating func begin(with status: SupervisorStatus) throws(SystemError) {
        // Its name becomes durable with that of the status.
        try beginFile(isSynced: false)
        try DurableFile.write(status.encoded(), to: paths.status)
    }

    /// Writes all that is known in place of what stands there.
    ///
    /// - Throws: `SystemError`; what stands there is still good, and `replace` has to be tried again.
    mutating func replace(with status: SupervisorStatus) throws(SystemError) {
        try end(with: status)
        // What is added from now on must not be in a file whose name a power cut takes back.
        try beginFile(isSynced: true)
    }

    /// Writes all that is known for the last time; the changes that are in it stay where they are.
    ///
    /// - Throws: `SystemError`; what stands there is still good.
    mutating func end(with status: SupervisorStatus) throws(SystemError) {
        try DurableFile.write(status.encoded(), to: paths.status)
        pending.removeAll(keepingCapacity: true)
        isUnsynced = false
    }

    /// A file of its own each time, so that whoever reads the old one meanwhile reads on in that.
    private mutating func beginFile(isSynced: Bool) throws(SystemError) {
        try DurableFile.write(StatusChange.encodedHeader, to: paths.changes, isSynced: isSynced)
        let next = sheaf_open(paths.changes, O_WRONLY | O_APPEND | O_CLOEXEC, 0)
        guard next >= 0 else { throw SystemError("write \(paths.changes)") }
        if file >= 0 { close(file) }
        file = next
        countInFile = 0
    }
}
