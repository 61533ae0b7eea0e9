import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

/// What others do to live resources is seen, and named.
@Suite struct DriftTests {
    private func drift(_ instance: ResourceInstance, _ scratch: Scratch) async throws -> [Drift] {
        try await scratch.executor.drift(of: [instance])
    }

    private func becomesReady(_ instance: ResourceInstance, in scratch: Scratch) async throws {
        try await eventually("\(instance.resource.id) is ready") {
            try await scratch.executor.observe(instance).progress == .ready
        }
    }

    /// A worker with a configuration file and a secret one.
    private func worker(_ scratch: Scratch) async throws -> ResourceInstance {
        let page = Attachment(role: .config, name: "a/page", path: "page", digest: scratch.content.keep("hello"))
        let worker = Samples.worker(
            ["/bin/sleep", "1030"],
            extra: [
                "configs": .object(["a/page": .string("page")]),
                "dataosSecrets": .array([.object(["name": .string("s"), "consumptionType": .string("file")])]),
            ],
            attachments: [page]
        )
        try await scratch.apply(Samples.create(worker), resources: [Samples.secret("s", ["PIN": "1234-5678"])])
        try await becomesReady(worker, in: scratch)
        return worker
    }

    @Test func whatIsAsItWasAppliedHasNone() async throws {
        let scratch = try Scratch()
        let worker = try await worker(scratch)
        let volume = Samples.volume()
        try await scratch.apply(Samples.create(volume))
        let workflow = Samples.workflow([Samples.job("job", "true")])
        try await scratch.apply(Samples.create(workflow))
        #expect(try await scratch.executor.drift(of: [worker, volume, workflow]).isEmpty)
        try await eventually("the run succeeds") {
            try await scratch.executor.observe(workflow).runtime == "succeeded"
        }
        #expect(try await scratch.executor.drift(of: [worker, volume, workflow]).isEmpty)
    }

    @Test(arguments: [
        ("config/a/page", Drift.Kind.fileChanged, "config/a/page was changed under Sheaf"),
        ("secret/files/s_PIN", .fileChanged, "secret/files/s_PIN was changed under Sheaf"),
        ("secret/launch", .fileChanged, "secret/launch was changed under Sheaf"),
        ("definition", .fileChanged, "definition was changed under Sheaf"),
    ])
    func aChangedFileIsNamed(path: String, kind: Drift.Kind, message: String) async throws {
        let scratch = try Scratch()
        let worker = try await worker(scratch)
        let file = "\(scratch.executor.files(of: worker).folder)/\(path)"
        chmod(file, 0o600)
        let mode = path.contains("files/") || path.contains("config/") ? mode_t(0o400) : 0o600
        let text = try #require(TextFile.read(file)) + "# other-pin\n"
        try DurableFile.write(Array(text.utf8), to: file, mode: mode)
        let found = try await drift(worker, scratch)
        #expect(found.contains { $0.kind == kind && $0.message == message }, "\(found)")
        #expect(!found.description.contains("other-pin") && !found.description.contains("1234"))
    }

