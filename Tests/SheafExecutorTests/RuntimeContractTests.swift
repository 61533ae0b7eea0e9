import FoundationEssentials
import Glibc
import SheafEngine
import SheafExecutor
import SheafModel
import SheafSupervision
import SheafSystem
import SheafTestSupport
import Testing

@Suite struct RuntimeContractTests {
    private static let hook = "https://hooks.example.org/T0KEN"

    private func environment(of instance: ResourceInstance, in scratch: Scratch) throws -> [String: String] {
        try #require(scratch.executor.files(of: instance).plan?.processes.first).environment
    }

    private func prepare(_ instance: ResourceInstance, _ resources: [ResolvedResource], in scratch: Scratch)
        async throws
    {
        _ = try await scratch.executor.prepare(Samples.create(instance), resources: MemoryDirectory(resources))
    }

    @Test func laterSourcesWin() async throws {
        let scratch = try Scratch()
        let uses: JSONValue = .array([.object(["name": .string("s")])])
        let worker = Samples.worker(
            ["/bin/sleep", "1"],
            extra: [
                "dataosSecrets": uses,
                "envs": .object(["B": .string("env"), "PORT": .integer(80), "FLAG": .bool(true), "LANG": .string("C")]),
            ]
        )
        let secret = Samples.secret("s", ["A": "secret", "B": "secret", "DATAOS_NAME": "secret"])
        try await prepare(worker, [secret], in: scratch)
        let variables = try environment(of: worker, in: scratch)
        let files = scratch.executor.files(of: worker)
        #expect(variables["A"] == "secret")
        #expect(variables["B"] == "env")
        #expect(variables["PORT"] == "80")
        #expect(variables["FLAG"] == "true")
        #expect(variables["LANG"] == "C")
        #expect(variables["DATAOS_NAME"] == "secret")
        #expect(variables["DATAOS_RESOURCE_ID"] == "worker:v1:loader:public")
        #expect(variables["DATAOS_WORKSPACE"] == "public")
        #expect(variables["DATAOS_CONFIG_DIR"] == files.config)
        #expect(variables["DATAOS_SECRET_DIR"] == files.secretFiles)
        #expect(variables["HOME"] == variables["DATAOS_TEMP_DIR"])
        #expect(variables["PATH"] == Scratch.environment["PATH"])
        #expect(variables["USER"] == nil, "nothing of the user's own environment comes along")
    }

