import FoundationEssentials
import SheafExecutor
import SheafModel
import SheafSupervision
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
}
