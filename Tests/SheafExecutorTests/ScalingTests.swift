import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// How many instances run by their load.
@Suite struct ScalingTests {
    // MARK: Decisions

    @Test(
        arguments: [
            // The ratio of what is used to what is aimed at, rounded up.
            (1, [200], 2), (1, [201], 3), (2, [150, 150], 3), (3, [50, 50, 50], 2), (4, [10, 10, 10, 10], 1),
            (4, [0, 0, 0, 0], 0),
            // As close to the aim as ten percent.
            (2, [109, 109], 2), (2, [91, 91], 2), (2, [89, 89], 2), (3, [70, 70, 70], 3), (3, [60, 60, 60], 2),
            // One that was not seen yet takes its share of what is too much, and says nothing of what is too little.
            (2, [200], 2), (2, [300], 3), (2, [20], 1), (3, [], 3),
        ] as [(Int, [Int64], Int)]
    )
    func asMuchAsTheLoadAsksFor(count: Int, cpu: [Int64], wanted: Int) {
        let plan = ScalingPlan(least: 1, first: 1, cpuAim: 100)
        #expect(plan.wanted(of: count, cpu.map { InstanceLoad(cpu: $0, memory: 0) }) == wanted)
    }

    @Test func theScarcestDecides() {
        let plan = ScalingPlan(least: 1, first: 1, cpuAim: 100, memoryAim: 1 << 20)
        #expect(plan.wanted(of: 2, [InstanceLoad(cpu: 10, memory: 3 << 20), InstanceLoad(cpu: 10, memory: 0)]) == 3)
        #expect(
            plan.words(for: [InstanceLoad(cpu: 10, memory: 1 << 19)]) == "cpu at 10 % and memory at 50 % of the aim"
        )
        #expect(plan.words(for: []) == "load not seen yet")
    }

    @Test func fewerOnlyOnceFewerHaveLongBeenEnough() {
        let plan = ScalingPlan(least: 1, first: 4, cpuAim: 100, period: 10, calm: 100)
        var history = ScalingHistory(plan, most: 8, now: 0)
        #expect(history.decide(2, of: 4, now: 50) == 4, "it began with four less than 100 ms ago")
        #expect(history.decide(3, of: 4, now: 101) == 3)
        #expect(history.decide(0, of: 3, now: 190) == 3)
        #expect(history.decide(0, of: 3, now: 202) == 1, "never fewer than the least")
        #expect(history.decide(99, of: 1, now: 203) == 5, "four more at once, or twice as many")
        #expect(history.decide(99, of: 5, now: 204) == 8, "never more than the most")
    }

    @Test func aPlanWhoseNumbersCannotBeIsRefused() {
        let process = ProcessPlan(name: "main-0", arguments: ["/x"], logPath: "/l")
        for (least, first) in [(0, 1), (1, 0), (1, 2), (2, 2)] {
            let plan = LaunchPlan(processes: [process], scaling: ScalingPlan(least: least, first: first))
            #expect(plan.problem == "its instances cannot be scaled so", "\(least) \(first)")
        }
        #expect(LaunchPlan(processes: [process], scaling: ScalingPlan(least: 1, first: 1)).problem == nil)
    }

    // MARK: Real processes

    /// Holds 40 MB while a file is there, and next to nothing while it is not.
    private static func worker(_ signal: String, generation: Int = 1) -> ResourceInstance {
        let script = """
            while :; do
            if [ ! -e \(signal) ]; then x= full=
            elif [ -z "$full" ]; then x=$(head -c 40000000 /dev/zero | tr '\\0' x) full=1
            fi
            sleep 0.1
            done
            """
        let scaling: [String: JSONValue] = [
            "enabled": .bool(true), "minReplicas": .integer(1), "maxReplicas": .integer(3),
            "targetMemoryUtilizationPercentage": .integer(100),
        ]
        let properties: [String: JSONValue] = [
            WorkloadProperties.scalePeriodProperty: .string("100ms"),
            WorkloadProperties.scaleDownAfterProperty: .string("300ms"),
        ]
        return Samples.worker(
            ["/bin/sh", "-c", script],
            generation: generation,
            extra: [
                "autoScaling": .object(scaling),
                "resources": .object(["requests": .object(["memory": .string("20M")])]),
                "properties": .object(properties),
            ]
        )
    }

    private func becomes(_ runtime: String, _ worker: ResourceInstance, in scratch: Scratch) async throws {
        try await eventually("it becomes \(runtime)") { try await scratch.executor.observe(worker).runtime == runtime }
    }

    @Test func instancesComeAndGoWithTheLoad() async throws {
        let scratch = try Scratch()
        let signal = "\(scratch.home)/much"
        let worker = Self.worker(signal)
        try await scratch.apply(Samples.create(worker))
        try await becomes("running:1", worker, in: scratch)
        #expect(try await scratch.executor.observe(worker).processes?.map(\.name) == ["main-0"])
        try DurableFile.writeText("", to: signal)
        try await becomes("running:3", worker, in: scratch)
        let state = try await scratch.executor.observe(worker)
        #expect(state.progress == .ready)
        #expect(state.note?.hasPrefix("3 of 1 to 3 instances, ") == true, "\(state.note ?? "")")
        #expect(state.processes?.count == 3)
        // What takes its place begins with as many.
        let next = Self.worker(signal, generation: 2)
        let step = try await scratch.apply(Samples.replace(worker, next))
        #expect(scratch.executor.files(of: next).plan?.scaling?.first == 3)
        try await scratch.executor.finish(step)
        #expect(unlink(signal) == 0)
        try await becomes("running:1", next, in: scratch)
        try await eventually("the others have ended") {
            scratch.executor.files(of: next).status?.processes.map(\.state) == [.running, .idle, .idle]
        }
        try DurableFile.writeText("", to: signal)
        try await becomes("running:3", next, in: scratch)
        #expect(try await scratch.executor.observe(next).evidence == nil, "coming back is no failure")
        try await scratch.executor.finish(Samples.delete(next))
        #expect(scratch.processes(of: next).isEmpty)
    }

    @Test func aKilledSupervisorComesBackWithWhatTheLoadAsksFor() async throws {
        let scratch = try Scratch()
        let signal = "\(scratch.home)/much"
        let worker = Self.worker(signal)
        try await scratch.apply(Samples.create(worker))
        try DurableFile.writeText("", to: signal)
        try await becomes("running:3", worker, in: scratch)
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(600)))
        #expect(try await scratch.executor.revive(worker))
        try await becomes("running:3", worker, in: scratch)
        let next = try #require(scratch.incarnation(of: worker).supervisor)
        #expect(ProcessTable.children(of: next.pid).count == 3, "none of them twice")
        let marked = scratch.processes(of: worker), own = Set(ProcessTable.descendants(of: next.pid))
        // What is missing there has ended between the two looks.
        #expect(marked.allSatisfy { $0 == next || own.contains($0.pid) || !$0.isAlive }, "nothing is left of before")
        // And once more while some are about to end.
        #expect(unlink(signal) == 0)
        try await becomes("running:1", worker, in: scratch)
        next.signal(SIGKILL)
        #expect(next.waitForEnd(atMost: .seconds(600)))
        #expect(try await scratch.executor.revive(worker))
        try await becomes("running:1", worker, in: scratch)
        try await scratch.executor.revert(Samples.create(worker))
        #expect(scratch.processes(of: worker).isEmpty)
    }

    @Test func whatEndsByItselfIsStartedAgain() async throws {
        let scratch = try Scratch()
        let worker = Self.worker("\(scratch.home)/much")
        try await scratch.apply(Samples.create(worker))
        try await becomes("running:1", worker, in: scratch)
        let first = try #require(try await scratch.executor.observe(worker).pids.first)
        #expect(kill(first, SIGKILL) == 0)
        try await eventually("another one runs") {
            try await scratch.executor.observe(worker).pids.first.map { $0 != first } ?? false
        }
        #expect(scratch.executor.files(of: worker).status?.processes.map(\.state) == [.running, .idle, .idle])
        try await scratch.executor.revert(Samples.create(worker))
    }
}
