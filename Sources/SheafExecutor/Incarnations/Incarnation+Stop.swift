import Glibc
import SheafSupervision
import SheafSystem

extension Incarnation {
    /// Ends everything that belongs to the incarnation and returns when it is gone; nothing happens when nothing runs.
    ///
    /// Only processes that are proven to belong to it are signalled: its supervisor by pid and start time, strays by the
    /// marker in their environment.
    /// Where the folder was removed by hand only the marker is left; what runs then is killed without grace.
    /// - Throws: `ExecutorError` with `stop-failed` when something of it cannot be ended.
    package func stop() throws {
        let before = files.status
        try endSupervisor()
        // A supervisor that ended by itself has left nothing; one that was killed, or cannot say so any more, may have.
        if let status = files.status ?? before, status.phase.isFinal { return }
        let isGone = removeRemains()
        for group in (files.status ?? before)?.groups ?? [] { remove(group) }
        guard isGone else {
            throw ExecutorError(
                .stopFailed,
                "cannot end \(resource): processes of it ignore SIGKILL",
                hint: "see `sheaf status`, then `sheaf recover`"
            )
        }
    }

    /// Removes a control group that nothing is in any more; what was killed a moment ago may still be leaving.
    private func remove(_ group: String) {
        let deadline = ContinuousClock.now + patience.stop
        while rmdir(group) != 0, errno == EBUSY, ContinuousClock.now < deadline { usleep(Self.pause) }
    }

    /// Between looks at what gives no sign when it changes, in microseconds.
    private static let pause: UInt32 = 5000

    private func endSupervisor() throws {
        guard isLocked else { return }
        if let supervisor = awaitSupervisor() {
            supervisor.signal(SIGTERM)
            if !supervisor.waitForEnd(atMost: stopTime) { supervisor.signal(SIGKILL) }
            guard supervisor.waitForEnd(atMost: patience.stop) else {
                throw ExecutorError(.stopFailed, "cannot end \(resource): its supervisor ignores SIGKILL")
            }
        } else if isLocked {
            // It never came to say who it is; the marker finds it nevertheless.
            sweep()
        }
    }

    /// The supervisor that holds the lock; nil when the lock became free or nobody said who holds it.
    func awaitSupervisor() -> ProcessIdentity? {
        guard isLocked, supervisor == nil else { return supervisor }
        let deadline = ContinuousClock.now + patience.status
        do throws(SystemError) {
            let watch = try FolderWatch(paths.runFolder)
            while ContinuousClock.now < deadline, isLocked, supervisor == nil {
                watch.wait(atMost: .milliseconds(20))
            }
            return supervisor
        } catch {
            // Without a watch there is no waiting; whoever holds the lock is then found by the marker.
            return supervisor
        }
    }

    /// All processes are asked at the same moment, so the longest grace period counts, and the longest cleanup after it.
    private var stopTime: Duration {
        let processes = files.plan?.processes ?? []
        let hasCleanup = processes.contains { !$0.cleanup.isEmpty }
        let cleanup = hasCleanup ? CleanupRun.limit : .zero
        return .milliseconds(processes.map(\.grace).max() ?? 0) + cleanup + patience.stop
    }

    /// Kills what carries the incarnation's marker, until nothing does.
    ///
    /// - Returns: Whether nothing does any more.
    @discardableResult
    func sweep() -> Bool {
        let deadline = ContinuousClock.now + patience.stop
        while ContinuousClock.now < deadline {
            let strays = self.strays
            if strays.isEmpty { return true }
            for stray in strays { stray.signal(SIGKILL) }
            // A process may fork while it is being looked for, hence the next round.
            for stray in strays { _ = stray.waitForEnd(atMost: deadline - .now) }
        }
        return strays.isEmpty
    }

    /// What carries the marker, or is in a control group that was made for the incarnation.
    private var strays: [ProcessIdentity] {
        let marked = ProcessTable.processes(withEnvironment: paths.marker)
        let grouped = (files.status?.groups ?? []).flatMap { group in
            (TextFile.read("\(group)/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
        }
        return marked + grouped.compactMap { ProcessIdentity(of: $0) }.filter { !marked.contains($0) }
    }

    /// Ends what a supervisor that was killed has left.
    ///
    /// - Returns: Whether none of its processes is left.
    @discardableResult
    func removeRemains() -> Bool {
        // Containers get a chance to end by themselves while what looks after them still lives.
        cleanUp()
        let isGone = sweep()
        // A client that was only starting may have made one meanwhile.
        cleanUp()
        return isGone
    }

    /// Runs what the supervisor would have run after its processes, such as the removal of containers.
    private func cleanUp() {
        for process in files.plan?.processes ?? [] where !process.cleanup.isEmpty {
            CleanupRun.run(process)
        }
    }
}
