import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafTestSupport
import Testing

/// Images of a private registry, with the real podman and the real registry.
@Suite(.serialized, .enabled(if: Podman.isThere && Registry.isThere, "needs podman, docker-registry and htpasswd"))
struct RegistryTests {
    private let podman = Podman()

    private func worker(_ image: String, generation: Int = 1, note: String = "") -> ResourceInstance {
        let spec = podman.spec(
            ["sh", "-c"],
            ["echo runs $(cat /which) \(note); sleep 1018"],
            image: image,
            extra: ["imagePullSecret": .string("registry"), "imagePullPolicy": .string("Always")]
        )
        return Samples.worker([], generation: generation, extra: ["stackSpec": spec])
    }

    private func secret(_ login: String) -> ResolvedResource {
        Samples.secret("registry", [".dockerconfigjson": login], type: "cloud-kernel-image-pull")
    }

    private func says(_ text: String, _ worker: ResourceInstance, in scratch: Scratch) async throws -> Bool {
        try await eventually { scratch.log(of: worker).contains(text) }
    }

    @Test func aPrivateImageIsPulledWithItsSecretAndARollbackPullsTheOneOfThen() async throws {
        let folder = "/tmp/sheaf-registry-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let registry = try await Registry(in: folder, podman: podman)
        defer { _ = rename(folder, "\(folder).gone") }
        let scratch = try Scratch(variables: registry.variables)
        let local = Podman.newName("pushed"), image = "\(registry.host)/team/app:1"
        let old = try await podman.importImage(local, saying: "old", in: scratch)
        try await registry.push(local, as: "team/app:1", podman: podman)
        try await podman.remove(local, old)

        let first = worker(image)
        let wrong = secret(registry.login(password: "guessed"))
        let refusal = await #expect(throws: ExecutorError.self) {
            try await scratch.apply(Samples.create(first), resources: [wrong])
        }
        #expect(refusal?.reason == .imageUnavailable)
        #expect(refusal?.isTransient == false)
        #expect(refusal?.message.contains("authentication required") == true, "\(refusal as Any)")
        #expect(refusal?.message.contains("guessed") == false)

        let right = secret(registry.login())
        try await scratch.apply(Samples.create(first), resources: [right])
        #expect(try await says("runs old", first, in: scratch))
        let traces = try await podman.shell(
            "grep -rlF \(registry.password) \(scratch.home); find \(scratch.home) -name config.json"
        )
        #expect(traces == "", "credentials have stayed")

        let new = try await podman.importImage(local, saying: "new", in: scratch)
        try await registry.push(local, as: "team/app:1", podman: podman)
        try await podman.remove(local, new)
        let changed = worker(image, generation: 2, note: "again")
        try await scratch.apply(Samples.replace(first, changed), resources: [right])
        try await scratch.executor.finish(Samples.replace(first, changed))
        #expect(try await says("runs new again", changed, in: scratch))

        try await podman.shell("podman rmi \(old)")
        var rollback = Samples.replace(changed, worker(image, generation: 3))
        rollback.restores = 1
        try await scratch.apply(rollback, resources: [right])
        #expect(try await says("runs old", try #require(rollback.after), in: scratch))
        try await scratch.executor.finish(rollback)
        try await scratch.executor.finish(Samples.delete(try #require(rollback.after)))
        try await podman.remove(image)
        try await podman.remove(old, new)
        try await podman.shell("rm -rf \(folder) \(folder).gone")
    }
}
