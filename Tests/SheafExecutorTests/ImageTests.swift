import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

/// Which image runs, with the real podman.
@Suite(.serialized, .enabled(if: Podman.isThere, "needs podman and a static busybox"))
struct ImageTests {
    private let podman = Podman()

    /// A worker that says which image it runs.
    private func worker(
        _ image: String,
        generation: Int = 1,
        note: String = "",
        policy: String? = nil
    ) -> ResourceInstance {
        let extra = policy.map { ["imagePullPolicy": JSONValue.string($0)] } ?? [:]
        let script = "echo runs $(cat /which) \(note); sleep 1018"
        return Samples.worker(
            [],
            generation: generation,
            extra: ["stackSpec": podman.spec(["sh", "-c"], [script], image: image, extra: extra)]
        )
    }

    private func says(_ text: String, _ worker: ResourceInstance, in scratch: Scratch) async throws -> Bool {
        try await eventually { scratch.log(of: worker).contains(text) }
    }

    @Test func aMovedTagReachesWhatIsChangedAndNoRestartRepairOrRollback() async throws {
        let scratch = try Scratch()
        let name = Podman.newName("moving")
        let old = try await podman.importImage(name, saying: "old", in: scratch)
        let first = worker(name)
        try await scratch.apply(Samples.create(first))
        #expect(try await says("runs old", first, in: scratch))
        let new = try await podman.importImage(name, saying: "new", in: scratch)
        #expect(old != new)

        // Its container ends, and the supervisor starts another one.
        let container = try await podman.containers(of: scratch)
        try await podman.shell("podman kill \(container)")
        let isBack = try await eventually {
            scratch.log(of: first).split(separator: "\n").count { $0.hasPrefix("runs old") } == 2
        }
        #expect(isBack, "\(scratch.log(of: first))")

        let repaired = worker(name, generation: 2)
        try await scratch.apply(Samples.replace(first, repaired))
        try await scratch.executor.finish(Samples.replace(first, repaired))
        #expect(try await says("runs old", repaired, in: scratch))

        let changed = worker(name, generation: 3, note: "again")
        try await scratch.apply(Samples.replace(repaired, changed))
        try await scratch.executor.finish(Samples.replace(repaired, changed))
        #expect(try await says("runs new again", changed, in: scratch))

        var rollback = Samples.replace(changed, worker(name, generation: 4))
        rollback.restores = 2
        try await scratch.apply(rollback)
        #expect(try await says("runs old", try #require(rollback.after), in: scratch))
        try await scratch.executor.finish(rollback)
        try await scratch.executor.finish(Samples.delete(try #require(rollback.after)))
        #expect(try await podman.containers(of: scratch) == "")

        try await podman.remove(name, old)
        var restored = Samples.create(worker(name, generation: 6))
        restored.restores = 4
        let error = await #expect(throws: ExecutorError.self) { try await scratch.apply(restored) }
        #expect(error?.reason == .imageUnavailable)
        #expect(error?.message.contains("sha256:\(old) is not on this machine any more") == true, "\(error as Any)")
    }

    @Test func anAttemptThatWasUndoneIsNotRolledBackTo() async throws {
        let scratch = try Scratch()
        let name = Podman.newName("undone")
        let old = try await podman.importImage(name, saying: "old", in: scratch)
        let first = worker(name)
        try await scratch.apply(Samples.create(first))
        let new = try await podman.importImage(name, saying: "new", in: scratch)
        let attempt = Samples.replace(first, worker(name, generation: 2, note: "once"))
        try await scratch.apply(attempt)
        try await scratch.executor.revert(attempt)
        try await scratch.executor.finish(Samples.delete(first))
        var rollback = Samples.create(worker(name, generation: 4))
        // The revision of the attempt was followed by one that changed nothing of the worker.
        rollback.restores = 3
        try await scratch.apply(rollback)
        #expect(try await says("runs old", try #require(rollback.after), in: scratch))
        try await scratch.executor.revert(rollback)
        try await podman.remove(name, old, new)
    }

    @Test func thePullPolicySaysWhetherARegistryIsAsked() async throws {
        let scratch = try Scratch()
        // Nobody listens there, so asking fails in a way that may pass.
        let name = "127.0.0.1:1/sheaf-test/policy-\(UInt32.random(in: 0 ... .max)):1"
        let never = worker(name, policy: "Never")
        let refusal = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(never)) }
        #expect(refusal?.message.contains("imagePullPolicy is Never") == true)
        #expect(refusal?.isTransient == false)
        try await podman.importImage(name, saying: "here", in: scratch)
        try await scratch.apply(Samples.create(never))
        #expect(try await says("runs here", never, in: scratch))
        try await scratch.executor.revert(Samples.create(never))

        let always = worker(name, policy: "Always")
        let failure = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(always)) }
        #expect(failure?.isTransient == true, "\(failure as Any)")
        #expect(failure?.message.contains("connection refused") == true)
        let other = worker(name, policy: "sometimes")
        let mistake = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(other)) }
        #expect(mistake?.reason == .invalidValue)
        try await podman.remove(name)
    }

    @Test(arguments: ["docker-archive", "oci-archive"])
    func anImageInTheBundleNeedsNoRegistryAndGoesWithItsWorkload(form: String) async throws {
        let scratch = try Scratch()
        let name = Podman.newName("carried")
        let id = try await podman.importImage(name, saying: form, in: scratch)
        let file = "\(scratch.home)/app.tar"
        try await podman.shell("podman save --format \(form) -o \(file) \(name) && podman rmi \(name)")
        #expect(try await podman.id(of: id) == nil)
        let bytes = try #require(try WholeFile.read(file, limit: 1 << 26))
        unlink(file)
        let image = "\(form):images/app.tar"
        let attachment = Attachment(
            role: .image,
            name: image,
            path: "images/app.tar",
            digest: scratch.content.keep(bytes)
        )
        var carried = worker(image)
        carried.resource.attachments = [attachment]
        try await scratch.apply(Samples.create(carried))
        #expect(try await says("runs \(form)", carried, in: scratch))
        #expect(try await podman.id(of: name) == nil, "a name of the file was given away")
        var second = worker(image, generation: 2, note: "twice")
        second.resource.attachments = [attachment]
        try await scratch.apply(Samples.replace(carried, second))
        try await scratch.executor.finish(Samples.replace(carried, second))
        #expect(try await podman.id(of: id) != nil)
        try await scratch.executor.finish(Samples.delete(second))
        #expect(try await podman.id(of: id) == nil, "the image has stayed")
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aFileThatHoldsNoImageIsRefused() async throws {
        let scratch = try Scratch()
        let cases: [(content: [UInt8], words: String)] = [
            (Array("hello".utf8), "is no whole tar archive"),
            ([0x1f, 0x8b, 8, 0], "is compressed"),
            ([UInt8](repeating: 0, count: 1024), "has no manifest.json"),
        ]
        for (content, words) in cases {
            let image = "docker-archive:app.tar"
            var instance = worker(image)
            instance.resource.attachments = [
                Attachment(role: .image, name: image, path: "app.tar", digest: scratch.content.keep(content))
            ]
            let refused = instance
            let error = await #expect(throws: ExecutorError.self) { try await scratch.apply(Samples.create(refused)) }
            #expect(error?.reason == .imageUnavailable)
            #expect(error?.message.contains("app.tar \(words)") == true, "\(error as Any)")
        }
    }

    @Test func theUserTheFolderAndTheLimitsOfAnImageApply() async throws {
        let scratch = try Scratch()
        let name = Podman.newName("user")
        let id = try await podman.importImage(name, saying: "x", changes: ["USER 4711", "WORKDIR /srv"], in: scratch)
        let hungry = "echo $(id -u) in $(pwd); x=$(head -c 64000000 /dev/zero | tr '\\000' x); echo done"
        let job = Samples.job(
            "eat",
            "",
            extra: [
                "stackSpec": podman.spec(["sh", "-c", hungry], image: name),
                "resources": .object(["limits": .object(["memory": .string("16Mi")])]),
            ]
        )
        let workflow = Samples.workflow([job])
        try await scratch.apply(Samples.create(workflow))
        let hasEnded = try await eventually {
            try await scratch.executor.observe(workflow).runtime == "failed"
        }
        #expect(hasEnded)
        let evidence = try await scratch.executor.observe(workflow).evidence ?? ""
        #expect(evidence.contains("exit code 137: killed"), "\(evidence)")
        #expect(evidence.contains("its limit of 16 MiB"), "\(evidence)")
        #expect(evidence.contains("4711 in /srv"), "\(evidence)")
        try await scratch.executor.revert(Samples.create(workflow))
        try await podman.remove(name, id)
    }

    @Test func aServiceIsReadyWhenItsImageSaysThatItIsWell() async throws {
        let scratch = try Scratch()
        try await podman.importImage(in: scratch)
        let name = Podman.newName("health")
        try await podman.shell(
            """
            cd \(scratch.home) && printf 'FROM \(Podman.image)\nHEALTHCHECK CMD test -e /tmp/well\n' > Containerfile
            podman build --format docker --pull=never --quiet --tag \(name) . ; rm Containerfile
            """
        )
        let port = try FreePort.find()
        let service = Samples.service(
            [],
            port: port,
            extra: ["stackSpec": podman.spec(["httpd", "-f", "-p", String(port)], image: name)]
        )
        try await scratch.apply(Samples.create(service))
        let isAsked = try await eventually {
            try await scratch.executor.observe(service).evidence?.contains("its health check says") == true
        }
        let asked = try await scratch.executor.observe(service)
        #expect(isAsked && asked.progress == .pending, "\(asked)")
        let container = try await podman.containers(of: scratch)
        try await podman.shell("podman exec \(container.dropLast()) sh -c 'echo > /tmp/well'")
        let isReady = try await eventually {
            try await scratch.executor.observe(service).progress == .ready
        }
        let ready = try await scratch.executor.observe(service)
        #expect(isReady, "\(ready)")
        try await scratch.executor.revert(Samples.create(service))
        try await podman.remove(name)
    }
}
