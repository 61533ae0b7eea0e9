import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// What firings need of the executor: which run was last, and its end.
@Suite struct ScheduledRunTests {
    private func workflow(_ command: String) -> ResourceInstance {
        let schedule: JSONValue = .object(["cron": .string("0 3 * * *"), "timezone": .string("Europe/Berlin")])
        return Samples.workflow([Samples.job("job", command)], extra: ["schedule": schedule])
    }

    @Test func eachRunHasAnIdentityOfItsOwn() async throws {
        let scratch = try Scratch()
        let workflow = workflow("true")
        try await scratch.apply(Samples.create(workflow))
        #expect(try await scratch.executor.lastRun(of: workflow) == nil)
        var identities: Set<String> = []
        for count in 1...2 {
            try await scratch.executor.startRun(of: workflow)
            try await eventually("run \(count) has ended") {
                try await scratch.executor.lastRun(of: workflow)?.isGoingOn == false
            }
            let run = try #require(try await scratch.executor.lastRun(of: workflow))
            #expect(!run.isGoingOn)
            identities.insert(run.identity)
            #expect(identities.count == count)
        }
        let state = try await scratch.executor.observe(workflow)
        #expect(state.runtime.contains("T03:00:00+0") && state.note == "last run succeeded")
    }

    @Test func aRunThatIsEndedIsTheSameRun() async throws {
        let scratch = try Scratch()
        let workflow = workflow("exec sleep 1010")
        try await scratch.apply(Samples.create(workflow))
        try await scratch.executor.startRun(of: workflow)
        let run = try #require(try await scratch.executor.lastRun(of: workflow))
        #expect(run.isGoingOn)
        let observed = try await scratch.executor.observe(workflow)
        #expect(observed.progress == .ready && observed.runtime.hasPrefix("next:") && observed.pids.count == 1)
        for _ in 1...2 { try await scratch.executor.endRuns(of: workflow, only: nil) }
        let ended = try #require(try await scratch.executor.lastRun(of: workflow))
        #expect(!ended.isGoingOn && ended.identity == run.identity)
        #expect(observed.pids.allSatisfy { ProcessIdentity(of: $0) == nil })
    }
}
