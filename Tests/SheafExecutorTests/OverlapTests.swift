import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Runs of one workflow that go on beside each other, with real supervisors and processes.
@Suite struct OverlapTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func workflow(
        _ jobs: [JSONValue],
        generation: Int = 1,
        attachments: [SheafModel.Attachment] = []
    ) -> ResourceInstance {
        let schedule: JSONValue = .object(["cron": .string("* * * * *")])
        return Samples.workflow(jobs, generation: generation, extra: ["schedule": schedule], attachments: attachments)
    }

    /// A script that waits for a file, so that a test decides when it ends.
    private func awaiting(_ file: String) -> String { "while ! test -e \(scratch.home)/\(file); do sleep 0.05; done" }

    private func make(_ file: String) throws { try Data().write(to: URL(filePath: "\(scratch.home)/\(file)")) }

    private func begin(_ workflow: ResourceInstance) async throws -> RunID {
        try #require(try await scratch.executor.startRun(of: workflow, because: .schedule, overlapping: true))
    }

    /// Begins as many runs, the first in the incarnation and the others beside it.
    private func begin(_ workflow: ResourceInstance, times count: Int) async throws -> [RunID] {
        var ids: [RunID] = []
        for _ in 0..<count { ids.append(try await begin(workflow)) }
        return ids
    }

    private func runs(_ workflow: ResourceInstance) -> [WorkflowRun] { scratch.executor.runs(of: workflow.resource.id) }

    private func run(_ id: RunID, of workflow: ResourceInstance) throws -> WorkflowRun {
        try #require(runs(workflow).first { $0.id == id })
    }

    private func log(_ run: WorkflowRun) throws -> String { TextFile.read(try #require(run.logs.first).path) ?? "" }

    private func ends(_ workflow: ResourceInstance) async throws {
        try await eventually("all runs have ended, and the supervisor of the incarnation") {
            runs(workflow).allSatisfy(\.outcome.isFinal) && !scratch.incarnation(of: workflow).isLocked
        }
    }

    /// The running side of a run that goes on beside another one.
    private func overlap(_ run: RunID, of workflow: ResourceInstance) -> Incarnation {
        let folder = "\(scratch.executor.files(of: workflow).folder)/overlaps/\(run)"
        return Incarnation(resource: workflow.resource.id, files: IncarnationFiles(folder: folder))
    }

    private func kill(_ incarnation: Incarnation) throws {
        let supervisor = try #require(incarnation.supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(60)))
    }

    /// All processes of this home.
    private var processes: [String] {
        ProcessTable.environmentEntries(beginningWith: "\(IncarnationPaths.markerKey)=\(scratch.home)/")
    }

    // MARK: Side by side

    @Test func runsGoOnBesideEachOtherAndShareNoScratch() async throws {
        // Each waits until all three have come so far, which none would alone.
        let meet = """
            echo mine > $DATAOS_TEMP_DIR/$DATAOS_RUN_ID; mkdir -p \(scratch.home)/met/$DATAOS_RUN_ID
            while test $(ls \(scratch.home)/met | wc -l) -lt 3; do sleep 0.05; done
            echo $DATAOS_RUN_ID; ls $DATAOS_TEMP_DIR; cat $(cat /etc/dataos/config/place)/$DATAOS_RUN_ID
            """
        let place = scratch.content.keep("/var/dataos/temp_data\n")
        let workflow = workflow(
            [Samples.job("meet", meet, extra: ["configs": .object(["place": .string("place")])])],
            attachments: [Attachment(role: .config, name: "place", path: "place", digest: place)]
        )
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 3)
        try await ends(workflow)
        #expect(runs(workflow).map(\.id) == ids.reversed(), "later ones sort behind earlier ones")
        #expect(runs(workflow).map(\.outcome) == [.succeeded, .succeeded, .succeeded])
        for id in ids { #expect(try log(run(id, of: workflow)) == "\(id)\n\(id)\nmine\n") }
        #expect(try await scratch.executor.drift(of: [workflow]) == [])
    }

    @Test func whatAnEndedRunHasLeftGoesAndTheLastOneTellsTheState() async throws {
        let workflow = workflow([Samples.job("one", "\(awaiting("go")); test $(ls \(scratch.home)/fail | wc -l) = 0")])
        try await scratch.apply(Samples.create(workflow))
        try FileManager.default.createDirectory(atPath: "\(scratch.home)/fail", withIntermediateDirectories: true)
        let ids = try await begin(workflow, times: 3)
        let state = try await scratch.executor.observe(workflow)
        #expect(state.note == "last run running: 0 of 1 jobs have succeeded; 2 earlier runs go on")
        #expect(Set(state.pids).count >= 3)
        try make("go")
        try await ends(workflow)
        let last = try await scratch.executor.observe(workflow)
        #expect(last.note == "last run succeeded" && last.pids.isEmpty)
        try make("fail/now")
        let next = try await begin(workflow)
        try await ends(workflow)
        #expect(try await scratch.executor.observe(workflow).note?.hasPrefix("last run failed") == true)
        _ = try await scratch.executor.goOnWithRuns(of: workflow, only: nil)
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.executor.files(of: workflow).folder)/overlaps"))
        #expect(runs(workflow).map(\.id) == [next] + ids.reversed())
        #expect(runs(workflow).map(\.outcome) == [.failed, .succeeded, .succeeded, .succeeded])
    }

    @Test func withoutLeaveNothingOverlaps() async throws {
        let workflow = workflow([Samples.job("long", awaiting("go"))])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 2)
        await #expect(throws: ExecutorError.self) { try await scratch.executor.startRun(of: workflow) }
        // Also when only one beside the incarnation is left.
        #expect(try await scratch.executor.endRuns(of: workflow, only: ids[0]) == [ids[0]])
        await #expect(throws: ExecutorError.self) { try await scratch.executor.startRun(of: workflow) }
        #expect(try await scratch.executor.lastRun(of: workflow)?.isGoingOn == true)
    }

    // MARK: Ends

    @Test(arguments: [0, 1]) func oneOfTwoIsEndedOnRequest(_ chosen: Int) async throws {
        let workflow = workflow([Samples.job("long", awaiting("go"))])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 2), other = ids[1 - chosen]
        #expect(try await scratch.executor.endRuns(of: workflow, only: ids[chosen]) == [ids[chosen]])
        #expect(try run(ids[chosen], of: workflow).outcome == .stopped)
        #expect(try run(other, of: workflow).outcome == .running)
        #expect(try await scratch.executor.endRuns(of: workflow, only: ids[chosen]) == [], "it has ended")
        try make("go")
        try await ends(workflow)
        #expect(try run(other, of: workflow).outcome == .succeeded)
        #expect(try run(ids[chosen], of: workflow).outcome == .stopped)
    }

    @Test func allAreEndedTogether() async throws {
        let workflow = workflow([Samples.job("long", awaiting("never"))])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 3)
        #expect(try await scratch.executor.endRuns(of: workflow, only: nil) == ids)
        #expect(runs(workflow).map(\.outcome) == [.stopped, .stopped, .stopped])
        #expect(processes.isEmpty)
    }

    @Test func aDeleteEndsAllOfThem() async throws {
        let workflow = workflow([Samples.job("long", awaiting("never"))])
        try await scratch.apply(Samples.create(workflow))
        _ = try await begin(workflow, times: 3)
        for _ in 0..<2 { try await scratch.executor.finish(Samples.delete(workflow)) }
        #expect(processes.isEmpty && scratch.leftovers.isEmpty)
    }

    @Test func aDeleteEndsThoseWhoseFoldersWereRemovedByHand() async throws {
        let workflow = workflow([Samples.job("long", awaiting("never"))])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 3)
        try FileManager.default.removeItem(atPath: overlap(ids[1], of: workflow).files.folder)
        try await scratch.executor.finish(Samples.delete(workflow))
        #expect(processes.isEmpty && scratch.leftovers.isEmpty)
        try await scratch.apply(Samples.create(workflow))
        _ = try await begin(workflow, times: 2)
        try FileManager.default.removeItem(atPath: scratch.executor.files(of: workflow).folder)
        try await scratch.executor.finish(Samples.delete(workflow))
        #expect(processes.isEmpty)
    }

    @Test func anUpgradeLeavesThemTheirRelease() async throws {
        let words = { (text: String) in
            Attachment(role: .config, name: "words", path: "words", digest: scratch.content.keep(text))
        }
        let job = Samples.job(
            "tell",
            "\(awaiting("go")); cat /etc/dataos/config/words",
            extra: ["configs": .object(["words": .string("words")])]
        )
        let old = workflow([job], attachments: [words("old\n")])
        let new = workflow([job], generation: 2, attachments: [words("new\n")])
        try await scratch.apply(Samples.create(old))
        let ids = try await begin(old, times: 2)
        #expect(try await scratch.executor.endRuns(of: old, only: ids[0]) == [ids[0]])
        try await scratch.apply(Samples.replace(old, new))
        try await scratch.executor.finish(Samples.replace(old, new))
        #expect(try run(ids[1], of: new).outcome == .running, "the one beside the incarnation keeps that")
        let next = try await begin(new)
        try make("go")
        try await ends(new)
        #expect(try log(run(ids[1], of: new)) == "old\n")
        #expect(try log(run(next, of: new)) == "new\n")
        #expect(try await scratch.executor.goOnWithRuns(of: new, only: nil) == [])
        #expect(!FileManager.default.fileExists(atPath: scratch.executor.files(of: old).folder))
        #expect(runs(new).map(\.id) == [next, ids[1], ids[0]])
        #expect(runs(new).map(\.outcome) == [.succeeded, .succeeded, .stopped])
    }

    // MARK: Crashes

    @Test func eachGoesOnWhereItsSupervisorWasLost() async throws {
        let script = "echo begun; \(awaiting("go")); echo done"
        let workflow = workflow([Samples.job("long", script, retry: ["count": .integer(1)])])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 3)
        try await eventually("all have begun") {
            try ids.allSatisfy { try log(run($0, of: workflow)) == "begun\n" }
        }
        try kill(scratch.incarnation(of: workflow))
        try kill(overlap(ids[2], of: workflow))
        #expect(runs(workflow).map(\.outcome) == [.interrupted, .running, .interrupted])
        #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: ids[2].description) == [ids[2]])
        #expect(runs(workflow).map(\.outcome) == [.running, .running, .interrupted])
        #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: nil) == [ids[0]])
        try make("go")
        try await ends(workflow)
        #expect(runs(workflow).map(\.outcome) == [.succeeded, .succeeded, .succeeded])
        #expect(try log(run(ids[1], of: workflow)) == "begun\ndone\n", "it was not touched")
        #expect(try log(run(ids[2], of: workflow)) == "begun\nbegun\ndone\n")
    }

    @Test func whatNeverCameToItsBeginningIsNoRunAndGoes() async throws {
        let workflow = workflow([Samples.job("long", awaiting("go"))])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 2)
        // As a death leaves it: the folder is complete, and the order is not written.
        let dead = RunID(at: 0), folder = overlap(dead, of: workflow).files.folder
        try FileManager.default.copyItem(atPath: overlap(ids[1], of: workflow).files.folder, toPath: folder)
        try FileManager.default.removeItem(atPath: "\(folder)/run")
        #expect(runs(workflow).count == 2)
        let next = try await begin(workflow)
        #expect(!FileManager.default.fileExists(atPath: folder))
        try make("go")
        try await ends(workflow)
        #expect(runs(workflow).map(\.id) == [next, ids[1], ids[0]])
    }

    @Test func whatWasRecordedAndNotStartedIsStartedOnce() async throws {
        let workflow = workflow([Samples.job("long", "echo begun; \(awaiting("go"))")])
        try await scratch.apply(Samples.create(workflow))
        let ids = try await begin(workflow, times: 2)
        // As a death leaves it: the order is written, and no supervisor has come.
        try kill(overlap(ids[1], of: workflow))
        for name in ["status", "changes"] {
            try FileManager.default.removeItem(atPath: "\(overlap(ids[1], of: workflow).files.folder)/run/\(name)")
        }
        #expect(try run(ids[1], of: workflow).outcome == .interrupted)
        for expected in [[ids[1]], []] {
            #expect(try await scratch.executor.goOnWithRuns(of: workflow, only: ids[1].description) == expected)
        }
        try make("go")
        try await ends(workflow)
        #expect(runs(workflow).map(\.outcome) == [.succeeded, .succeeded])
    }
}
