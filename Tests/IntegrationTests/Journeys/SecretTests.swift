import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// Secrets at rest, through the real program.
@Suite struct SecretTests {
    private static let fromFile = "file-hush-4711", fromVariable = "variable-hush-4712"
    /// The value of each revision.
    private static let fromStore = ["", "store-hush-4713", "second-hush-4714", "third-hush-4715"]
    private static let values = [fromFile, fromVariable] + fromStore.dropFirst()

    private let site: Site
    private let bundle: SecretBundle

    init() throws {
        site = try Site()
        bundle = try SecretBundle()
        try FileManager.default.createDirectory(atPath: site.home, withIntermediateDirectories: false)
        let file = site.scratch.path("given.yaml")
        try Data("FROM_FILE: \(Self.fromFile)\n".utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    private func apply(_ version: Int, value: Int? = nil, extra: [String] = []) async throws -> Site.Result {
        try await site.setSecret("FROM_STORE", Self.fromStore[value ?? version])
        try bundle.write(version, to: site, extra: extra)
        return try await sheaf("apply", "--output", "json")
    }

    private func sheaf(_ command: String, _ options: String...) async throws -> Site.Result {
        try await site.run(
            "\(Site.built)/sheaf",
            [command, site.bundle, "--secrets", site.scratch.path("given.yaml")] + options,
            environment: ["SHEAF_SECRET_FROM_VARIABLE": Self.fromVariable]
        )
    }

    private func expectProcesses(toHave value: Int, _ comment: Comment) async throws {
        let worker = try await site.environment(of: SecretBundle.worker, in: SecretBundle.name)
        #expect(worker["FILE"] == Self.fromFile && worker["VARIABLE"] == Self.fromVariable, comment)
        #expect(worker["STORE"] == Self.fromStore[value], comment)
        #expect(worker["URL"]?.contains(":\(Self.fromStore[value])@") == true, comment)
        let folder = try #require(worker["DATAOS_SECRET_DIR"])
        #expect(TextFile.read("\(folder)/keys_STORE") == Self.fromStore[value], comment)
        let service = try await site.environment(of: SecretBundle.service, in: SecretBundle.name)
        #expect(service["TOKEN"] == Self.fromStore[value], comment)
    }

    /// Checks that values stand nowhere but in private files of the workloads' folders of secrets.
    private func expectNoLeak(_ words: String, _ comment: Comment) throws {
        for value in Self.values { #expect(!words.contains(value), comment) }
        for path in try site.files(holding: Self.values, in: site.scratch.path) where path != "given.yaml" {
            let parts = path.split(separator: "/")
            let isPlaceOfSecrets = parts.count > 6 && parts[0...1] == ["home", "workloads"] && parts[6] == "secret"
            #expect(isPlaceOfSecrets, "\(comment): \(path)")
            let attributes = try FileManager.default.attributesOfItem(atPath: site.scratch.path(path))
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(comment): \(path) has the mode \(String(mode, radix: 8))")
        }
        for process in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(process) != nil {
            let line = TextFile.read("/proc/\(process)/cmdline") ?? ""
            for value in Self.values { #expect(!line.contains(value), "\(comment): \(line)") }
        }
    }

    @Test func valuesFromAllSourcesAreSealedInEverythingThatIsKept() async throws {
        defer { site.end() }
        var words = ""
        let first = try await apply(1)
        #expect(first.code == 0, "\(first)")
        try await expectProcesses(toHave: 1, "revision 1")
        let second = try await apply(2)
        #expect(second.code == 0, "\(second)")
        try await expectProcesses(toHave: 2, "revision 2")
        let failed = try await apply(3, extra: [bundle.failing])
        #expect(failed.code == 3, "\(failed)")
        #expect(failed.errors.contains("••• and u:•••@h and •••"), "what it said is shown, masked: \(failed)")
        try await expectProcesses(toHave: 2, "after the failure")
        for result in [first, second, failed] { words += result.output + result.errors }
        for result in [try await sheaf("plan"), try await sheaf("plan", "--output", "json")] {
            #expect(result.code == 0, "\(result)")
            words += result.output + result.errors
        }
        let archive = try await site.sheaf("pack", site.bundle, "--worktree", "-o", site.scratch.path("trial.sheaf"))
        #expect(archive.code == 0, "\(archive)")
        for command in ["history", "status"] {
            words += try await site.sheaf(command, SecretBundle.name, "--output", "json").output
        }
        #expect(words.contains("•••"))
        try expectNoLeak(words, "before the rollback")

        let back = try await site.sheaf("rollback", SecretBundle.name, "--to", "1")
        #expect(back.code == 0, "\(back)")
        try await expectProcesses(toHave: 1, "after the rollback")
        try expectNoLeak(back.output + back.errors, "after the rollback")
        let found = try site.files(holding: [Self.fromStore[1]], in: "\(site.home)/workloads")
        #expect(found.count > 4, "the search finds what there is: \(found)")
    }

    @Test func anExchangeOfTheKeyRestartsNothingAndRollbacksStillWork() async throws {
        defer { site.end() }
        for version in 1...2 { #expect(try await apply(version).code == 0) }
        let key = try #require(TextFile.read("\(site.home)/keys/store.key"))
        let before = try await site.status(of: SecretBundle.name)
        let rotated = try await site.sheaf("keygen", "--rotate-store", "--output", "json")
        #expect(rotated.code == 0, "\(rotated)")
        #expect(rotated.output.contains("\"secrets\" : 4"), "\(rotated)")
        #expect(rotated.output.contains("\"closed\" : [\n\n  ]"), "\(rotated)")
        let newKey = try #require(TextFile.read("\(site.home)/keys/store.key"))
        #expect(newKey != key && newKey.split(separator: "\n").count == 1)
        #expect(try await site.status(of: SecretBundle.name) == before, "nothing was restarted")

        let planned = try await sheaf("plan", "--exit-code")
        #expect(planned.code == 0, "\(planned)")
        let again = try await apply(2)
        #expect(again.output.contains("nothing to do"), "\(again)")
        #expect(try await site.status(of: SecretBundle.name) == before)

        let failed = try await apply(3, extra: [bundle.failing])
        #expect(failed.code == 3, "\(failed)")
        try await expectProcesses(toHave: 2, "the undo has started what was made under the old key")

        let collected = try await site.collect()
        #expect(collected.missing == [])
        let back = try await site.sheaf("rollback", SecretBundle.name, "--to", "1")
        #expect(back.code == 0, "\(back)")
        try await expectProcesses(toHave: 1, "after the rollback")
        try expectNoLeak(rotated.output + rotated.errors + planned.output + back.errors, "in the end")
        try await expectOldKeyForgotten(key)
    }

    /// Checks that nothing that is needed was sealed with a key.
    private func expectOldKeyForgotten(_ key: String) async throws {
        _ = try await site.collect()
        try Data(key.utf8).write(to: URL(filePath: site.scratch.path("old.key")))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: site.scratch.path("old.key"))
        let closed = try await site.sheaf(
            "rollback",
            SecretBundle.name,
            "--to",
            "2",
            environment: ["SHEAF_KEY_FILE": site.scratch.path("old.key")]
        )
        #expect(closed.code == 1 && closed.errors.contains("SHEAF_KEY_FILE"), "\(closed)")
    }

    @Test func theKeyIsNotExchangedWhileSomethingIsOpen() async throws {
        defer { site.end() }
        #expect(try await apply(1).code == 0)
        let key = try #require(TextFile.read("\(site.home)/keys/store.key"))
        try bundle.write(2, to: site)
        let result = try await site.run(
            "\(Site.built)/sheaf",
            ["apply", site.bundle, "--secrets", site.scratch.path("given.yaml")],
            environment: Kill.running(["keygen", "--rotate-store"], at: 60, killedAfter: "5").merging(
                ["SHEAF_SECRET_FROM_VARIABLE": Self.fromVariable]
            ) { $1 }
        )
        #expect(result.code == 0, "\(result)")
        let code = TextFile.read(site.scratch.path("other.code"))
        let said = TextFile.read(site.scratch.path("other.out")) ?? ""
        #expect(code == "75\n" && said.contains("is being changed by 'apply'"), "\(code ?? "") \(said)")
        #expect(TextFile.read("\(site.home)/keys/store.key") == key)
    }

    @Test func anApplyWhoseKeyIsExchangedMeanwhileChangesNothing() async throws {
        defer { site.end() }
        #expect(try await apply(1).code == 0)
        var codes: [Int32: Int] = [:]
        // Moments at which what is new is packed: the secrets are sealed, and nobody has a lease.
        for moment in stride(from: 5, through: 11, by: 2) {
            try bundle.write(moment, to: site)
            let result = try await exchange(at: moment)
            codes[result.code, default: 0] += 1
            if result.code == 75 {
                #expect(result.errors.contains("run the command again"), "\(result)")
            } else {
                #expect(result.code == 0, "\(result)")
            }
            let planned = try await sheaf("plan", "--exit-code")
            #expect([0, 2].contains(planned.code), "at \(moment): \(planned)")
            let back = try await site.sheaf("rollback", SecretBundle.name, "--to", "1")
            #expect(back.code == 0, "at \(moment): \(back)")
            try await expectProcesses(toHave: 1, "at \(moment)")
        }
        #expect(codes[75, default: 0] > 0, "\(codes)")
    }

    /// Applies, and exchanges the key at a moment of it.
    private func exchange(at moment: Int) async throws -> Site.Result {
        let environment = Kill.running(["keygen", "--rotate-store"], at: moment, killedAfter: "3")
        return try await site.run(
            "\(Site.built)/sheaf",
            ["apply", site.bundle, "--secrets", site.scratch.path("given.yaml")],
            environment: environment.merging(["SHEAF_SECRET_FROM_VARIABLE": Self.fromVariable]) { $1 }
        )
    }

    @Test func theOrderOfTheSourcesIsTheDocumentedOne() async throws {
        defer { site.end() }
        try bundle.write(1, to: site)
        let missing = try await sheaf("plan")
        #expect(missing.code == 65 && missing.errors.contains("'sheaf secret set FROM_STORE'"), "\(missing)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.home) == [], "looking makes no store")
        for name in ["FROM_FILE", "FROM_VARIABLE", "FROM_STORE"] { try await site.setSecret(name, "of-the-store-1") }
        let traced = try await sheaf("resolve", "--show-values-from", "--output", "json")
        #expect(traced.code == 0, "\(traced)")
        #expect(traced.output.contains("given.yaml:1"), "\(traced)")
        #expect(traced.output.contains("the variable SHEAF_SECRET_FROM_VARIABLE"), "\(traced)")
        #expect(traced.output.contains("\"from\" : \"sheaf secret set\""), "\(traced)")
        #expect(!traced.output.contains("of-the-store-1"))
        #expect(try await sheaf("apply").code == 0)
        let worker = try await site.environment(of: SecretBundle.worker, in: SecretBundle.name)
        #expect(worker["FILE"] == Self.fromFile && worker["VARIABLE"] == Self.fromVariable)
        #expect(worker["STORE"] == "of-the-store-1", "the line end of standard input is dropped")
    }

    @Test func secretsAreListedAndForgottenByName() async throws {
        let none = try await site.sheaf("secret", "list", "-o", "json")
        #expect(none.code == 0 && none.output == "[\n\n]\n", "\(none)")
        let early = try await site.sheaf("secret", "delete", "TOKEN")
        #expect(early.code == 1, "\(early)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.home) == [], "looking makes no store")
        try await site.setSecret("TOKEN", Self.fromFile)
        let listed = try await site.sheaf("secret", "list", environment: ["USER": "ann"])
        #expect(listed.output.hasPrefix("NAME   SET") && listed.output.contains("TOKEN  20"), "\(listed)")
        let guessed = try await site.sheaf("secret", "delete", "TOKNE")
        #expect(guessed.code == 1 && guessed.errors.contains("did you mean 'TOKEN'?"), "\(guessed)")
        #expect(try await site.sheaf("secret", "delete", "TOKEN").code == 0)
        #expect(try await site.sheaf("secret", "list").output == "no secrets are kept\n")
        let wrong = try await site.sheaf("secret", "set", "no/name", "--from-file", site.scratch.path("given.yaml"))
        #expect(wrong.code == 64, "\(wrong)")
        let empty = try await site.run("sh", ["-c", "'\(Site.built)/sheaf' secret set TOKEN </dev/null"])
        #expect(empty.code == 65 && empty.errors.contains("is empty"), "\(empty)")
        try expectNoLeak(listed.output + guessed.errors, "lists")
    }

    @Test func theKeyFileMayBeElsewhere() async throws {
        defer { site.end() }
        let file = site.scratch.path("own.key")
        let environment = ["SHEAF_KEY_FILE": "own.key"]
        try bundle.write(1, to: site)
        try await site.setSecret("FROM_STORE", Self.fromStore[1])
        try FileManager.default.moveItem(atPath: "\(site.home)/keys/store.key", toPath: file)
        let doctor = try await site.sheaf("doctor", environment: environment)
        #expect(doctor.output.contains("\(file), of SHEAF_KEY_FILE"), "\(doctor)")
        let applied = try await site.run(
            "\(Site.built)/sheaf",
            ["apply", site.bundle, "--secrets", site.scratch.path("given.yaml")],
            environment: environment.merging(["SHEAF_SECRET_FROM_VARIABLE": Self.fromVariable]) { $1 }
        )
        #expect(applied.code == 0, "\(applied)")
        try await expectProcesses(toHave: 1, "with a key elsewhere")
        #expect(!FileManager.default.fileExists(atPath: "\(site.home)/keys/store.key"))
        let rotated = try await site.sheaf("keygen", "--rotate-store", environment: environment)
        #expect(rotated.code == 0 && rotated.output.contains(file), "\(rotated)")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let refused = try await site.sheaf("keygen", "--rotate-store", environment: environment)
        #expect(refused.code == 1 && refused.errors.contains("chmod 600"), "\(refused)")
    }
}
