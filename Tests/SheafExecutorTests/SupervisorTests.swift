import CLinux
import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// The real supervisor, started as the executor starts it.
@Suite struct SupervisorTests {
    @Test func tellsSynchronouslyThatAProgramCannotRun() async throws {
        let scratch = try Scratch()
        let program = "\(scratch.home)/not-a-program"
        try DurableFile.writeText("garbage", to: program, mode: 0o755)
        let step = Samples.create(Samples.worker([program]))
        let error = await #expect(throws: ExecutorError.self) { try await scratch.apply(step) }
        #expect(error?.reason == .startFailed)
        #expect(error?.message.contains("cannot run \(program): Exec format error") == true)
        let after = try #require(step.after)
        #expect(!scratch.incarnation(of: after).isLocked)
        #expect(scratch.processes(of: after).isEmpty)
    }

    @Test func startsAProcessThatEndsAgainAndAgain() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sh", "-c", "echo once; exit 7"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).split(separator: "\n").count >= 3 })
        let process = try #require(scratch.executor.files(of: worker).status?.processes.first)
        #expect(process.attempts >= 3)
        #expect(process.exit == .code(7))
        try await scratch.executor.revert(Samples.create(worker))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func stoppingEndsWhatHidesFromItsGroup() async throws {
        let scratch = try Scratch()
        // One grandchild in a session of its own, one that was forked twice, one without the marker.
        let script = """
            setsid sleep 1001 & (sleep 1002 &) ; (env -i setsid sleep 1003 &) ; trap '' TERM
            echo ready; while :; do sleep 1000; done
            """
        let worker = Samples.worker(["/bin/sh", "-c", script])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        // The main process ignores its signal; a short grace keeps the test quick.
        try shortenGrace(of: worker, in: scratch)
        try await scratch.executor.perform(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("ready") })
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        #expect(try await eventually { ProcessTable.descendants(of: supervisor.pid).count >= 5 })
        let all = ProcessTable.descendants(of: supervisor.pid).compactMap { ProcessIdentity(of: $0) }
        try await scratch.executor.revert(Samples.create(worker))
        #expect(all.allSatisfy { !$0.isAlive })
        #expect(!supervisor.isAlive)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func theLockIsFreeAsSoonAsTheSupervisorHasEnded() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1000"])
        try await scratch.apply(Samples.create(worker))
        let incarnation = scratch.incarnation(of: worker)
        #expect(incarnation.isLocked)
        let supervisor = try #require(incarnation.supervisor)
        supervisor.signal(SIGTERM)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        #expect(!incarnation.isLocked)
        #expect(incarnation.files.status?.phase == .stopped)
        #expect(incarnation.files.status?.processes.first?.exit == .signal(SIGTERM))
    }

    @Test func nothingIsLeftWhenTheSupervisorIsKilled() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sh", "-c", "setsid sleep 1004 & echo ready; exec sleep 1005"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("ready") })
        let incarnation = scratch.incarnation(of: worker)
        let main = try #require(incarnation.files.status?.processes.first?.pid.flatMap(ProcessIdentity.init(of:)))
        let supervisor = try #require(incarnation.supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        #expect(main.waitForEnd(atMost: .seconds(20)), "the child dies with its supervisor")
        #expect(!incarnation.isLocked)
        #expect(!scratch.processes(of: worker).isEmpty, "the grandchild has escaped so far")
        let state = try await scratch.executor.observe(worker)
        #expect(state.progress == .failed)
        try await scratch.executor.revert(Samples.create(worker))
        #expect(scratch.processes(of: worker).isEmpty)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aKilledIncarnationStartsAgainWithoutItsStrays() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sh", "-c", "setsid sleep 1006 & echo ready; exec sleep 1007"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("ready") })
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        let strays = scratch.processes(of: worker)
        try await scratch.executor.perform(Samples.create(worker))
        #expect(strays.allSatisfy { !$0.isAlive })
        #expect(scratch.incarnation(of: worker).supervisor != nil)
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func aSupervisorThatNeverSaidWhoItIsIsFoundByItsMarker() async throws {
        let scratch = try Scratch(patience: Patience(status: .milliseconds(200)))
        let worker = Samples.worker(["/bin/sleep", "1000"])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        let incarnation = scratch.incarnation(of: worker)
        let paths = incarnation.files.supervision
        // A supervisor that hangs before its first status, and a starter that is dead: only the lock is held.
        guard let lock = try FileLock.take(paths.lock) else { throw Unexpected("the lock is taken") }
        let silent = try spawnSilent(holding: lock.descriptor, marker: paths.marker)
        lock.release()
        #expect(incarnation.isLocked)
        #expect(throws: ExecutorError.self) { try incarnation.start(Scratch.tools.supervisor) }
        #expect(try await scratch.executor.observe(worker).progress == .pending)
        try incarnation.stop()
        #expect(waitpid(silent, nil, 0) == silent)
        #expect(!incarnation.isLocked)
        try incarnation.start(Scratch.tools.supervisor)
        #expect(incarnation.supervisor != nil)
        try incarnation.stop()
    }

    @Test func aReusedNumberIsNotSignalled() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1000"])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        let incarnation = scratch.incarnation(of: worker)
        // A status of a supervisor that is long gone, whose number this very process has now.
        let status = SupervisorStatus(
            phase: .running,
            supervisorPid: getpid(),
            supervisorStartTime: 1,
            processes: [ProcessStatus(name: "main", state: .running, pid: getpid(), startTime: 1, attempts: 1)]
        )
        try DurableFile.write(status.encoded(), to: incarnation.files.supervision.status)
        #expect(incarnation.supervisor == nil)
        try incarnation.stop()
        try await scratch.executor.revert(Samples.create(worker))
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func refusesToRunWithoutTheLock() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1000"])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        let files = scratch.executor.files(of: worker)
        guard let other = try FileLock.take("\(scratch.home)/other") else { throw Unexpected("the lock is taken") }
        let answer = try DetachedProcess.start(
            Scratch.tools.supervisor,
            arguments: [files.folder],
            environment: [],
            passing: other.descriptor,
            inheritedAs: 3,
            limit: .seconds(20)
        )
        #expect(answer?.exitCode == 1)
        #expect(answer?.standardError.contains("is not inherited") == true)
    }

    @Test func keepsNothingOfItsStarterButTheLock() async throws {
        let scratch = try Scratch()
        // As a script's `exec 9>file; flock 9` leaves it to all that the script calls.
        let path = "\(scratch.home)/leak"
        let descriptor = sheaf_open(path, O_RDWR | O_CREAT, 0o600)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
        let worker = Samples.worker(["/bin/sleep", "1000"])
        try await scratch.apply(Samples.create(worker))
        close(descriptor)
        // A child of another test has a copy until it becomes another program.
        #expect(try await eventually { !FileLock.isHeld(path) })
        #expect(scratch.incarnation(of: worker).isLocked)
        try await scratch.executor.revert(Samples.create(worker))
    }

    /// Lets a prepared incarnation be killed soon after its signal.
    private func shortenGrace(of instance: ResourceInstance, in scratch: Scratch) throws {
        let incarnation = scratch.incarnation(of: instance)
        var plan = try #require(incarnation.files.plan)
        plan.processes[0].grace = 100
        try DurableFile.write(plan.encoded(), to: incarnation.files.supervision.launch)
    }

    private func spawnSilent(holding descriptor: Int32, marker: String) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptor, 3)
        sheaf_close_from(&actions, 4)
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sleep"), strdup("1000"), nil]
        var entries: [UnsafeMutablePointer<CChar>?] = [strdup(marker), nil]
        defer { for pointer in words + entries { free(pointer) } }
        var pid: Int32 = 0
        #expect(posix_spawn(&pid, "/bin/sleep", &actions, nil, &words, &entries) == 0)
        return pid
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension DurableFile {
    static func writeText(_ text: String, to path: String, mode: UInt32 = 0o600) throws {
        try write(Array(text.utf8), to: path, mode: mode)
    }
}
