import SheafModel
import SheafSupervision
import SheafSystem

/// What is kept of one run of a workflow, in a folder below `$SHEAF_HOME/runs`.
///
/// While the run is the last one of its incarnation there are only its logs: the rest is in the incarnation's folder `run`,
/// where its supervisor writes. It is kept here before another run or the end of the incarnation takes its place.
struct RunFolder: Hashable, Sendable {
    let path: String

    var logs: String { "\(path)/log" }
    /// The order, as it was given to the supervisor.
    private var orderPath: String { "\(path)/order" }
    /// Why it failed, without secrets: the list of those goes with the incarnation.
    private var evidencePath: String { "\(path)/evidence" }
    /// The last status; written last, so that where it is everything is.
    private var statusPath: String { "\(path)/status" }

    /// Whether the run has been kept.
    var isKept: Bool { FileTree.exists(statusPath) }

    var order: RunOrder? {
        // Of another format, and so of another version of Sheaf: there is nothing to say about it.
        TextFile.read(orderPath).flatMap { try? RunOrder(decoding: $0) }
    }

    var status: SupervisorStatus? {
        // As for the order.
        TextFile.read(statusPath).flatMap { try? SupervisorStatus(decoding: $0) }
    }

    var evidence: String? { TextFile.read(evidencePath) }

    func keep(_ order: RunOrder, _ status: SupervisorStatus, evidence: String?) throws(SystemError) {
        var changes = UnsyncedChanges()
        try FileTree.makeFolder(path, noting: &changes)
        try DurableFile.write(order.encoded(), to: orderPath, isSynced: false)
        changes.note(file: orderPath)
        if let evidence {
            try DurableFile.write(Array(evidence.utf8), to: evidencePath, isSynced: false)
            changes.note(file: evidencePath)
        }
        try changes.sync()
        try DurableFile.write(status.encoded(), to: statusPath)
    }
}
