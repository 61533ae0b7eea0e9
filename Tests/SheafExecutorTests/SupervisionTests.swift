import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// How a supervisor looks after what runs: its ends, its limits, its logs, and what it leaves behind.
@Suite struct SupervisionTests {
    private func properties(_ values: [String: JSONValue]) -> [String: JSONValue] { ["properties": .object(values)] }

    private func main(_ instance: ResourceInstance, in scratch: Scratch) -> ProcessStatus? {
        scratch.executor.files(of: instance).status?.processes.first
    }

    // MARK: Ends

    @Test func theEndOfOneOfSeveralSupervisorsEndsTheWait() async throws {
        let scratch = try Scratch()
        let workers = ["first", "second"].map { Samples.worker(["sleep", "1019"], name: $0) }
        for worker in workers { try await scratch.apply(Samples.create(worker)) }
        let supervisors = try workers.map { try #require(scratch.incarnation(of: $0).supervisor) }
        ProcessIdentity.waitForAnyEnd(of: supervisors, atMost: .zero)
        #expect(supervisors.map(\.isAlive) == [true, true])
        supervisors[1].signal(SIGKILL)
        ProcessIdentity.waitForAnyEnd(of: supervisors, atMost: .seconds(600))
        #expect(supervisors.map(\.isAlive) == [true, false])
        ProcessIdentity.waitForAnyEnd(of: supervisors, atMost: .seconds(600))
        for worker in workers { try await scratch.executor.revert(Samples.create(worker)) }
    }

    @Test func whatEndsAgainAndAgainIsInACrashLoop() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sh", "-c", "echo it broke; exit 7"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { try await scratch.executor.observe(worker).runtime == "crash-loop" })
        let state = try await scratch.executor.observe(worker)
        #expect(state.status == "error")
        #expect(state.progress == .failed)
        let evidence = try #require(state.evidence)
        #expect(evidence.contains("attempts in a row have ended early, the next starts in "), "\(evidence)")
        #expect(evidence.hasPrefix("exit code 7; last log lines: it broke"), "\(evidence)")
        let process = try #require(state.processes?.first)
        #expect(process.state == "crash-loop")
        #expect(process.attempts >= RestartPolicy.crashLoop)
        #expect(process.exitCode == 7)
        let (started, ended) = (try #require(process.started), try #require(process.ended))
        #expect(started <= ended)
        #expect(try #require(process.nextStart) > ended)
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func whatIgnoresItsSignalIsKilledWhenItsTimeIsOver() async throws {
        let scratch = try Scratch()
        let script = "trap '' TERM; echo ready; while :; do sleep 1000 & wait; done"
        let grace = properties([WorkloadProperties.graceProperty: .string("300ms")])
        let worker = Samples.worker(["/bin/sh", "-c", script], extra: grace)
        try await scratch.apply(Samples.create(worker))
        #expect(scratch.executor.files(of: worker).plan?.processes.first?.grace == 300)
        #expect(try await eventually { scratch.log(of: worker).contains("ready") })
        try scratch.incarnation(of: worker).stop()
        #expect(main(worker, in: scratch)?.exit == .signal(SIGKILL))
        #expect(main(worker, in: scratch)?.state == .stopped)
        #expect(scratch.processes(of: worker).isEmpty)
    }

    @Test func aDaemonOfAnAttemptIsGoneBeforeTheNext() async throws {
        let scratch = try Scratch()
        // Forked twice, in a session of its own, without the marker; it holds a lock as long as it lives.
        let script = """
            flock -n \(scratch.home)/only true || echo duplicate
            ( setsid env -i flock \(scratch.home)/only sleep 1000 & )
            while flock -n \(scratch.home)/only true; do sleep 0.01; done
            echo started; exit 1
            """
        let worker = Samples.worker(["/bin/sh", "-c", script])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).split(separator: "\n").count >= 4 })
        #expect(!scratch.log(of: worker).contains("duplicate"), "\(scratch.log(of: worker))")
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        let zombies = ProcessTable.children(of: supervisor.pid).filter { isZombie($0) }
        // One that has just ended may not be collected yet.
        #expect(try await eventually { zombies.allSatisfy { !isZombie($0) } })
        try await scratch.executor.revert(Samples.create(worker))
        #expect(FileLock.isHeld("\(scratch.home)/only") == false)
    }

    private func isZombie(_ pid: Int32) -> Bool {
        TextFile.read("/proc/\(pid)/stat")?.contains(") Z ") == true
    }

    @Test func aSupervisorOfAnEarlierBootIsNobody() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1000"])
        try await scratch.apply(Samples.create(worker))
        let incarnation = scratch.incarnation(of: worker)
        let own = try #require(incarnation.supervisor)
        #expect(incarnation.files.status?.bootID == ProcessIdentity.bootID)
        try incarnation.stop()
        // Number and start time have come again, and are those of another process now: of this one.
        let myself = ProcessIdentity.current
        var status = try #require(incarnation.files.status)
        (status.phase, status.supervisorPid, status.supervisorStartTime) = (.running, myself.pid, myself.startTime)
        status.bootID = "another"
        try DurableFile.write(status.encoded(), to: incarnation.files.supervision.status)
        #expect(incarnation.supervisor == nil)
        #expect(try await scratch.executor.observe(worker).progress == .failed)
        try incarnation.start(Scratch.tools.supervisor)
        #expect(try #require(incarnation.supervisor) != own)
        try await scratch.executor.revert(Samples.create(worker))
    }

    // MARK: Limits

    @Test func whatTakesMoreMemoryThanItMayIsToldSo() async throws {
        let scratch = try Scratch()
        // A shell that makes one word longer and longer.
        let script = "x=0123456789abcdef; while :; do x=$x$x; done"
        let limits: [String: JSONValue] = ["resources": .object(["limits": .object(["memory": .string("64Mi")])])]
        let worker = Samples.worker(["/bin/sh", "-c", script], extra: limits)
        try await scratch.apply(Samples.create(worker))
        let words = try #require(scratch.executor.files(of: worker).status?.limits)
        #expect(words.hasPrefix("memory 64Mi by "), "\(words)")
        #expect(try await eventually { main(worker, in: scratch)?.exit != nil })
        let state = try await scratch.executor.observe(worker)
        #expect(state.limits == words)
        guard words.contains("cgroup") else { return }
        #expect(main(worker, in: scratch)?.outOfMemory == 64 << 20)
        #expect(state.evidence?.contains("killed: out of memory, limit 64Mi") == true, "\(state.evidence ?? "")")
        #expect(state.processes?.first?.isOutOfMemory == true)
        let groups = try #require(scratch.executor.files(of: worker).status?.groups)
        #expect(!groups.isEmpty)
        try await scratch.executor.revert(Samples.create(worker))
        #expect(groups.allSatisfy { access($0, F_OK) != 0 }, "the groups go with the incarnation")
    }

    @Test func groupsOfAKilledSupervisorGoWithTheirProcesses() async throws {
        let scratch = try Scratch()
        let limits: [String: JSONValue] = [
            "resources": .object(["limits": .object(["memory": .string("64Mi"), "cpu": .string("500m")])])
        ]
        // What has left its session and its marker is still in the group.
        let worker = Samples.worker(
            ["/bin/sh", "-c", "env -i setsid sleep 1011 & echo ready; exec sleep 1012"],
            extra: limits
        )
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("ready") })
        let groups = scratch.executor.files(of: worker).status?.groups ?? []
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        let all = ProcessTable.descendants(of: supervisor.pid).compactMap { ProcessIdentity(of: $0) }
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(60)))
        try await scratch.executor.revert(Samples.create(worker))
        #expect(groups.isEmpty || all.allSatisfy { !$0.isAlive })
        #expect(groups.allSatisfy { access($0, F_OK) != 0 })
        for process in all { process.signal(SIGKILL) }
    }

    // MARK: Logs

    @Test func aLogThatGrowsTooLongLosesItsOldestLinesInPlace() async throws {
        let scratch = try Scratch()
        let script = "seq 1 200000; echo last; exec sleep 1000"
        let limit = properties([WorkloadProperties.logLimitProperty: .string("100KiB")])
        let worker = Samples.worker(["/bin/sh", "-c", script], extra: limit)
        try await scratch.apply(Samples.create(worker))
        let path = scratch.executor.files(of: worker).lastLog(of: "main")
        #expect(try await eventually { scratch.log(of: worker).hasSuffix("last\n") })
        #expect(try await eventually { blocks(of: path) < 500 }, "the disk has \(blocks(of: path)) blocks of it")
        let lines = scratch.log(of: worker).utf8.split(separator: 0).last.map { String(Substring($0)) } ?? ""
        #expect(lines.utf8.count >= 100 << 10, "at least the limit is kept")
        // The first line is cut; from there on none is missing.
        let numbers = lines.split(separator: "\n").dropFirst().dropLast().compactMap { Int($0) }
        #expect(numbers == Array((numbers.first ?? 0)...200_000))
        // A killed process begins a new file, and the old one stays beside it.
        try #require(main(worker, in: scratch)?.pid.flatMap(ProcessIdentity.init(of:))).signal(SIGKILL)
        #expect(try await eventually { main(worker, in: scratch)?.attempts == 2 && scratch.log(of: worker).count > 0 })
        #expect(TextFile.read("\(path)\(IncarnationPaths.earlierLogSuffix)")?.hasSuffix("last\n") == true)
        let next = scratch.log(of: worker)
        #expect(next.hasPrefix("1\n2\n") || next.hasPrefix("\0"), "its beginning may be given back already")
        try await scratch.executor.revert(Samples.create(worker))
    }

    /// Of 512 bytes.
    private func blocks(of path: String) -> Int {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_blocks) : .max
    }
}
