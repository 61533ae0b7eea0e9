import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Containers that nobody looks after, and how often the engine is called at all; with the real podman.
@Suite(.serialized, .enabled(if: Podman.isThere, "needs podman and a static busybox"))
struct ContainerCleanupTests {
    private let podman = Podman()

    private func worker(_ name: String = "loader", generation: Int = 1) -> ResourceInstance {
        Samples.worker(
            [],
            name: name,
            generation: generation,
            extra: ["stackSpec": podman.spec(["sh", "-c"], ["trap 'exit 0' TERM; echo ready; sleep 1018 & wait"])]
        )
    }

    private func start(_ worker: ResourceInstance, in scratch: Scratch) async throws {
        try await scratch.apply(Samples.create(worker))
        try #require(await eventually { scratch.log(of: worker).contains("ready") })
    }

    private func killSupervisor(of worker: ResourceInstance, in scratch: Scratch) throws {
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
    }

    @Test func whatIsLeftIsFoundByItsLabelsAndNothingElseIsTouched() async throws {
        let scratch = try Scratch(), other = try Scratch()
        try await podman.importImage(in: scratch)
        let lost = worker("lost"), steady = worker("steady"), foreign = worker("lost")
        try await start(lost, in: scratch)
        try await start(steady, in: scratch)
        try await start(foreign, in: other)
        try killSupervisor(of: lost, in: scratch)
        try killSupervisor(of: foreign, in: other)
        // Nothing tells the names of its containers any more.
        try await podman.shell("rm -r \(scratch.executor.files(of: lost).folder)")

        #expect(await scratch.executor.removeStrayContainers() == ["public/worker/lost/1"])
        let left = try await podman.containers(of: scratch)
        #expect(left.contains("-worker-steady-g1") && !left.contains("lost"), "\(left)")
        #expect(try await podman.containers(of: other).contains("-worker-lost-g1"))
        #expect(scratch.incarnation(of: steady).supervisor != nil)
        try await scratch.executor.finish(Samples.delete(steady))
        #expect(await other.executor.removeStrayContainers() == ["public/worker/lost/1"])
        #expect(try await podman.containers(of: other) == "")
        try await other.executor.finish(Samples.delete(foreign))
    }

    @Test func aDeleteFindsTheContainerOfAFolderThatIsGone() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let lost = worker()
        try await start(lost, in: scratch)
        try killSupervisor(of: lost, in: scratch)
        try await podman.shell("rm -r \(scratch.executor.files(of: lost).folder)")
        try await scratch.executor.finish(Samples.delete(lost))
        #expect(try await podman.containers(of: scratch) == "")
    }

    @Test func runsThatOverlapHaveContainersOfTheirOwn() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let script = """
            trap 'exit 0' TERM; : >/var/dataos/temp_data/$DATAOS_RUN_ID
            cd /var/dataos/temp_data; echo *; sleep 1020 & wait
            """
        let job: JSONValue = .object([
            "name": .string("long"),
            "spec": .object(["stack": .string("container"), "stackSpec": podman.spec(["sh", "-c"], [script])]),
        ])
        let workflow = Samples.workflow([job], extra: ["schedule": .object(["cron": .string("* * * * *")])])
        try await scratch.apply(Samples.create(workflow))
        var runs: [RunID] = []
        for count in 1...2 {
            let run = try await scratch.executor.startRun(of: workflow, because: .schedule, overlapping: true)
            runs.append(try #require(run))
            try await eventually("run \(count) has its own scratch directory", within: .seconds(300)) {
                let log = scratch.executor.runs(of: workflow.resource.id).first?.logs.first?.path
                return log.flatMap(TextFile.read) == "\(runs[count - 1])\n"
            }
        }
        let names = try await podman.containers(of: scratch).split(separator: "\n").sorted()
        #expect(names.count == 2 && names[1] == "\(names[0])-\(runs[1])", "\(names)")
        // One ends alone; of the other only its labels are left, and a delete finds it.
        try await scratch.executor.endRuns(of: workflow, only: runs[0])
        #expect(try await podman.containers(of: scratch) == "\(names[1])\n")
        let folder = scratch.executor.files(of: workflow).folder
        let files = IncarnationFiles(folder: "\(folder)/overlaps/\(runs[1])")
        let supervisor = try #require(Incarnation(resource: workflow.resource.id, files: files).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(60)))
        try await podman.shell("rm -r \(folder)")
        try await scratch.executor.finish(Samples.delete(workflow))
        #expect(try await podman.containers(of: scratch) == "")
    }

    @Test func aJobTakesTwoCallsOfTheEngine() async throws {
        let folder = try Scratch()
        let podmanPath = try await podman.shell("command -v podman").dropLast()
        try await podman.shell(
            """
            cd \(folder.home) && printf '#!/bin/sh\\necho "$*" >>\(folder.home)/calls\\nexec \(podmanPath) "$@"\\n' >podman
            chmod +x podman
            """
        )
        let path = "\(folder.home):\(Scratch.environment["PATH"] ?? "")"
        let scratch = try Scratch(variables: ["PATH": path])
        try await podman.importImage(in: scratch)
        let workflow = Samples.workflow([
            Samples.job("only", "", extra: ["stackSpec": podman.spec(["sh", "-c", "exit 3"])])
        ])
        try await scratch.apply(Samples.create(workflow))
        let hasEnded = try await eventually {
            try await scratch.executor.observe(workflow).runtime == "failed"
        }
        #expect(hasEnded)
        #expect(try await scratch.executor.observe(workflow).evidence == "job 'only' failed: exit code 3")
        #expect(try await podman.containers(of: scratch) == "")
        try await scratch.executor.finish(Samples.delete(workflow))
        let calls = try await podman.shell("cat \(folder.home)/calls").split(separator: "\n")
        #expect(calls.count == 2, "\(calls)")
        #expect(calls.first?.contains("image inspect") == true, "\(calls)")
        #expect(calls.last?.contains(" run --rm ") == true, "\(calls)")
    }
}
