import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// What is tried again, alone and as a group.
@Suite struct RetryTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ workflow: ResourceInstance) async throws -> WorkflowRun {
        try await scratch.apply(Samples.create(workflow))
        #expect(
            try await eventually {
                scratch.executor.runs(of: workflow.resource.id).first?.outcome.isFinal == true
            }
        )
        return try #require(scratch.executor.runs(of: workflow.resource.id).first)
    }

    private var trace: String { "\(scratch.home)/trace" }
    private var traced: [String] { (TextFile.read(trace) ?? "").split(separator: "\n").map(String.init) }

    // MARK: Strategies

    @Test(arguments: [
        ("Always", 3, 2), ("OnFailure", 3, 2), ("OnError", 3, 1), ("OnTransientError", 3, 1),
        ("OnTransientError", 75, 2),
        ("On_transient_failure", 75, 2), ("on_failure", 75, 2),
    ])
    func aStrategyNamesTheFailuresThatAreTriedAgain(_ strategy: String, _ code: Int, _ attempts: Int) async throws {
        let retry: [String: JSONValue] = ["count": .integer(1), "strategy": .string(strategy)]
        let run = try await run(Samples.workflow([Samples.job("bad", "exit \(code)", retry: retry)]))
        #expect(run.outcome == .failed)
        #expect(run.jobs.map(\.attempts) == [attempts])
    }

    @Test(arguments: [("Always", 2), ("OnFailure", 1), ("OnError", 2), ("OnTransientError", 1)])
    func aJobThatCannotBeStartedIsAnError(_ strategy: String, _ attempts: Int) async throws {
        let job = try unstartable([
            "dependencies": .array([.string("first")]),
            "retry": .object(["count": .integer(1), "strategy": .string(strategy)]),
        ])
        let run = try await run(Samples.workflow([Samples.job("first", "true"), job]))
        #expect(run.jobs.map(\.state) == [.succeeded, .failed])
        #expect(run.jobs.map(\.attempts) == [1, attempts])
    }

    /// A job whose interpreter is missing, which only shows when it is run.
    private func unstartable(_ more: [String: JSONValue]) throws -> JSONValue {
        let program = "\(scratch.home)/program"
        try Data("#!/no/such/interpreter\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let spec: [String: JSONValue] = [
            "stack": .string("container"), "stackSpec": .object(["command": .array([.string(program)])]),
        ]
        return .object(["name": .string("bad"), "spec": .object(spec)].merging(more) { $1 })
    }

    @Test func anUnknownStrategyIsRefused() async throws {
        let workflow = Samples.workflow([Samples.job("one", "true", retry: ["strategy": .string("Sometimes")])])
        await #expect(throws: ExecutorError.self) {
            try await scratch.executor.prepare(Samples.create(workflow), resources: MemoryDirectory([]))
        }
    }

    @Test func endsAreOfTheKindsThatTheyTell() {
        func causes(_ exit: ProcessStatus.Exit, isContained: Bool = false) -> RetryCauses {
            RetryCauses(of: exit, isContained: isContained)
        }
        #expect(causes(.code(1)) == .failure)
        #expect(causes(.code(75)) == [.failure, .transient])
        #expect(causes(.signal(11)) == .failure)
        #expect(causes(.notStarted("why")) == .error)
        #expect(causes(.code(125)) == .failure)
        #expect(causes(.code(125), isContained: true) == .error)
    }

    // MARK: Groups

    private func job(
        _ name: String,
        _ script: String,
        needs: [String] = [],
        group: String?,
        retries: Int? = nil
    ) -> JSONValue {
        let retry = retries.map { ["count": JSONValue.integer(Int64($0))] }
        let job = Samples.job(name, "echo \(name) >> \(trace); \(script)", needs: needs, retry: retry)
        let extra = group.map { ["group": JSONValue.string($0)] } ?? [:]
        return .object((job.objectValue ?? [:]).merging(extra) { $1 })
    }

    private func group(_ name: String, in parent: String? = nil, _ retry: [String: JSONValue]) -> JSONValue {
        var group: [String: JSONValue] = ["name": .string(name), "retry": .object(retry)]
        if let parent { group["parent"] = .string(parent) }
        return .object(group)
    }

    private func workflow(_ groups: [JSONValue], _ jobs: [JSONValue]) -> ResourceInstance {
        Samples.workflow(jobs, extra: ["groups": .array(groups)])
    }

    @Test func aGroupBeginsAgainAsAWholeWhileOthersWait() async throws {
        let run = try await run(
            workflow(
                [group("load", ["count": .integer(2), "duration": .string("20ms")])],
                [
                    job("load-a", "true", group: "load"),
                    job("load-b", "test $(grep -c load-b \(trace)) -ge 2", needs: ["load-a"], group: "load"),
                    job("after", "true", needs: ["load-b"], group: nil),
                ]
            )
        )
        #expect(run.outcome == .succeeded)
        #expect(traced == ["load-a", "load-b", "load-a", "load-b", "after"])
        #expect(run.jobs.map(\.attempts) == [2, 2, 1])
    }

    @Test func aGroupThatFailsEveryTimeFailsTheRun() async throws {
        let run = try await run(
            workflow(
                [group("load", ["count": .integer(1)])],
                [
                    job("load-a", "true", group: "load"),
                    job("load-bad", "exit 4", group: "load"),
                    job("load-never", "true", needs: ["load-bad"], group: "load"),
                    job("after", "true", needs: ["load-never", "load-a"], group: nil),
                ]
            )
        )
        #expect(run.outcome == .failed)
        #expect(run.jobs.map(\.state) == [.succeeded, .failed, .skipped, .skipped])
        #expect(run.jobs.map(\.attempts) == [2, 2, 0, 0])
        #expect(run.evidence == "job 'load-bad' failed after 2 attempts: exit code 4")
    }

    @Test func groupsAndJobsInAGroupAreTriedAgainEachTime() async throws {
        let run = try await run(
            workflow(
                [group("out", ["count": .integer(1)]), group("out-in", in: "out", ["count": .integer(1)])],
                [
                    job("out-first", "true", group: "out"),
                    job("out-in-bad", "exit 1", needs: ["out-first"], group: "out-in", retries: 1),
                ]
            )
        )
        #expect(run.outcome == .failed)
        // Two attempts of its own, in two of the inner group, in two of the outer one.
        #expect(run.jobs.map(\.attempts) == [2, 8])
    }

    @Test func aStrategyOfAGroupLooksAtWhatFailedInIt() async throws {
        let run = try await run(
            workflow(
                [group("load", ["count": .integer(3), "strategy": .string("OnTransientError")])],
                [job("load-bad", "test $(wc -l < \(trace)) -ge 3 && exit 1; exit 75", group: "load")]
            )
        )
        #expect(run.outcome == .failed)
        #expect(traced.count == 3, "exit code 75 was tried again, and 1 was not")
    }

    @Test func aGroupThatCannotEvenBeStartedIsTriedAgainAndEnds() async throws {
        let strategy: [String: JSONValue] = ["count": .integer(1), "strategy": .string("OnError")]
        let bad = try unstartable(["group": .string("load")])
        let run = try await run(workflow([group("load", strategy)], [bad]))
        #expect(run.outcome == .failed)
        #expect(run.jobs.map(\.attempts) == [2])
    }

    @Test func aGroupThatWaitsForItsPauseCanBeEnded() async throws {
        let workflow = workflow(
            [group("load", ["count": .integer(1), "duration": .string("1h")])],
            [job("load-bad", "exit 1", group: "load"), job("after", "true", needs: ["load-bad"], group: nil)]
        )
        try await scratch.apply(Samples.create(workflow))
        let id = workflow.resource.id
        #expect(
            try await eventually {
                let jobs = scratch.executor.runs(of: id).first?.jobs
                return jobs?.first?.attempts == 1 && jobs?.first?.state == .waiting
            }
        )
        #expect(try await scratch.executor.endRuns(of: workflow, only: nil).count == 1)
        #expect(scratch.executor.runs(of: id).first?.outcome == .stopped)
        #expect(traced == ["load-bad"])
    }
}
