package import SheafModel
import SheafSupervision
package import SheafSystem

/// The running side of one incarnation: starting it, ending it, knowing whether it lives.
///
/// `start` and `stop` block; run them through `BlockingCalls`.
package struct Incarnation: Sendable {
    package let resource: ResourceID
    package let files: IncarnationFiles
    package let patience: Patience

    package init(resource: ResourceID, files: IncarnationFiles, patience: Patience = Patience()) {
        self.resource = resource
        self.files = files
        self.patience = patience
    }

    var paths: IncarnationPaths { files.supervision }

    /// Whether somebody holds the incarnation's lock: it is alive or being started.
    package var isLocked: Bool { FileLock.isHeld(paths.lock) }

    /// The supervisor, while it lives.
    package var supervisor: ProcessIdentity? { files.status.flatMap(Self.supervisor) }

    static func supervisor(of status: SupervisorStatus) -> ProcessIdentity? {
        guard status.supervisorPid > 0 else { return nil }
        // Both numbers may come again after a boot; a status of an older Sheaf does not say of which it is.
        if let bootID = status.bootID, bootID != ProcessIdentity.bootID { return nil }
        let identity = ProcessIdentity(pid: status.supervisorPid, startTime: status.supervisorStartTime)
        return identity.isAlive ? identity : nil
    }

    func failure(_ reason: String, hint: String? = nil) -> ExecutorError {
        ExecutorError(.startFailed, "cannot start \(resource): \(reason)", hint: hint)
    }
}
