import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct IsolationTests {
    private static var canIsolate: Bool { ChildIsolation.isAllowed }
    private static var canSwitch: Bool { ChildIsolation.isAllowed && geteuid() == 0 }
    /// A user that every system has.
    private static let nobody = getpwnam("nobody")?.pointee.pw_uid ?? 65_534

    private func uses(_ name: String, _ directory: String, _ extra: [String: JSONValue] = [:]) -> JSONValue {
        .object(["name": .string(name), "directory": .string(directory)].merging(extra) { $1 })
    }

    @Test(.enabled(if: canIsolate, "needs the right to make mount namespaces"))
    func whatIsReadOnlyCannotBeWritten() async throws {
        let scratch = try Scratch()
        let config = Attachment(role: .config, name: "a", path: "a", digest: scratch.content.keep("a"))
        let script =
            "cat /data/in; echo x > /data/out; echo y > /etc/dataos/config/new; echo z > /free/out; echo done; "
        let worker = Samples.worker(
            ["/bin/sh", "-c", script + "sleep 1021"],
            extra: [
                "configs": .object(["a": .string("a")]),
                "dataosVolumes": .array([
                    uses("data", "/data", ["readOnly": .bool(true)]), uses("free", "/free"),
                ]),
            ],
            attachments: [config]
        )
        try FileManager.default.createDirectory(
            atPath: "\(scratch.home)/volumes/public/data",
            withIntermediateDirectories: true
        )
        try DurableFile.writeText("from the volume\n", to: "\(scratch.home)/volumes/public/data/in")
        let volumes = [Samples.volume("data").resource, Samples.volume("free").resource]
        try await scratch.apply(Samples.create(worker), resources: volumes)
        #expect(try await eventually { scratch.log(of: worker).contains("done") })
        let log = scratch.log(of: worker)
        #expect(log.hasPrefix("from the volume\n"))
        #expect(log.components(separatedBy: "Read-only file system").count == 3, "\(log)")
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.home)/volumes/public/data/out"))
        #expect(TextFile.read("\(scratch.home)/volumes/public/free/out") == "z\n", "and the others can be")
        #expect(try await scratch.executor.notes(on: [worker], among: [worker]).isEmpty)
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test(.enabled(if: canIsolate, "needs the right to make mount namespaces"))
    func aVolumeThatMayOnlyBeReadIsReadOnlyForAll() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(
            ["/bin/sh", "-c", "echo x > /data/out; echo done; sleep 1022"],
            extra: ["dataosVolumes": .array([uses("data", "/data")])]
        )
        var volume = Samples.volume("data").resource
        volume.manifest = .object(["volume": .object(["accessMode": .string("readonlymany")])])
        try await scratch.apply(Samples.create(worker), resources: [volume])
        #expect(try await eventually { scratch.log(of: worker).contains("done") })
        #expect(scratch.log(of: worker).contains("Read-only file system"))
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func whereNothingCanBeMountedItIsSaid() async throws {
        let scratch = try Scratch(variables: ["SHEAF_ISOLATION": "off"])
        let worker = Samples.worker(
            ["/bin/sh", "-c", "echo x > /data/out; echo done; sleep 1023"],
            extra: [
                "dataosVolumes": .array([uses("data", "/data", ["readOnly": .bool(true)])]),
                "runAsUser": .string("nobody"),
            ]
        )
        try await scratch.apply(Samples.create(worker), resources: [Samples.volume("data").resource])
        #expect(try await eventually { scratch.log(of: worker) == "done\n" })
        let notes = try await scratch.executor.notes(on: [worker], among: [worker]).map(\.note)
        #expect(notes.count == 2)
        #expect(notes.contains { $0.hasPrefix("'runAsUser: nobody' is only recorded: ") }, "\(notes)")
        #expect(notes.contains { $0.hasPrefix("it can write to 'data', which it should only read") }, "\(notes)")
        try await scratch.executor.revert(Samples.create(worker))
    }

    // MARK: Names

    private func web(_ name: String = "web") throws -> ResourceInstance {
        Samples.service(["/bin/sleep", "1024"], port: try FreePort.find(), name: name)
    }

    @Test(.enabled(if: canIsolate, "needs the right to make mount namespaces"))
    func aProcessFindsServicesThatComeAndGo() async throws {
        let scratch = try Scratch()
        let name = "web.public.svc.cluster.local"
        let script = """
            until grep -q \(name) /etc/hosts; do sleep 0.05; done; grep \(name) /etc/hosts
            while grep -q \(name) /etc/hosts; do sleep 0.05; done; echo gone; sleep 1025
            """
        let worker = Samples.worker(["/bin/sh", "-c", script])
        try await scratch.apply(Samples.create(worker))
        let web = try web()
        _ = try await scratch.executor.prepare(Samples.create(web), resources: MemoryDirectory([]))
        #expect(try await eventually { scratch.log(of: worker) == "127.0.0.1 \(name)\n" })
        try await scratch.executor.revert(Samples.create(web))
        #expect(try await eventually { scratch.log(of: worker).hasSuffix("gone\n") })
        #expect(TextFile.read("/etc/hosts")?.contains(name) == false, "the host itself knows nothing of it")
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func theNamesAreThoseOfAllServices() async throws {
        let scratch = try Scratch()
        let names = ServiceNames(home: ExecutorHome(scratch.home))
        let first = try web("b"), second = try web("a")
        for service in [first, second] {
            _ = try await scratch.executor.prepare(Samples.create(service), resources: MemoryDirectory([]))
        }
        #expect(names.current == ["a.public.svc.cluster.local", "b.public.svc.cluster.local"])
        let host = TextFile.read("/etc/hosts") ?? ""
        let text = try #require(TextFile.read(names.file))
        #expect(text.hasPrefix(host))
        #expect(text.hasSuffix("127.0.0.1 a.public.svc.cluster.local\n127.0.0.1 b.public.svc.cluster.local\n"))
        try await scratch.executor.revert(Samples.create(first))
        let shorter = try #require(TextFile.read(names.file))
        #expect(shorter.utf8.count == text.utf8.count, "who reads it meanwhile finds no half of a line")
        #expect(!shorter.contains("b.public.svc"))
        try await scratch.executor.revert(Samples.create(second))
    }

    @Test func whereNothingCanBeMountedNamesAreReplaced() async throws {
        let scratch = try Scratch(variables: ["SHEAF_ISOLATION": "off"])
        let config = Attachment(
            role: .config,
            name: "app.yaml",
            path: "app.yaml",
            digest: scratch.content.keep("db: web.public.svc.cluster.local\nother: no.public.svc.cluster.local\n")
        )
        let worker = Samples.worker(
            ["/bin/echo", "http://web.public.svc.cluster.local:80/", "x.web.public.svc.cluster.local"],
            extra: [
                "configs": .object(["app.yaml": .string("app.yaml")]),
                "envs": .object(["DB": .string("tcp://web.public.svc.cluster.local:1?a=web.public.svc.cluster.locals")]
                ),
            ],
            attachments: [config]
        )
        let web = try web()
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([web.resource]))
        let files = scratch.executor.files(of: worker)
        let plan = try #require(files.plan?.processes.first)
        #expect(plan.arguments.dropFirst() == ["http://127.0.0.1:80/", "x.web.public.svc.cluster.local"])
        #expect(plan.environment["DB"] == "tcp://127.0.0.1:1?a=web.public.svc.cluster.locals")
        #expect(plan.mounts.isEmpty)
        let text = TextFile.read("\(files.config)/app.yaml")
        #expect(text == "db: 127.0.0.1\nother: no.public.svc.cluster.local\n", "what does not exist stays")
        try await scratch.executor.revert(Samples.create(worker))
    }

    // MARK: Users

    @Test(.enabled(if: canSwitch, "needs to be root"))
    func aProcessRunsAsItsUserAndReachesAllThatIsItsOwn() async throws {
        let scratch = try Scratch()
        let config = Attachment(
            role: .config,
            name: "app.yaml",
            path: "app.yaml",
            digest: scratch.content.keep("configured\n")
        )
        let script = """
            id -u; cat /etc/dataos/config/app.yaml; echo $DATAOS_RUN_AS_USER; echo t > $DATAOS_TEMP_DIR/t && echo temp
            echo v > /data/v && echo volume; echo again >> /dev/stdout
            ls \(scratch.home)/workloads/public/worker/loader/1; cat /etc/shadow 2>/dev/null; echo done; sleep 1026
            """
        let worker = Samples.worker(
            ["/bin/sh", "-c", script],
            extra: [
                "configs": .object(["app.yaml": .string("app.yaml")]), "runAsUser": .string("nobody"),
                "dataosVolumes": .array([uses("data", "/data")]),
            ],
            attachments: [config]
        )
        try await scratch.apply(Samples.create(worker), resources: [Samples.volume("data").resource])
        #expect(try await eventually { scratch.log(of: worker).contains("done") })
        let log = scratch.log(of: worker)
        let seen = ["\(Self.nobody)", "configured", "nobody", "temp", "volume", "again"]
        #expect(log.split(separator: "\n").prefix(seen.count).map(String.init) == seen, "\(log)")
        #expect(!log.contains("run\n"), "it sees nothing of the incarnation but its own folders: \(log)")
        #expect(TextFile.read("\(scratch.home)/volumes/public/data/v") == "v\n")
        for pid in scratch.processes(of: worker).map(\.pid) {
            let isSupervisor = TextFile.read("/proc/\(pid)/cmdline")?.contains("sheaf-supervisor") == true
            let user = TextFile.read("/proc/\(pid)/status")?.split(separator: "\n").first { $0.hasPrefix("Uid:") }
            #expect(isSupervisor || user?.contains("\(Self.nobody)") == true)
        }
        #expect(try await scratch.executor.notes(on: [worker], among: [worker]).isEmpty)
        #expect(try await scratch.executor.drift(of: [worker]).isEmpty)
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test(.enabled(if: canSwitch, "needs to be root"))
    func aProcessOfAnotherUserEndsWithItsSupervisor() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1027"], extra: ["runAsUser": .string("nobody")])
        try await scratch.apply(Samples.create(worker))
        let incarnation = scratch.incarnation(of: worker)
        let supervisor = try #require(incarnation.supervisor)
        let pid = try #require(incarnation.files.status?.processes.first?.pid)
        let process = try #require(ProcessIdentity(of: pid))
        supervisor.signal(SIGKILL)
        #expect(process.waitForEnd(atMost: .seconds(60)))
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func aUserThatIsNotThereIsRecorded() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1028"], extra: ["runAsUser": .string("no-such-user")])
        try await scratch.apply(Samples.create(worker))
        let plan = try #require(scratch.executor.files(of: worker).plan?.processes.first)
        #expect(plan.user == nil)
        #expect(plan.environment["DATAOS_RUN_AS_USER"] == "no-such-user")
        let notes = try await scratch.executor.notes(on: [worker], among: [worker]).map(\.note)
        #expect(
            notes == [
                "'runAsUser: no-such-user' is only recorded: there is no user 'no-such-user' on this machine"
            ]
        )
        try await scratch.executor.revert(Samples.create(worker))
    }
}
