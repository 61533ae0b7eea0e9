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

    /// Waits until the supervisor of one of several incarnations has ended, at most for a time; of those that have none
    /// nothing is expected.
    ///
    /// The end of a supervisor is told by the kernel at once, and costs nothing to wait for.
    /// - Throws: `CancellationError`.
    static func awaitEnd(of incarnations: [Incarnation], atMost limit: Duration) async throws {
        let supervisors = incarnations.compactMap(\.supervisor)
        if supervisors.isEmpty { return try await Task.sleep(for: limit) }
        try await BlockingCalls.run { ProcessIdentity.waitForAnyEnd(of: supervisors, atMost: limit) }
        try Task.checkCancellation()
    }

    func failure(_ reason: String, hint: String? = nil) -> ExecutorError {
        ExecutorError(.startFailed, "cannot start \(resource): \(reason)", hint: hint)
    }
}