    @Test func theProcessHasExactlyThePlannedEnvironmentAndTheMarker() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/usr/bin/env", "-0"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { scratch.log(of: worker).contains("LANG=") })
        let expected =
            try environment(of: worker, in: scratch).map { "\($0.key)=\($0.value)" }
            + [scratch.executor.files(of: worker).supervision.marker]
        let seen = scratch.log(of: worker).split(separator: "\0").prefix(expected.count).map(String.init)
        #expect(Set(seen) == Set(expected))
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func contractPathsNameTheRealDirectories() async throws {
        let scratch = try Scratch()
        let config = Attachment(
            role: .config,
            name: "app.yaml",
            path: "conf/app.yaml",
            digest: scratch.content.keep(
                "data: /var/dataos/persistent_data/lake/in\nother: /etc/dataos/configuration\n"
            )
        )
        let worker = Samples.worker(
            [
                "/bin/sh", "-c",
                "cat /etc/dataos/config/app.yaml; cat $EXTRA; echo kept > /data/out; echo done; sleep 1015",
            ],
            extra: [
                "configs": .object(["app.yaml": .string("conf/app.yaml")]),
                "envs": .object(["EXTRA": .string("/var/dataos/persistent_data/lake/in")]),
                "persistentVolume": .object(["name": .string("data"), "directory": .string("lake")]),
                "dataosVolumes": .array([
                    .object(["name": .string("data"), "directory": .string("/data"), "subPath": .string("a/b")])
                ]),
            ],
            attachments: [config]
        )
        let volume = Samples.volume().resource
        let lake = "\(scratch.home)/volumes/public/data/lake"
        try FileManager.default.createDirectory(atPath: lake, withIntermediateDirectories: true)
        try DurableFile.writeText("from the lake\n", to: "\(lake)/in")
        try await scratch.apply(Samples.create(worker), resources: [volume])
        #expect(try await eventually { scratch.log(of: worker).contains("done") })
        #expect(
            scratch.log(of: worker) == "data: \(lake)/in\nother: /etc/dataos/configuration\nfrom the lake\ndone\n"
        )
        #expect(TextFile.read("\(scratch.home)/volumes/public/data/a/b/out") == "kept\n")
        #expect(mode("\(scratch.executor.files(of: worker).config)/app.yaml") == 0o400)
        try await scratch.executor.revert(Samples.create(worker))
        #expect(TextFile.read("\(lake)/in") == "from the lake\n", "a volume's data is not the workload's to remove")
    }

    @Test func secretsComeAsVariablesFilesAndProperties() async throws {
        let scratch = try Scratch()
        let file = Attachment(role: .secretFile, name: "key.json", path: "key.json", digest: scratch.content.keep("{}"))
        let uses: [JSONValue] = [
            .object(["name": .string("plain"), "key": .string("A")]),
            .object(["name": .string("folded")]),
            .object(["name": .string("plain"), "consumptionType": .string("propFile")]),
            .object(["name": .string("files"), "consumptionType": .string("file")]),
        ]
        let worker = Samples.worker(["/bin/sleep", "1"], extra: ["dataosSecrets": .array(uses)])
        let secrets = [
            Samples.secret("plain", ["A": "1", "B": "2"]),
            Samples.secret("folded", ["user": "u", "password": "p"], type: "key-value-properties"),
            Samples.secret("files", ["text": "t"], attachments: [file]),
        ]
        try await prepare(worker, secrets, in: scratch)
        let variables = try environment(of: worker, in: scratch)
        #expect(variables["A"] == "1")
        #expect(variables["B"] == nil)
        #expect(variables["public_folded"] == "password=p\nuser=u")
        let folder = scratch.executor.files(of: worker).secretFiles
        #expect(TextFile.read("\(folder)/plain.properties") == "A=1\nB=2\n")
        #expect(TextFile.read("\(folder)/files_key.json") == "{}")
        #expect(TextFile.read("\(folder)/files_text") == "t")
        #expect(mode(folder) == 0o700)
    }

    @Test func filesOfASecretStayFilesBesideItsProperties() async throws {
        let scratch = try Scratch()
        let file = Attachment(
            role: .secretFile,
            name: "key.json",
            path: "key.json",
            digest: scratch.content.keep("{\n}")
        )
        let uses: [JSONValue] = [.object(["name": .string("s"), "consumptionType": .string("propFile")])]
        let worker = Samples.worker(
            ["/bin/sleep", "1"],
            extra: ["dataosSecrets": .array(uses), "runAsApiKey": .string("k3y")]
        )
        try await prepare(worker, [Samples.secret("s", ["A": "1"], attachments: [file])], in: scratch)
        let folder = scratch.executor.files(of: worker).secretFiles
        #expect(TextFile.read("\(folder)/s.properties") == "A=1\n")
        #expect(TextFile.read("\(folder)/s_key.json") == "{\n}")
        #expect(try environment(of: worker, in: scratch)["DATAOS_RUN_AS_APIKEY"] == "k3y")
    }

    @Test(arguments: ["folded", "public_folded"])
    func aFoldedSecretIsAskedForByItsName(key: String) async throws {
        let scratch = try Scratch()
        let uses: [JSONValue] = [.object(["name": .string("folded"), "keys": .array([.string(key)])])]
        let worker = Samples.worker(["/bin/sleep", "1"], extra: ["dataosSecrets": .array(uses)])
        let secret = Samples.secret("folded", ["user": "u", "password": "p"], type: "key-value-properties")
        try await prepare(worker, [secret], in: scratch)
        #expect(try environment(of: worker, in: scratch)["public_folded"] == "password=p\nuser=u")
    }

    @Test func aVolumeIsMountedAsAWholeUnlessAPathInItIsNamed() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(
            ["/bin/sh", "-c", "echo whole > /data/a; echo part > /part/b; sleep 1019"],
            extra: [
                "dataosVolumes": .array([
                    .object(["name": .string("data"), "directory": .string("/data")]),
                    .object(["name": .string("data"), "directory": .string("/part"), "subPath": .string("in/it")]),
                ])
            ]
        )
        try await scratch.apply(Samples.create(worker), resources: [Samples.volume().resource])
        let volume = "\(scratch.home)/volumes/public/data"
        #expect(try await eventually { TextFile.read("\(volume)/in/it/b") == "part\n" })
        #expect(TextFile.read("\(volume)/a") == "whole\n")
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func aVolumeThatHoldsTooMuchIsNoted() async throws {
        let scratch = try Scratch()
        var volume = Samples.volume()
        volume.resource.manifest = .object([
            "volume": .object(["size": .string("4Ki"), "accessMode": .string("ReadWriteOnce")])
        ])
        let users = ["a", "b"].map { name in
            Samples.worker(
                ["/bin/sleep", "1"],
                name: name,
                extra: ["dataosVolumes": .array([.object(["name": .string("data"), "directory": .string("/d")])])]
            )
        }
        try await scratch.apply(Samples.create(volume))
        try DurableFile.write(Array(repeating: 7, count: 20_000), to: "\(scratch.home)/volumes/public/data/large")
        let notes = try await scratch.executor.notes(on: [volume], among: [volume] + users).map(\.note)
        #expect(notes.count == 2)
        #expect(notes.first?.hasSuffix("more than its size of 4Ki: not enforced on this machine") == true, "\(notes)")
        #expect(notes.last?.hasPrefix("it is ReadWriteOnce and mounted by worker:a:public, worker:b:public") == true)
    }

    @Test func everythingOfAnIncarnationIsClosedToOthers() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1016"])
        try await scratch.apply(Samples.create(worker))
        for name in scratch.leftovers {
            #expect(mode("\(scratch.home)/\(name)") & 0o077 == 0, "\(name)")
        }
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func evidenceHoldsNoSecret() async throws {
        let scratch = try Scratch()
        let script = "echo calling $URL; echo pin $PIN of 70000; echo key $API_TOKEN; exit 4"
        let worker = Samples.worker(
            ["/bin/sh", "-c", script],
            extra: [
                "dataosSecrets": .array([.object(["name": .string("s")])]),
                "envs": .object(["API_TOKEN": .string("abcdefgh")]),
            ]
        )
        try await scratch.apply(
            Samples.create(worker),
            resources: [Samples.secret("s", ["URL": Self.hook, "PIN": "7"])]
        )
        #expect(try await eventually { try await scratch.executor.observe(worker).progress == .failed })
        #expect(try await eventually { try await scratch.executor.observe(worker).evidence?.contains("key") == true })
        let state = try await scratch.executor.observe(worker)
        let evidence = try #require(state.evidence)
        #expect(evidence.hasPrefix("exit code 4; last log lines: "))
        #expect(!evidence.contains("T0KEN"))
        #expect(!evidence.contains("abcdefgh"))
        #expect(evidence.contains("calling ••• | pin ••• of 70000 | key •••"), "\(evidence)")
        #expect(state.status == "error")
        #expect(["pending:0/1", "crash-loop"].contains(state.runtime))
        try await scratch.executor.revert(Samples.create(worker))
    }

    @Test func aWorkerIsReadyOnceItHasStayedUp() async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(["/bin/sleep", "1017"])
        try await scratch.apply(Samples.create(worker))
        #expect(try await eventually { try await scratch.executor.observe(worker).progress == .ready })
        let state = try await scratch.executor.observe(worker)
        #expect(state.status == "active")
        #expect(state.runtime == "running:1")
        #expect(state.pids.count == 1)
        try await scratch.executor.revert(Samples.create(worker))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let code: ExecutorError.Code
        let extra: [String: JSONValue]
        var command = ["/bin/sleep", "1"]
        var testDescription: String { code.rawValue }
    }

    @Test(arguments: [
        Refusal(code: .unsupportedStack, extra: ["stack": .string("flare:7.0")]),
        Refusal(code: .missingSecret, extra: ["dataosSecrets": .array([.object(["name": .string("none")])])]),
        Refusal(
            code: .missingSecretKey,
            extra: ["dataosSecrets": .array([.object(["name": .string("s"), "key": .string("none")])])]
        ),
        Refusal(
            code: .missingVolume,
            extra: ["persistentVolume": .object(["name": .string("none"), "directory": .string("d")])]
        ),
        Refusal(
            code: .unsafePath,
            extra: ["persistentVolume": .object(["name": .string("data"), "directory": .string("../..")])]
        ),
        Refusal(code: .unsafePath, extra: ["configs": .object(["../x": .string("x")])]),
        Refusal(code: .missingContent, extra: ["configs": .object(["x": .string("x")])]),
        Refusal(code: .commandNotFound, extra: [:], command: ["no-such-program-anywhere"]),
        Refusal(code: .commandNotFound, extra: [:], command: ["/etc/passwd"]),
        Refusal(code: .noCommand, extra: [:], command: []),
        Refusal(code: .invalidValue, extra: ["envs": .object(["A": .array([])])]),
    ])
    func refusesEarlyAndLeavesNothing(_ refusal: Refusal) async throws {
        let scratch = try Scratch()
        let worker = Samples.worker(refusal.command, extra: refusal.extra)
        let resources = [Samples.secret("s", ["A": "1"]), Samples.volume().resource]
        let error = await #expect(throws: ExecutorError.self) { try await prepare(worker, resources, in: scratch) }
        #expect(error?.reason == refusal.code, "\(String(describing: error))")
        try await scratch.executor.revert(Samples.create(worker))
        #expect(scratch.leftovers.isEmpty)
    }

    private func mode(_ path: String) -> UInt32 {
        var information = stat()
        return lstat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }
}
