import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// Kills `sheaf keygen --rotate-store` with SIGKILL.
@Suite struct RotationCrashTests {
    private static let values = ["", "first-hush-0815", "second-hush-0816"]
    private let site: Site
    private let bundle: SecretBundle
    private let rotation = ["keygen", "--rotate-store"]

    init() throws {
        site = try Site()
        bundle = try SecretBundle()
    }

    private func prepare() async throws {
        for name in ["FROM_FILE", "FROM_VARIABLE"] { try await site.setSecret(name, "same-hush-0814") }
        for version in 1...2 {
            try await site.setSecret("FROM_STORE", Self.values[version])
            try bundle.write(version, to: site)
            try await CrashOperation.succeed(site, ["apply", site.bundle])
        }
    }

    private var keys: Int {
        (TextFile.read("\(site.home)/keys/store.key") ?? "").split(separator: "\n").count
    }

    /// Checks that everything can be opened, and that what is live is what the bundle says.
    private func expectReadable(_ comment: Comment) async throws {
        let planned = try await site.sheaf("plan", site.bundle, "--exit-code")
        #expect(planned.code == 0, "\(comment): \(planned)")
        let applied = try await site.sheaf("apply", site.bundle)
        #expect(applied.code == 0 && applied.errors.contains("nothing to do"), "\(comment): \(applied)")
    }

    @Test func everythingCanBeReadWhereverTheExchangeIsKilled() async throws {
        defer { site.end() }
        try await prepare()
        let before = try await site.status(of: SecretBundle.name)
        let moments = try await Kill.moments(of: rotation, on: site)
        #expect(moments > 20)
        var (kills, halves) = (0, 0)
        for moment in 1...moments {
            let comment: Comment = "killed at \(moment) of \(moments)"
            let killed = try await site.run("\(Site.built)/sheaf", rotation, environment: Kill.at(moment))
            kills += killed.code == Kill.code ? 1 : 0
            halves += keys == 2 ? 1 : 0
            try await expectReadable(comment)
            let goneOn = try await site.sheaf("keygen", "--rotate-store")
            #expect(goneOn.code == 0, "\(comment): \(goneOn)")
            #expect(keys == 1, comment)
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(site.home)/keys")
            #expect(left == ["store.key"], "\(comment): the old key may stand in what a killed command has left")
            try await expectReadable(comment)
            #expect(try await site.status(of: SecretBundle.name) == before, comment)
        }
        #expect(kills > moments / 2 && halves > 5, "\(kills) kills of \(moments), \(halves) half-way")
        #expect(try await site.collect().missing == [])
        #expect(try site.temporaryFiles().filter { !$0.contains("/workloads/") } == [])
        try await expectBothRevisions()
    }

    private func expectBothRevisions() async throws {
        for number in [1, 2] {
            let back = try await site.sheaf("rollback", SecretBundle.name, "--to", String(number))
            #expect(back.code == 0, "\(back)")
            let worker = try await site.environment(of: SecretBundle.worker, in: SecretBundle.name)
            #expect(worker["STORE"] == Self.values[number])
        }
    }

    @Test func aRollbackAfterAKillAtAnyMomentRestoresItsSecrets() async throws {
        defer { site.end() }
        try await prepare()
        let moments = try await Kill.moments(of: rotation, on: site)
        // Every third one: the others differ only by what is durable.
        for moment in stride(from: 1, through: moments, by: 3) {
            let comment: Comment = "killed at \(moment) of \(moments)"
            _ = try await site.run("\(Site.built)/sheaf", rotation, environment: Kill.at(moment))
            let back = try await site.sheaf("rollback", SecretBundle.name, "--to", "1")
            #expect(back.code == 0, "\(comment): \(back)")
            let worker = try await site.environment(of: SecretBundle.worker, in: SecretBundle.name)
            #expect(worker["STORE"] == Self.values[1], comment)
            let again = try await site.sheaf("rollback", SecretBundle.name, "--to", "2")
            #expect(again.code == 0, "\(comment): \(again)")
        }
        try await CrashOperation.succeed(site, rotation)
        #expect(keys == 1)
        try await expectBothRevisions()
    }
}
