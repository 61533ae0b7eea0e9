import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct HostTests {
    private func executor(_ scratch: Scratch, path: String, tools: ToolPaths = Scratch.tools) -> LocalExecutor {
        LocalExecutor(
            home: scratch.home,
            tools: tools,
            content: scratch.content,
            secrets: NoSecrets(),
            environment: ["PATH": path]
        )
    }

    @Test func aMissingContainerEngineIsNamedWithItsPackage() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker([], extra: ["stackSpec": .object(["image": .string("x")])])
        let error = await #expect(throws: ExecutorError.self) {
            _ = try await executor(scratch, path: "/nowhere").prepare(
                Samples.create(worker),
                resources: MemoryDirectory([])
            )
        }
        #expect(error?.failureClass == .missingEngine)
        #expect(error?.hint == "apt-get install podman")
        #expect(scratch.leftovers.isEmpty)
    }

    @Test func aMissingSupervisorIsSaid() async throws {
        let scratch = try Scratch()
        let tools = ToolPaths(beside: "/nowhere/sheaf")
        let error = await #expect(throws: ExecutorError.self) {
            _ = try await executor(scratch, path: "/bin", tools: tools).prepare(
                Samples.create(Samples.worker(["/bin/sleep", "1"])),
                resources: MemoryDirectory([])
            )
        }
        #expect(error?.failureClass == .missingEngine)
    }

    @Test func steampipeRunsFromItsConfigurationOnItsUsualPort() async throws {
        let scratch = try Scratch()
        // Any program does: it is only planned here.
        let tools = ToolPaths(supervisor: Scratch.tools.supervisor, steampipe: "/bin/true", gateway: "/bin/true")
        let host = HostEnvironment(variables: Scratch.environment)
        guard host.postgres != nil, host.isRoot || host.program("steampipe") == nil else { return }
        let file = Attachment(
            role: .config,
            name: "csv.spc",
            path: "csv.spc",
            digest: scratch.content.keep("paths = []")
        )
        let port = try FreePort.find()
        let service = Samples.service(
            [],
            port: port,
            name: "sql",
            extra: [
                "stack": .string("steampipestack:1.0"), "stackSpec": .object([:]),
                "configs": .object(["csv.spc": .string("csv.spc")]),
                "envs": .object(["STEAMPIPE_DATABASE_PASSWORD": .string("pw")]),
            ],
            attachments: [file]
        )
        let executor = LocalExecutor(
            home: scratch.home,
            tools: tools,
            content: scratch.content,
            secrets: NoSecrets(),
            environment: Scratch.environment
        )
        _ = try await executor.prepare(Samples.create(service), resources: MemoryDirectory([]))
        let files = executor.files(of: service)
        let process = try #require(files.plan?.processes.first)
        #expect(
            process.arguments == [
                "/bin/true", "--config-dir", files.config, "--data-dir", "\(files.run)/postgres", "--port",
                String(port),
            ]
        )
        #expect(process.workingDirectory == files.config)
        #expect(process.environment["STEAMPIPE_DATABASE_PASSWORD"] == "pw")
        #expect(TextFile.read("\(files.config)/csv.spc") == "paths = []")
        let state = try await executor.observe(service)
        #expect(state.location == "postgres://steampipe@127.0.0.1:\(port)/steampipe")
    }

    @Test func checksSayWhatIsMissingAndWhatMendsIt() throws {
        let scratch = try Scratch()
        let checks = HostChecks(
            home: scratch.home,
            tools: ToolPaths(beside: "/nowhere/sheaf"),
            environment: ["PATH": "/nowhere"]
        )
        let findings = Dictionary(uniqueKeysWithValues: checks.findings.map { ($0.name, $0) })
        #expect(findings["home"]?.level == .good)
        #expect(findings["supervisor"]?.level == .broken)
        #expect(findings["containers"]?.level == .limited)
        #expect(findings["containers"]?.hint == "apt-get install podman")
        #expect(checks.findings.filter { $0.level != .good }.allSatisfy { $0.hint != nil || $0.name == "cgroups" })
    }

    struct Words: Sendable {
        let text: String
        /// With `%` for the real directory.
        let expected: String
    }

    @Test(arguments: [
        Words(text: "/etc/dataos/config", expected: "%"),
        Words(text: "/etc/dataos/config/", expected: "%/"),
        Words(text: "-c/etc/dataos/config/a.yaml", expected: "-c%/a.yaml"),
        Words(text: "--file=/etc/dataos/config/a", expected: "--file=%/a"),
        Words(text: "file:///etc/dataos/config/a", expected: "file://%/a"),
        Words(text: "cat '/etc/dataos/config/a' /etc/dataos/config", expected: "cat '%/a' %"),
        Words(text: "/opt/etc/dataos/config", expected: "/opt/etc/dataos/config"),
        Words(text: "./etc/dataos/config", expected: "./etc/dataos/config"),
        Words(text: "${ROOT}/etc/dataos/config", expected: "${ROOT}/etc/dataos/config"),
        Words(text: "/etc/dataos/configs", expected: "/etc/dataos/configs"),
        Words(text: "/etc/dataos", expected: "/etc/dataos"),
    ])
    func onlyWholeContractPathsAreReplaced(_ words: Words) async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/echo", words.text])
        _ = try await scratch.executor.prepare(Samples.create(worker), resources: MemoryDirectory([]))
        let files = scratch.executor.files(of: worker)
        let expected = words.expected.split(separator: "%", omittingEmptySubsequences: false).joined(
            separator: files.config
        )
        #expect(files.plan?.processes.first?.arguments.last == expected)
    }
}
