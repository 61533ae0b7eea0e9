import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct WorkflowTests {
    private func run(_ workflow: ResourceInstance, in scratch: Scratch) async throws -> ResourceState {
        try await scratch.apply(Samples.create(workflow))
        #expect(try await eventually { try await scratch.executor.observe(workflow).runtime != "running" })
        return try await scratch.executor.observe(workflow)
    }

    private func states(_ workflow: ResourceInstance, in scratch: Scratch) -> [String: ProcessStatus.State] {
        let processes = scratch.executor.files(of: workflow).status?.processes ?? []
        return Dictionary(uniqueKeysWithValues: processes.map { ($0.name, $0.state) })
    }

    @Test func jobsRunAfterThoseThatTheyNeed() async throws {
        let scratch = try Scratch()
        let order = "\(scratch.home)/order"
        let workflow = Samples.workflow([
            Samples.job("last", "echo last >> \(order)", needs: ["left", "right"]),
            Samples.job("left", "echo side >> \(order)", needs: ["first"]),
            Samples.job("right", "echo side >> \(order)", needs: ["first"]),
            Samples.job("first", "echo first >> \(order)"),
        ])
        let state = try await run(workflow, in: scratch)
        #expect(state.status == "active")
        #expect(state.runtime == "succeeded")
        #expect(state.progress == .ready)
        #expect(TextFile.read(order) == "first\nside\nside\nlast\n")
        let incarnation = scratch.incarnation(of: workflow)
        #expect(try await eventually { !incarnation.isLocked }, "a finished run holds nothing")
    }

    @Test func noMoreJobsGoAtOnceThanTheManifestAllows() async throws {
        let scratch = try Scratch()
        // Each job has a file while it runs, and notes how many there are.
        let script = """
            touch \(scratch.home)/running.$$; ls \(scratch.home) | grep -c running >> \(scratch.home)/counts
            sleep 0.05; rm \(scratch.home)/running.$$
            """
        let properties: [String: JSONValue] = [
            "properties": .object([WorkflowProperties.parallelismProperty: .integer(3)])
        ]
        let workflow = Samples.workflow((1...20).map { Samples.job("job-\($0)", script) }, extra: properties)
        let state = try await run(workflow, in: scratch)
        #expect(state.runtime == "succeeded", "\(state.evidence ?? "")")
        let counts = (TextFile.read("\(scratch.home)/counts") ?? "").split(separator: "\n").compactMap { Int($0) }
        #expect(counts.count == 20)
        #expect(counts.allSatisfy { (1...3).contains($0) }, "\(counts)")
    }

    @Test func manyJobsAreRecordedOneByOne() async throws {
        let scratch = try Scratch()
        let count = 400
        let jobs = (0..<count).map { number in
            Samples.job("job-\(number)", "exit $((\(number) == 7))", needs: number < 300 ? [] : ["job-0"])
        }
        let workflow = Samples.workflow(jobs + [Samples.job("after", "true", needs: ["job-7"])])
        let state = try await run(workflow, in: scratch)
        #expect(state.runtime == "failed")
        let status = try #require(scratch.executor.files(of: workflow).status)
        #expect(status.processes.count { $0.state == .succeeded } == count - 1)
        #expect(status.processes[7].exit == .code(1))
        #expect(status.processes.last?.state == .skipped)
        let jobsOnly = status.processes.dropLast()
        #expect(jobsOnly.allSatisfy { $0.attempts == 1 && $0.startedAt != nil && $0.finishedAt != nil })
        // Two changes a job, and the skipped one's: all are in the last status.
        #expect(status.lastChange == 2 * count + 1)
        let text = try #require(TextFile.read(scratch.executor.files(of: workflow).supervision.status))
        #expect(try SupervisorStatus(decoding: text) == status)
    }

    @Test func aFailedJobSkipsWhatNeedsItAndLetsTheOthersGoOn() async throws {
        let scratch = try Scratch()
        let workflow = Samples.workflow([
            Samples.job("bad", "echo it broke; exit 3"),
            Samples.job("after", "true", needs: ["bad"]),
            Samples.job("later", "true", needs: ["after"]),
            Samples.job("good", "true"),
        ])
        let state = try await run(workflow, in: scratch)
        #expect(state.runtime == "failed")
        #expect(state.progress == .failed)
        #expect(state.evidence == "job 'bad' failed: exit code 3; last log lines: it broke")
        #expect(
            states(workflow, in: scratch) == ["bad": .failed, "after": .skipped, "later": .skipped, "good": .succeeded]
        )
    }

    @Test func aJobIsTriedAgainUntilItSucceeds() async throws {
        let scratch = try Scratch()
        let marker = "\(scratch.home)/tries"
        let script = "echo x >> \(marker); test $(wc -l < \(marker)) -ge 3"
        let workflow = Samples.workflow([
            Samples.job("flaky", script, retry: ["count": .integer(5), "strategy": .string("OnFailure")])
        ])
        let state = try await run(workflow, in: scratch)
        #expect(state.runtime == "succeeded")
        #expect(scratch.executor.files(of: workflow).status?.processes.first?.attempts == 3)
    }

    @Test func aJobThatFailsEveryAttemptFailsForGood() async throws {
        let scratch = try Scratch()
        let retry: [String: JSONValue] = ["count": .integer(2), "duration": .string("10ms")]
        let state = try await run(Samples.workflow([Samples.job("bad", "exit 1", retry: retry)]), in: scratch)
        #expect(state.evidence == "job 'bad' failed after 3 attempts: exit code 1")
    }

    @Test func performingAgainDoesNotRunJobsAgain() async throws {
        let scratch = try Scratch()
        let trace = "\(scratch.home)/trace"
        let workflow = Samples.workflow([Samples.job("once", "echo x >> \(trace)")])
        _ = try await run(workflow, in: scratch)
        let step = Samples.create(workflow)
        _ = try await scratch.executor.prepare(step, resources: MemoryDirectory([]))
        try await scratch.executor.perform(step)
        #expect(try await eventually { !scratch.incarnation(of: workflow).isLocked })
        #expect(TextFile.read(trace) == "x\n")
        #expect(try await scratch.executor.observe(workflow).runtime == "succeeded")
    }

    @Test(arguments: ["schedule", "rollback", "dry run"])
    func whatIsNotToBeRunIsKeptAndReady(_ reason: String) async throws {
        let scratch = try Scratch()
        let trace = "\(scratch.home)/trace"
        let schedule: [String: JSONValue] = ["schedule": .object(["cron": .string("0 3 * * *")])]
        let workflow = Samples.workflow(
            [Samples.job("once", "echo x >> \(trace)", extra: reason == "dry run" ? ["dryRun": .bool(true)] : [:])],
            extra: reason == "schedule" ? schedule : [:]
        )
        var step = Samples.create(workflow)
        step.runsJobs = reason != "rollback"
        try await scratch.apply(step)
        let state = try await scratch.executor.observe(workflow)
        #expect(state.progress == .ready)
        #expect(reason == "schedule" ? state.runtime.hasPrefix("next:") : state.runtime.isEmpty)
        #expect(TextFile.read(trace) == nil)
        #expect(!scratch.incarnation(of: workflow).isLocked)
        try await scratch.executor.revert(step)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func revertingARunningWorkflowEndsItsJobs() async throws {
        let scratch = try Scratch()
        let workflow = Samples.workflow([
            Samples.job("long", "sleep 1008"), Samples.job("next", "true", needs: ["long"]),
        ])
        try await scratch.apply(Samples.create(workflow))
        let state = try await scratch.executor.observe(workflow)
        #expect(state.runtime == "running")
        #expect(state.progress == .pending)
        let jobs = state.pids.compactMap(ProcessIdentity.init(of:))
        #expect(jobs.count == 1)
        try await scratch.executor.revert(Samples.create(workflow))
        #expect(jobs.allSatisfy { !$0.isAlive })
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aRunGoesOnWithTheReleaseThatItStartedWith() async throws {
        let scratch = try Scratch()
        let gate = "\(scratch.home)/gate", done = "\(scratch.home)/done"
        let script = "until test -e \(gate); do sleep 0.01; done; echo done > \(done)"
        let old = Samples.workflow([Samples.job("slow", script)])
        let second = Samples.workflow([Samples.job("quick", "true")], generation: 2)
        let third = Samples.workflow([Samples.job("quick", "exit 0")], generation: 3)
        try await scratch.apply(Samples.create(old))
        let step = try await scratch.apply(Samples.replace(old, second))
        for _ in 0..<2 { try await scratch.executor.finish(step) }
        #expect(scratch.incarnation(of: old).isLocked, "its supervisor lives")
        #expect(scratch.executor.files(of: old).plan != nil, "its files are there")
        try Data().write(to: URL(filePath: gate))
        try await eventually("the old run has ended") { !scratch.incarnation(of: old).isLocked }
        #expect(TextFile.read(done) == "done\n")
        try await scratch.executor.finish(try await scratch.apply(Samples.replace(second, third)))
        #expect(scratch.executor.files(of: old).plan == nil)
        #expect(scratch.executor.files(of: third).plan != nil)
        try await scratch.executor.finish(Samples.delete(third))
        #expect(scratch.executor.files(of: third).plan == nil)
    }

    @Test func aRunWhoseSupervisorIsKilledHasFailed() async throws {
        let scratch = try Scratch()
        let workflow = Samples.workflow([Samples.job("long", "sleep 1009")])
        try await scratch.apply(Samples.create(workflow))
        let supervisor = try #require(scratch.incarnation(of: workflow).supervisor)
        supervisor.signal(9)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        let state = try await scratch.executor.observe(workflow)
        #expect(state.runtime == "failed")
        #expect(state.progress == .failed)
    }

    @Test func jobsOfOneVolumeShareTheirScratchDirectory() async throws {
        let scratch = try Scratch()
        let shared: [String: JSONValue] = ["tempVolume": .string("scratch")]
        let workflow = Samples.workflow([
            Samples.job("write", "echo hello > /var/dataos/temp_data/file", extra: shared),
            Samples.job("read", "cat $DATAOS_TEMP_DIR/file", needs: ["write"], extra: shared),
            Samples.job("alone", "ls /var/dataos/temp_data", needs: ["write"]),
        ])
        let state = try await run(workflow, in: scratch)
        #expect(state.runtime == "succeeded", "\(state.evidence ?? "")")
        #expect(scratch.log(of: workflow, process: "read") == "hello\n")
        #expect(scratch.log(of: workflow, process: "alone") == "")
    }
}
