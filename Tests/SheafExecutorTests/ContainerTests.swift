import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Subprocess
import SystemPackage
import Testing

/// With the real podman and an image made of busybox; no registry is asked.
@Suite(.serialized, .enabled(if: Podman.isThere, "needs podman and a static busybox"))
struct ContainerTests {
    private let podman = Podman()

    @Test func aServiceRunsInAContainerAndLeavesNone() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let port = try FreePort.find()
        let page = Attachment(
            role: .config,
            name: "index.html",
            path: "index.html",
            digest: scratch.content.keep("hello")
        )
        let service = Samples.service(
            [],
            port: port,
            extra: [
                "stackSpec": podman.spec(
                    ["/bin/sh", "-c"],
                    ["echo $PIN $LD_X; exec httpd -f -p \(port) -h /etc/dataos/config"]
                ),
                "configs": .object(["index.html": .string("index.html")]),
                "dataosSecrets": .array([.object(["name": .string("s")])]),
                "resources": .object(["limits": .object(["memory": .string("64Mi"), "cpu": .string("500m")])]),
            ],
            attachments: [page]
        )
        let secret = Samples.secret("s", ["PIN": "two\nlines-of-a-pin", "LD_X": "odd one"])
        try await scratch.apply(Samples.create(service), resources: [secret])
        let isReady = try await eventually {
            try await scratch.executor.observe(service).progress == .ready
        }
        #expect(isReady, "not ready: \(scratch.log(of: service))")
        #expect(try await podman.shell("curl -s http://127.0.0.1:\(port)/index.html") == "hello")
        #expect(scratch.log(of: service).contains("two lines-of-a-pin odd one"))
        let plan = try #require(scratch.executor.files(of: service).plan?.processes.first)
        #expect(!plan.arguments.joined(separator: " ").contains("lines-of-a-pin"))
        #expect(try await podman.containers(of: scratch).contains("-service-web-g1"))
        try await scratch.executor.finish(Samples.delete(service))
        #expect(try await podman.containers(of: scratch) == "")
        #expect(PortProbe.availability(port) == .free)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test(.enabled(if: Podman.has("slirp4netns"), "needs slirp4netns"))
    func aServiceInAContainerReachesOthersByTheirNames() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let port = try FreePort.find(), other = try FreePort.find()
        let page = Attachment(role: .config, name: "hello", path: "hello", digest: scratch.content.keep("from outside"))
        let host = Samples.service(
            ["busybox", "httpd", "-f", "-p", "127.0.0.1:\(other)", "-h", "/etc/dataos/config"],
            port: other,
            name: "pages",
            extra: ["configs": .object(["hello": .string("hello")])],
            attachments: [page]
        )
        let script = """
            mkdir -p /srv; until busybox wget -qO /srv/hello "$PAGES/hello"; do sleep 0.1; done
            exec httpd -f -p \(port) -h /srv
            """
        let service = Samples.service(
            [],
            port: port,
            extra: [
                "stackSpec": podman.spec(["/bin/sh", "-c"], [script]),
                "envs": .object(["PAGES": .string("http://pages.public.svc.cluster.local:\(other)")]),
            ]
        )
        // It names a service that there is not yet.
        try await scratch.apply(Samples.create(service))
        try await scratch.apply(Samples.create(host))
        let isReady = try await eventually { try await scratch.executor.observe(service).progress == .ready }
        #expect(isReady, "not ready: \(scratch.log(of: service))")
        #expect(try await podman.shell("curl -s http://127.0.0.1:\(port)/hello") == "from outside")
        try await scratch.executor.finish(Samples.delete(service))
        try await scratch.executor.finish(Samples.delete(host))
        #expect(try await podman.containers(of: scratch) == "")
        #expect(PortProbe.availability(port) == .free)
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aKilledSupervisorsContainerIsRemoved() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let worker = Samples.worker([], extra: ["stackSpec": podman.spec(["sh", "-c"], ["echo ready; sleep 1018"])])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("ready") })
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        #expect(try await podman.containers(of: scratch) != "", "the container survives its client")
        try await scratch.executor.revert(Samples.create(worker))
        #expect(try await podman.containers(of: scratch) == "")
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func jobsInContainersPassOnTheirExitCodes() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let volume: JSONValue = .object(["name": .string("data"), "directory": .string("d")])
        let first = Samples.job(
            "write",
            "",
            extra: [
                "stackSpec": podman.spec(["sh", "-c", "echo x > /var/dataos/persistent_data/d/f; id -u"]),
                "persistentVolume": volume,
            ]
        )
        let second = Samples.job(
            "read",
            "",
            needs: ["write"],
            extra: [
                "stackSpec": podman.spec(["sh"], ["-c", "cat /var/dataos/persistent_data/d/f; exit 9"]),
                "persistentVolume": volume,
            ]
        )
        let workflow = Samples.workflow([first, second])
        try await scratch.apply(Samples.create(workflow), resources: [Samples.volume().resource])
        let hasEnded = try await eventually {
            try await scratch.executor.observe(workflow).runtime == "failed"
        }
        let state = try await scratch.executor.observe(workflow)
        #expect(hasEnded)
        #expect(state.evidence == "job 'read' failed: exit code 9; last log lines: x")
        try await scratch.executor.revert(Samples.create(workflow))
        #expect(try await podman.containers(of: scratch) == "")
    }

    @Test func anImageThatCannotBeHadIsRefused() async throws {
        let scratch = try Scratch()
        let image = "127.0.0.1:1/nobody/has-this:1"
        let worker = Samples.worker([], extra: ["stackSpec": .object(["image": .string(image)])])
        let error = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(worker)) }
        #expect(error?.reason == .imageUnavailable)
        #expect(error?.message.contains(image) == true)
    }
}
