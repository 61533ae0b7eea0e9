import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Runs of workflows, with real supervisors and processes.
@Suite struct RunTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func newest(_ workflow: ResourceInstance) throws -> WorkflowRun {
        try #require(scratch.executor.runs(of: workflow.resource.id).first)
    }

    /// Waits for the end of the newest run, and of its supervisor.
    private func end(of workflow: ResourceInstance) async throws -> WorkflowRun {
        #expect(
            try await eventually {
                try newest(workflow).outcome.isFinal && !scratch.incarnation(of: workflow).isLocked
            }
        )
        return try newest(workflow)
    }

    private func apply(_ workflow: ResourceInstance) async throws -> WorkflowRun {
        try await scratch.apply(Samples.create(workflow))
        return try await end(of: workflow)
    }

    private func log(_ run: WorkflowRun, _ job: String) throws -> String {
        let log = try #require(run.logs.first { $0.process == job })
        return TextFile.read(log.path) ?? ""
    }

    /// A script that waits for a file, so that a test decides when it ends.
    private func awaiting(_ file: String) -> String { "while ! test -e \(scratch.home)/\(file); do sleep 0.05; done" }

    private func make(_ file: String) throws { try Data().write(to: URL(filePath: "\(scratch.home)/\(file)")) }

    private func kill(_ workflow: ResourceInstance) throws {
        let supervisor = try #require(scratch.incarnation(of: workflow).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
    }

    // MARK: Identifiers, logs, history

    @Test func everyRunHasAnIdentifierAndLogsOfItsOwn() async throws {
        let workflow = Samples.workflow([
            Samples.job("tell", "echo $DATAOS_RUN_ID", extra: ["runAsUser": .string("ann")])
        ])
        let first = try await apply(workflow)
        #expect(first.cause == .apply)
        #expect(first.outcome == .succeeded)
        #expect(first.users == ["ann"])
        #expect(first.finishedAt ?? 0 >= first.startedAt)
        let id = try await scratch.executor.startRun(of: workflow, because: .schedule)
        let second = try await end(of: workflow)
        #expect(second.id == id)
        #expect(second.cause == .schedule)
        #expect(scratch.executor.runs(of: workflow.resource.id) == [second, first])
        for run in [first, second] { #expect(try log(run, "tell") == "\(run.id)\n") }
        #expect(scratch.log(of: workflow, process: "tell") == "\(second.id)\n")
    }

    @Test func theNewestRunsAreKept() async throws {
        let workflow = Samples.workflow([Samples.job("one", "true")])
        var ids = [try await apply(workflow).id]
        for _ in 0..<12 {
            try await scratch.executor.startRun(of: workflow)
            ids.append(try await end(of: workflow).id)
        }
        #expect(scratch.executor.runs(of: workflow.resource.id).map(\.id) == ids.reversed().prefix(11).map { $0 })
        let folders = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.home)/runs/public/nightly")
        #expect(folders.count == 11, "the others have left nothing")
    }

    @Test func runsOutlastAnUpgradeAndGoWithTheWorkflow() async throws {
        let old = Samples.workflow([Samples.job("bad", "echo it broke; exit 3")])
        let new = Samples.workflow([Samples.job("good", "true")], generation: 2)
        let failed = try await apply(old)
        try await scratch.apply(Samples.replace(old, new))
        try await scratch.executor.finish(Samples.replace(old, new))
        let good = try await end(of: new)
        let kept = try #require(scratch.executor.runs(of: old.resource.id).last)
        #expect(scratch.executor.runs(of: old.resource.id).map(\.generation) == [2, 1])
        #expect(kept == failed, "nothing of it was lost with its incarnation")
        #expect(kept.evidence == "job 'bad' failed: exit code 3; last log lines: it broke")
        #expect(try log(kept, "bad") == "it broke\n")
        #expect(good.outcome == .succeeded)
        for _ in 0..<2 { try await scratch.executor.finish(Samples.delete(new)) }
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func anUndoForgetsTheRunThatItUndoes() async throws {
        let old = Samples.workflow([Samples.job("one", "true")])
        let new = Samples.workflow([Samples.job("bad", "echo why; exit 1")], generation: 2)
        let before = try await apply(old)
        let step = Samples.replace(old, new)
        try await scratch.apply(step)
        #expect(try await end(of: new).outcome == .failed)
        let kept = try #require(try await scratch.executor.setAside(step, everything: false))
        for _ in 0..<2 { try await scratch.executor.revert(step) }
        #expect(scratch.executor.runs(of: old.resource.id) == [before])
        #expect(TextFile.read("\(kept)/log/bad.log") == "why\n")
    }

    @Test func aRunThatGoesOnKeepsTheFilesThatItBeganWith() async throws {
        let script = "\(awaiting("go")); cat /etc/dataos/config/words"
        let config = Attachment(role: .config, name: "words", path: "words", digest: scratch.content.keep("old\n"))
        let job = Samples.job("long", script, extra: ["configs": .object(["words": .string("words")])])
        let old = Samples.workflow([job], attachments: [config])
        let new = Samples.workflow([Samples.job("other", "true")], generation: 2)
        try await scratch.apply(Samples.create(old))
        try await scratch.apply(Samples.replace(old, new))
        #expect(try await end(of: new).outcome == .succeeded)
        for _ in 0..<2 { try await scratch.executor.finish(Samples.replace(old, new)) }
        let goingOn = try #require(scratch.executor.runs(of: old.resource.id).last)
        #expect(goingOn.outcome == .running)
        await #expect(throws: ExecutorError.self) { try await scratch.executor.startRun(of: new) }
        try make("go")
        #expect(try await eventually { scratch.executor.runs(of: old.resource.id).last?.outcome == .succeeded })
        #expect(try log(goingOn, "long") == "old\n")
        #expect(try await eventually { !scratch.incarnation(of: old).isLocked })
        #expect(try await scratch.executor.goOnWithRuns(of: new, only: nil) == [])
        #expect(!FileManager.default.fileExists(atPath: scratch.executor.files(of: old).folder), "it is removed then")
        #expect(scratch.executor.runs(of: old.resource.id).map(\.generation) == [2, 1])
    }

    @Test func aDeleteEndsTheRunsOfAllGenerations() async throws {
        let old = Samples.workflow([Samples.job("long", awaiting("never"))])
        let new = Samples.workflow([Samples.job("other", awaiting("never"))], generation: 2)
        try await scratch.apply(Samples.create(old))
        try await scratch.apply(Samples.replace(old, new))
        try await scratch.executor.finish(Samples.replace(old, new))
        #expect(scratch.executor.runs(of: old.resource.id).map(\.outcome) == [.running, .running])
        try await scratch.executor.finish(Samples.delete(new))
        #expect(scratch.processes(of: old).isEmpty && scratch.processes(of: new).isEmpty)
        #expect(scratch.leftovers.isEmpty)
    }

    // MARK: Scratch directories

    @Test func aRunFindsNothingOfTheLastOne() async throws {
        let script = "ls $DATAOS_TEMP_DIR; touch $DATAOS_TEMP_DIR/left"
        let workflow = Samples.workflow([Samples.job("one", script)])
        _ = try await apply(workflow)
        try await scratch.executor.startRun(of: workflow)
        #expect(try log(try await end(of: workflow), "one") == "")
    }

    @Test(arguments: [(true, "true"), (true, "false"), (false, "true")])
    func whatIsLeftIsCollectedAfterASuccessWhereThatIsAskedFor(_ gc: Bool, _ end: String) async throws {
        let script = "mkdir -p $DATAOS_TEMP_DIR/a/b; touch $DATAOS_TEMP_DIR/a/b/c; ln -s \(scratch.home) a/link; \(end)"
        let workflow = Samples.workflow([with(Samples.job("one", script), ["gcWhenComplete": .bool(gc)])])
        _ = try await apply(workflow)
        let temp = "\(scratch.executor.files(of: workflow).folder)/temp/job-one"
        let left = try FileManager.default.contentsOfDirectory(atPath: temp)
        #expect(left == (gc && end == "true" ? [] : ["a"]))
        #expect(FileManager.default.fileExists(atPath: "\(scratch.home)/runs"), "what a link names is not collected")
    }

    // MARK: Crashes

    @Test func aRunGoesOnWhereItsSupervisorWasLost() async throws {
        let workflow = Samples.workflow([
            Samples.job("first", "echo first"),
            Samples.job("long", "echo begun; \(awaiting("go"))", needs: ["first"], retry: ["count": .integer(1)]),
            Samples.job("last", "echo last", needs: ["long"]),
        ])
        try await scratch.apply(Samples.create(workflow))
        #expect(
            try await eventually {
                try newest(workflow).jobs.first { $0.name == "long" }?.state == .running
                    && scratch.log(of: workflow, process: "long") == "begun\n"
            }
        )
        #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: nil) == [], "it has not been interrupted")
        let id = try newest(workflow).id
        for _ in 0..<2 {
            try kill(workflow)
            #expect(try newest(workflow).outcome == .interrupted)
            #expect(try await scratch.executor.observe(workflow).evidence?.contains("sheaf recover") == true)
            guard scratch.log(of: workflow, process: "long") == "begun\n" else { break }
            #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: nil) == [id])
            #expect(
                try await eventually {
                    scratch.log(of: workflow, process: "long") == "begun\nbegun\n"
                }
            )
        }
        // The second attempt was lost, too, and there is no third.
        #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: nil) == [id])
        let lost = try await end(of: workflow)
        #expect(lost.jobs.map(\.state) == [.succeeded, .failed, .skipped])
        #expect(lost.outcome == .failed)
        #expect(try log(lost, "first") == "first\n", "what had succeeded was not run again")
    }

    @Test func whatWasLostIsTriedAgainAndTheRestFollows() async throws {
        let retry: [String: JSONValue] = ["count": .integer(1), "strategy": .string("OnError")]
        let workflow = Samples.workflow([
            Samples.job("long", "echo begun; \(awaiting("go"))", retry: retry),
            Samples.job("last", "echo last", needs: ["long"]),
        ])
        try await scratch.apply(Samples.create(workflow))
        #expect(try await eventually { scratch.log(of: workflow, process: "long") == "begun\n" })
        try kill(workflow)
        try make("go")
        #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: nil).count == 1)
        let run = try await end(of: workflow)
        #expect(run.outcome == .succeeded)
        #expect(run.jobs.map(\.attempts) == [2, 1])
        #expect(scratch.executor.runs(of: workflow.resource.id).count == 1)
    }

    @Test func anotherRunMayBeBegunInsteadAndTheLostOneIsNotForgotten() async throws {
        let workflow = Samples.workflow([Samples.job("long", awaiting("go"))])
        try await scratch.apply(Samples.create(workflow))
        try kill(workflow)
        try make("go")
        try await scratch.executor.startRun(of: workflow)
        #expect(try await end(of: workflow).outcome == .succeeded)
        #expect(scratch.executor.runs(of: workflow.resource.id).map(\.outcome) == [.succeeded, .interrupted])
    }

    @Test func whatIsOnlyDeployedIsNeverRun() async throws {
        let workflow = Samples.workflow([
            Samples.job("one", "true"), Samples.job("two", "true", extra: ["dryRun": .bool(true)]),
        ])
        try await scratch.apply(Samples.create(workflow))
        await #expect(throws: ExecutorError.self) { try await scratch.executor.startRun(of: workflow) }
        #expect(scratch.executor.runs(of: workflow.resource.id).isEmpty)
    }

    // MARK: Ends

    @Test func aRunIsEndedOnRequest() async throws {
        let workflow = Samples.workflow([
            Samples.job("long", awaiting("never")), Samples.job("last", "true", needs: ["long"]),
        ])
        try await scratch.apply(Samples.create(workflow))
        let id = try newest(workflow).id
        #expect(try await scratch.executor.endRuns(of: workflow, only: nil) == [id])
        #expect(try newest(workflow).outcome == .stopped)
        #expect(scratch.processes(of: workflow).isEmpty)
        #expect(try await scratch.executor.endRuns(of: workflow, only: nil) == [], "it has ended")
    }

    @Test func aLostRunIsEndedOnRequest() async throws {
        let workflow = Samples.workflow([Samples.job("long", awaiting("never"))])
        try await scratch.apply(Samples.create(workflow))
        try kill(workflow)
        #expect(try await scratch.executor.endRuns(of: workflow, only: nil).count == 1)
        #expect(try newest(workflow).outcome == .stopped)
        #expect(try newest(workflow).jobs.map(\.state) == [.stopped])
        #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: nil) == [])
    }

    private func with(_ job: JSONValue, _ extra: [String: JSONValue]) -> JSONValue {
        .object((job.objectValue ?? [:]).merging(extra) { $1 })
    }
}
