import Glibc
import SheafSupervision
import SheafSystem

extension Incarnation {
    /// Starts the supervisor and returns when the first processes have been exec'ed; nothing happens when it runs.
    ///
    /// - Parameters:
    ///   - program: The path of `sheaf-supervisor`.
    ///   - preparing: Is called under the lock, once nothing of an earlier life is left but its files.
    /// - Throws: `ExecutorError` with `start-failed`, `not-prepared` or `file-failure`, or what the closure throws; nothing
    ///   runs then.
    package func start(_ program: String, preparing: () throws -> Void = {}) throws {
        guard files.hasPlan else {
            throw ExecutorError(.notPrepared, "cannot start \(resource): \(paths.launch) is missing")
        }
        guard let lock = try takeLock() else { return }
        // A supervisor that was killed has left a status, and perhaps processes and containers.
        if let status = files.status, !status.phase.isFinal { removeRemains() }
        try preparing()
        try removeStatus()
        let answer: DetachedProcess.Answer?
        do throws(SystemError) {
            // The lock passes to the supervisor without being free for a moment, so that a death of this process leaves
            // either nothing running and the lock free, or a supervisor that holds it.
            answer = try DetachedProcess.start(
                program,
                arguments: [files.folder],
                environment: [paths.marker],
                passing: lock.descriptor,
                inheritedAs: IncarnationPaths.lockDescriptor,
                limit: patience.start
            )
        } catch {
            // The system had no room for another process at this moment.
            if error.number == EAGAIN || error.number == ENOMEM {
                throw ExecutorError(.startFailed, "cannot start \(resource): \(error)", isTransient: true)
            }
            throw failure(error.description, hint: "reinstall Sheaf: its programs belong into one folder")
        }
        guard let answer else {
            sweep()
            throw failure("it took longer than \(patience.start)")
        }
        guard answer.exitCode == 0 else {
            // It may still be ending what it had started.
            lock.release()
            try stop()
            let line = answer.standardError.split(separator: "\n").first.map(String.init)
            throw failure(line ?? "its supervisor ended with exit code \(answer.exitCode)")
        }
    }

    /// - Returns: nil when a supervisor lives.
    private func takeLock() throws -> FileLock? {
        let deadline = ContinuousClock.now + patience.status
        do throws(SystemError) {
            // Some hosts empty such folders at boot.
            try FileTree.makeFolder(paths.runFolder)
            // Mostly there is nothing to wait for, and a watch costs more than all of the rest.
            if let lock = try FileLock.take(paths.lock) { return lock }
            let watch = try FolderWatch(paths.runFolder)
            while true {
                if let lock = try FileLock.take(paths.lock) { return lock }
                if supervisor != nil { return nil }
                // Somebody looks whether the lock is free, or a supervisor is about to write its first status.
                guard ContinuousClock.now < deadline else { break }
                watch.wait(atMost: .milliseconds(20))
            }
        } catch {
            throw ExecutorError(error, of: resource)
        }
        throw failure("somebody holds \(paths.lock) and does not say who", hint: "sheaf recover")
    }

    /// The status of an earlier life must not be taken for that of the next one.
    private func removeStatus() throws {
        do throws(SystemError) {
            // Changes alone say nothing; a status without its changes would say less than was true.
            try FileTree.remove(paths.status)
            try FileTree.remove(paths.changes)
        } catch {
            throw ExecutorError(error, of: resource)
        }
    }
}
