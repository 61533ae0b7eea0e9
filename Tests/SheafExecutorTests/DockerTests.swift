import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// The way through the client of docker, with podman as the engine behind it.
@Suite(
    .serialized,
    .enabled(if: Podman.isThere && Podman.has("docker", "curl"), "optional: needs podman and the client of docker")
)
struct DockerTests {
    private let podman = Podman()

    /// An engine for the client of docker, and a search path without podman.
    private func engine(in folder: String) async throws -> (program: BackgroundProgram, variables: [String: String]) {
        let socket = "\(folder)/engine.sock"
        try await podman.shell(
            """
            mkdir -p \(folder)/bin && cd \(folder) && ln -s "$(command -v docker)" bin/docker
            printf '[containers]\\ndefault_ulimits = ["nofile=1024:1024","nproc=1024:1024"]\\n[engine]\\n' > engine.conf
            printf 'runtime = "runc"\\ncgroup_manager = "cgroupfs"\\nevents_logger = "file"\\n' >> engine.conf
            """
        )
        let program = try await BackgroundProgram(
            "env CONTAINERS_CONF=\(folder)/engine.conf podman system service --time 0 unix://\(socket)",
            log: "\(folder)/engine.log"
        )
        let isUp = try await eventually {
            try await podman.shell("curl -s --unix-socket \(socket) http://d/_ping") == "OK"
        }
        try #require(isUp, "the engine does not answer")
        return (program, ["PATH": "\(folder)/bin", "DOCKER_HOST": "unix://\(socket)"])
    }

    @Test func workloadsRunAndLeaveNothing() async throws {
        let folder = try Scratch()
        let (program, variables) = try await engine(in: folder.home)
        defer { withExtendedLifetime(program) {} }
        let scratch = try Scratch(variables: variables)
        let name = Podman.newName("docker")
        let id = try await podman.importImage(name, saying: "docked", in: scratch)
        let worker = Samples.worker(
            [],
            extra: [
                "stackSpec": podman.spec(["sh", "-c"], ["echo runs $(cat /which); sleep 1018"], image: name),
                "resources": .object(["limits": .object(["memory": .string("64Mi")])]),
            ]
        )
        try await scratch.apply(Samples.create(worker))
        let runs = try await eventually { scratch.log(of: worker).contains("runs docked") }
        #expect(runs, "\(scratch.log(of: worker))")
        let plan = try #require(scratch.executor.files(of: worker).plan?.processes.first)
        #expect(plan.arguments.first?.hasSuffix("/docker") == true)
        #expect(plan.arguments.contains("sha256:\(id)"))
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        #expect(await scratch.executor.removeStrayContainers() == ["public/worker/loader/1"])
        #expect(try await podman.containers(of: scratch) == "")
        try await scratch.executor.revert(Samples.create(worker))

        let job = Samples.job(
            "only",
            "",
            extra: ["stackSpec": podman.spec(["sh", "-c", "echo last words; exit 3"], image: name)]
        )
        let workflow = Samples.workflow([job])
        try await scratch.apply(Samples.create(workflow))
        let hasEnded = try await eventually {
            try await scratch.executor.observe(workflow).runtime == "failed"
        }
        #expect(hasEnded)
        let state = try await scratch.executor.observe(workflow)
        #expect(state.evidence == "job 'only' failed: exit code 3; last log lines: last words")
        try await scratch.executor.revert(Samples.create(workflow))
        #expect(try await podman.containers(of: scratch) == "")
        try await podman.remove(name, id)
    }

    @Test func anImageOfTheBundleIsLoadedAndReleased() async throws {
        let folder = try Scratch()
        let (program, variables) = try await engine(in: folder.home)
        defer { withExtendedLifetime(program) {} }
        let scratch = try Scratch(variables: variables)
        let name = Podman.newName("carried")
        let id = try await podman.importImage(name, saying: "carried", in: scratch)
        let file = "\(scratch.home)/app.tar"
        try await podman.shell("podman save -o \(file) \(name) && podman rmi \(name)")
        let bytes = try #require(try WholeFile.read(file, limit: 1 << 26))
        unlink(file)
        let image = "docker-archive:app.tar"
        var worker = Samples.worker(
            [],
            extra: ["stackSpec": podman.spec(["sh", "-c"], ["echo runs $(cat /which); sleep 1018"], image: image)]
        )
        worker.resource.attachments = [
            Attachment(role: .image, name: image, path: "app.tar", digest: scratch.content.keep(bytes))
        ]
        let carried = worker
        try await scratch.apply(Samples.create(carried))
        let runs = try await eventually { scratch.log(of: carried).contains("runs carried") }
        #expect(runs, "\(scratch.log(of: carried))")
        try await scratch.executor.revert(Samples.create(carried))
        #expect(try await podman.id(of: id) == nil)
        #expect(try await podman.containers(of: scratch) == "")
    }
}
