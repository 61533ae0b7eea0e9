import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

/// Sealed secrets are opened where a workload is made, and nowhere else.
@Suite struct SealedSecretTests {
    private let scratch: Scratch
    private let key = SealingKey()
    private let executor: LocalExecutor

    init() throws {
        scratch = try Scratch()
        executor = LocalExecutor(
            home: scratch.home,
            tools: Scratch.tools,
            content: scratch.content,
            secrets: KeyOpener(key: key),
            environment: Scratch.environment
        )
    }

    private func sealed(_ value: String) throws -> String { try key.seal(SecretText(value), of: "PW").text }

    @Test func aWorkloadGetsTheOpenedValues() async throws {
        let worker = Samples.worker(
            ["/bin/sleep", "1"],
            extra: [
                "envs": .object(["URL": .string("u:\(try sealed("hush"))@h")]),
                "dataosSecrets": .array([.object(["name": .string("s")])]),
            ]
        )
        let secret = Samples.secret("s", ["TOKEN": try sealed("token-1")])
        _ = try await executor.prepare(Samples.create(worker), resources: MemoryDirectory([secret]))
        let files = executor.files(of: worker)
        let variables = try #require(files.plan?.processes.first).environment
        #expect(variables["URL"] == "u:hush@h")
        #expect(variables["TOKEN"] == "token-1")
        let redactions = try String(contentsOf: URL(filePath: files.redactions), encoding: .utf8)
        let redaction = try Redaction(decoding: redactions)
        #expect(redaction.redact("login with hush failed for token-1") == "login with ••• failed for •••")
    }

    @Test func aMessageNeverQuotesASecret() async throws {
        let worker = Samples.worker([try sealed("no-such-program-hush")])
        let error = await #expect(throws: ExecutorError.self) {
            _ = try await executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        }
        #expect(error?.message.contains("•••") == true, "\(String(describing: error))")
        #expect(error?.message.contains("hush") == false)
    }

    /// A worker with a secret in its environment, which is not of a secret's resource.
    private func sleeper(_ key: SealingKey, _ generation: Int = 1) throws -> ResourceInstance {
        let value = try key.seal(SecretText("hush-hush-4711"), of: "PW").text
        return Samples.worker(
            ["/bin/sleep", "1000"],
            generation: generation,
            extra: ["envs": .object(["URL": .string("u:\(value)@h")])]
        )
    }

    @Test func valuesStandOnlyInPrivateFilesOfTheFolderOfSecrets() async throws {
        let file = JSONValue.object(["name": .string("s"), "consumptionType": .string("file")])
        let worker = Samples.worker(
            ["/bin/sleep", "1000"],
            extra: [
                "envs": .object(["URL": .string("u:\(try sealed("hush-hush-4711"))@h")]),
                "dataosSecrets": .array([.object(["name": .string("s")]), file]),
            ]
        )
        let secret = Samples.secret("s", ["TOKEN": try sealed("token-0815")])
        _ = try await executor.prepare(Samples.create(worker), resources: MemoryDirectory([secret]))
        let folder = executor.files(of: worker).folder
        var found: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard let text = TextFile.read("\(folder)/\(path)") else { continue }
            guard text.contains("hush-hush-4711") || text.contains("token-0815") else { continue }
            found.insert(path)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(path)")
        }
        #expect(found == ["secret/launch", "secret/redactions", "secret/files/s_TOKEN"])
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/secret")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func anIncarnationIsStartedAgainByADefinitionThatIsSealedAnew() async throws {
        let (new, other) = (SealingKey(), SealingKey())
        let before = try sleeper(key), resealed = try sleeper(new), foreign = try sleeper(other)
        try await scratch.perform(Samples.create(before), with: executor)
        try executor.accept(resealed.resource, for: foreign)
        #expect(try await canReturn(foreign) == false, "the folder is another's")
        for _ in 0..<2 { try executor.accept(resealed.resource, for: before) }
        let definition = try #require(TextFile.read(executor.files(of: before).definition))
        #expect(definition.split(separator: "\n").count == 2)
        #expect(try await canReturn(before), "the records may still be the old ones")
        #expect(try await canReturn(resealed))
        #expect(try await canReturn(foreign) == false)
        try await executor.finish(Samples.delete(resealed))
        #expect(scratch.leftovers.isEmpty)
    }

    /// Whether an undo starts an incarnation again that has ended.
    private func canReturn(_ instance: ResourceInstance) async throws -> Bool {
        let incarnation = scratch.incarnation(of: instance)
        try incarnation.stop()
        let next = try sleeper(key, 2)
        try await executor.revert(Samples.replace(instance, next, handsOver: true))
        return incarnation.supervisor != nil
    }

    @Test func aFolderOfAnEarlierVersionOfSheafStillServes() async throws {
        let worker = try sleeper(key)
        try await scratch.perform(Samples.create(worker), with: executor)
        let files = executor.files(of: worker)
        try scratch.incarnation(of: worker).stop()
        // Nor did an earlier version mount anything.
        var plan = try #require(files.plan)
        for index in plan.processes.indices { plan.processes[index].mounts = [] }
        try DurableFile.write(plan.encoded(), to: "\(files.folder)/launch")
        try FileManager.default.moveItem(
            atPath: "\(files.secret)/redactions",
            toPath: "\(files.folder)/redactions"
        )
        try FileManager.default.removeItem(atPath: files.secret)
        #expect(try await canReturn(worker))
        #expect(try await eventually { try await executor.observe(worker).progress == .ready })
        try await executor.finish(Samples.delete(worker))
        #expect(scratch.leftovers.isEmpty)
    }
}

extension Scratch {
    /// Prepares and performs a step with another executor of this home.
    fileprivate func perform(_ step: Step, with executor: LocalExecutor) async throws {
        var step = step
        step.facts = try await executor.prepare(step, resources: MemoryDirectory([]))
        try await executor.perform(step)
    }
}