    @Test func aMissingFileAndAnotherModeAreNamed() async throws {
        let scratch = try Scratch()
        let worker = try await worker(scratch)
        let folder = scratch.executor.files(of: worker).folder
        #expect(unlink("\(folder)/config/a/page") == 0)
        #expect(chmod("\(folder)/secret/files/s_PIN", 0o444) == 0)
        #expect(chmod("\(folder)/secret", 0o755) == 0)
        let messages = try await drift(worker, scratch).map(\.message)
        #expect(
            Set(messages) == [
                "config/a/page is missing", "the mode of secret/files/s_PIN is 0444 instead of 0400",
                "the mode of secret is 0755 instead of 0700",
            ]
        )
    }

    @Test func whatAnOlderSheafHasMadeIsTakenAsItIs() async throws {
        let scratch = try Scratch()
        let worker = try await worker(scratch)
        let folder = scratch.executor.files(of: worker).folder
        #expect(unlink("\(folder)/files") == 0)
        #expect(unlink("\(folder)/config/a/page") == 0)
        #expect(try await drift(worker, scratch).isEmpty)
    }

    @Test func aFolderThatIsGoneIsOneFinding() async throws {
        let scratch = try Scratch()
        let worker = try await worker(scratch)
        try FileManager.default.removeItem(atPath: scratch.executor.files(of: worker).folder)
        #expect(try await drift(worker, scratch).map(\.kind) == [.folderMissing])
    }

    @Test func aKilledSupervisorIsNamed() async throws {
        let scratch = try Scratch()
        let worker = try await worker(scratch)
        let supervisor = try #require(scratch.incarnation(of: worker).supervisor)
        supervisor.signal(SIGKILL)
        #expect(supervisor.waitForEnd(atMost: .seconds(20)))
        #expect(try await drift(worker, scratch).map(\.message) == ["its supervisor has ended"])
    }

    @Test func aProcessThatEndsAgainAndAgainIsNamedWithItsSignal() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sh", "-c", "echo over; kill -9 $$"])
        try await scratch.apply(Samples.create(worker))
        try await eventually("it has ended") { try await scratch.executor.observe(worker).progress == .failed }
        let found = try await drift(worker, scratch)
        #expect(found.map(\.kind) == [.processEnded])
        #expect(found.first?.message == "its process ended with signal 9")
        #expect(found.first?.evidence?.contains("over") == true)
    }

    @Test func whatWasNeverStartedIsNamed() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1031"])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        #expect(try await drift(worker, scratch).map(\.kind) == [.notStarted])
    }

    @Test func whoHasTakenAPortIsNamed() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let idle = Samples.service(["/bin/sleep", "1032"], port: port)
        try await scratch.apply(Samples.create(idle))
        #expect(try await drift(idle, scratch).isEmpty, "it may still open its port")
        let stranger = try #require(Listener(port))
        let found = try await drift(idle, scratch)
        #expect(found.map(\.kind) == [.portTaken])
        #expect(found.first?.message.contains("process \(getpid())") == true, "\(found)")
        #expect(found.first?.message.hasSuffix("listens on its port \(port)") == true)
        // A new start could not have the port either, and says so before anything is ended.
        var next = idle
        next.generation = 2
        let error = await #expect(throws: ExecutorError.self) {
            try await scratch.apply(Samples.replace(idle, next, handsOver: true))
        }
        #expect(error?.reason == .portTaken)
        withExtendedLifetime(stranger) {}
    }

    @Test func aPortThatAnotherWorkloadHandsOverIsNoStrangers() async throws {
        let scratch = try Scratch()
        let port = try FreePort.find()
        let old = TransactionTests.serve(port), new = TransactionTests.serve(port, generation: 2)
        try await scratch.apply(Samples.create(old))
        try await becomesReady(old, in: scratch)
        try await scratch.apply(Samples.replace(old, new, handsOver: true))
        try await becomesReady(new, in: scratch)
        #expect(try await drift(new, scratch).isEmpty)
    }

    @Test func directoriesOfVolumesThatAreGoneAreNamed() async throws {
        let scratch = try Scratch()
        let volume = Samples.volume()
        try await scratch.apply(Samples.create(volume))
        let use: JSONValue = .object(["name": .string("data"), "directory": .string("d")])
        let worker = Samples.worker(["/bin/sleep", "1033"], extra: ["persistentVolume": use])
        try await scratch.apply(Samples.create(worker), resources: [volume.resource])
        try await becomesReady(worker, in: scratch)
        #expect(try await scratch.executor.drift(of: [volume, worker]).isEmpty)
        try FileManager.default.removeItem(atPath: "\(scratch.home)/volumes")
        let found = try await scratch.executor.drift(of: [volume, worker])
        #expect(found.map(\.kind) == [.volumeMissing, .volumeMissing])
        #expect(found.map(\.resource) == [volume.resource.id, worker.resource.id])
    }

    @Test func aWorkflowsOutcomeIsPassedOnWhenOnlyItsFilesAreMadeAnew() async throws {
        let scratch = try Scratch()
        let trace = "\(scratch.home)/trace"
        let old = Samples.workflow([Samples.job("job", "echo ran >> \(trace)")])
        try await scratch.apply(Samples.create(old))
        try await eventually("the run succeeds") { try await scratch.executor.observe(old).runtime == "succeeded" }
        #expect(unlink("\(scratch.executor.files(of: old).folder)/secret/redactions") == 0)
        #expect(try await drift(old, scratch).map(\.message) == ["secret/redactions is missing"])
        var new = old
        new.generation = 2
        var step = Samples.update(old, new)
        step.runsJobs = false
        try await scratch.apply(step)
        try await scratch.executor.finish(step)
        #expect(try await scratch.executor.observe(new).runtime == "succeeded")
        #expect(try await drift(new, scratch).isEmpty)
        #expect(TextFile.read(trace) == "ran\n")
    }
}

/// Listens on a port of this process.
private final class Listener {
    private let descriptor: Int32

    init?(_ port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        descriptor = socket
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(socket, 1) == 0 else { return nil }
    }

    deinit { close(descriptor) }
}
