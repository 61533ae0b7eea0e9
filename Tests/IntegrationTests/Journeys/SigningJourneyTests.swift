import FoundationEssentials
import Glibc
import SheafTestSupport
import Testing

/// Keys, signatures and trust through the real program.
@Suite struct SigningJourneyTests {
    private let site: Site
    private var archive: String { site.scratch.path("trial.sheaf") }

    init() throws { site = try Site() }

    /// An archive of a small bundle, and the keys of two people.
    private func prepare() async throws {
        try Scenario().write(.one, to: site)
        try await site.commit(tag: "v1.0.0")
        try await expect(site.sheaf("pack", site.bundle, "-o", archive), 0)
        for name in ["ann", "bob"] { try await expect(site.sheaf("keygen", name), 0) }
    }

    private func trust(_ rules: String) throws {
        func line(_ name: String) throws -> String {
            try String(contentsOf: URL(filePath: "\(site.home)/keys/\(name).pub"), encoding: .utf8)
        }
        try write("\(site.home)/trust.yaml", "keys:\n  ann: \(line("ann"))  bob: \(line("bob"))rules:\n\(rules)\n")
    }

    private func write(_ path: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private func expect(
        _ result: Site.Result,
        _ code: Int32,
        _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(result.code == code, "\(result)", sourceLocation: location)
        for word in words { #expect(result.errors.contains(word), "\(result)", sourceLocation: location) }
    }

    @Test func theBundleThatIsJudgedIsTheOneThatIsApplied() async throws {
        defer { site.end() }
        try await prepare()
        let text = try String(contentsOf: URL(filePath: "\(site.scratch.path("bundle"))/bundle.yaml"), encoding: .utf8)
        try site.write("other.yaml", text.replacing("name: trial\n", with: "name: payments\n"))
        try site.write("filled.yaml", text.replacing("name: trial\n", with: "name: ${{ values.name }}\n"))
        try site.write("values.yaml", "name: payments\n")
        try await site.commit(tag: "v1.1.0")
        try trust("  - bundles: payments\n    keys: [bob]\n  - bundles: '*'\n    keys: [ann]")
        try await expect(site.sheaf("pack", site.bundle, "-f", "./other.yaml", "-o", archive), 0)
        let plan = try await site.sheaf("apply", archive, "--dry-run")
        #expect(plan.output.contains("Bundle payments"), "\(plan)")
        try await expect(site.sheaf("sign", archive, "--key", "ann"), 0)
        try await expect(site.sheaf("apply", archive, "--require-signature"), 65, "archive.signature-untrusted")
        try await expect(site.sheaf("apply", archive, "-f", "bundle.yaml", "--dry-run"), 64, "leave out --file")
        try await expect(site.sheaf("pack", site.bundle, "-f", "filled.yaml", "-o", archive), 0)
        try await expect(site.sheaf("sign", archive, "--key", "ann", "--replace"), 0)
        let filled = try await site.sheaf("apply", archive, "--require-signature")
        expect(filled, 65, "archive.metadata-mismatch", "payments")
    }

    @Test func aConfigurationThatIsALinkIntoNowhereIsNoAbsentOne() async throws {
        defer { site.end() }
        try await prepare()
        for name in ["config", "trust"] {
            let path = "\(site.home)/\(name).yaml"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "gone.yaml")
            try await expect(site.sheaf("verify", archive), 65, "\(name).unreadable")
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test func onlyWhatTheRightPeopleSignedIsApplied() async throws {
        defer { site.end() }
        try await prepare()
        try await expect(
            site.sheaf("apply", archive, "--require-signature"),
            65,
            "archive.signature-no-trust",
            "docs/signing.md"
        )
        try trust("  - bundles: tri*\n    keys: [ann, bob]\n    threshold: 2")
        let apply = ["apply", archive, "--require-signature"]
        try await expect(site.sheaf("apply", archive, "--require-signature"), 65, "archive.signature-missing")
        try await expect(site.sheaf("sign", archive, "--key", "ann"), 0)
        try await expect(
            site.sheaf("apply", archive, "--require-signature"),
            65,
            "archive.signature-threshold",
            "rule 1",
            "'ann'"
        )
        try await expect(site.sheaf("apply", site.bundle, "--require-signature"), 65, "archive.signature-missing")
        try await expect(site.sheaf("apply", archive, "--require-signature", "--dry-run"), 65, "signature-threshold")
        #expect(!FileManager.default.fileExists(atPath: "\(site.home)/state.db"), "nothing was begun")
        try await expect(site.sheaf("sign", archive, "--key", "bob"), 0)
        try await expect(site.run("\(Site.built)/sheaf", apply), 0)
        try await Consistency.check(site, "a signed archive")

        // The default, for this archive and for what nobody signed.
        try write("\(site.home)/config.yaml", "requireSignature: true\n")
        try await expect(site.sheaf("apply", archive), 0, "nothing to do")
        try await expect(site.sheaf("apply", site.bundle), 65, "archive.signature-missing")
        try Scenario().write(.two, to: site)
        try await site.commit(tag: "v2.0.0")
        let next = site.scratch.path("next.sheaf")
        try await expect(site.sheaf("pack", site.bundle, "-o", next), 0)
        try await expect(site.sheaf("apply", next), 65, "archive.signature-missing")
        try await expect(site.sheaf("apply", next, "--no-require-signature"), 0)

        // What was judged once is kept by its digest, and can be gone back to when keys are lost.
        try FileManager.default.removeItem(atPath: "\(site.home)/trust.yaml")
        try FileManager.default.removeItem(atPath: "\(archive).sig.json")
        try await expect(site.sheaf("rollback", Scenario.name), 0)
        try await Consistency.check(site, "rolled back")
    }

    @Test func verifyTellsWhoSignedAndWhichRuleIsNotMet() async throws {
        try await prepare()
        try await expect(site.sheaf("verify", archive), 0)
        try await expect(site.sheaf("sign", archive, "--key", "ann", "--remote", "https://u:p@example.org/r.git"), 0)
        let keyed = try await site.sheaf("verify", archive, "--key", "ann", "--output", "json")
        expect(keyed, 0)
        for word in [#""trusted" : true"#, #""standing" : "valid""#, #""remote" : "https://example.org/r.git""#] {
            #expect(keyed.output.contains(word), "\(keyed.output)")
        }
        try trust("  - bundles: '*'\n    keys: ann\n  - bundles: trial\n    keys: bob")
        let refused = try await site.sheaf("verify", archive, "--output", "json")
        expect(refused, 65, "archive.signature-untrusted", "rule 2 is not met", "'bob'")
        for word in [#""trusted" : false"#, #""met" : true"#, #""met" : false"#, "archive.signature-untrusted"] {
            #expect(refused.output.contains(word), "\(refused.output)")
        }
        try await expect(site.sheaf("verify", archive, "--no-signature"), 0)
        try await expect(site.sheaf("verify", archive, "--trust", "nowhere.yaml"), 65, "archive.signature-no-trust")
        try await expect(site.sheaf("verify", archive, "--key", "ann", "--trust", "x"), 64)
        try await expect(site.sheaf("verify", archive, "--key", "nobody"), 65, "archive.signature-key-missing")
        let shown = try await site.sheaf("inspect", archive)
        #expect(shown.output.contains("SHA256:"), "\(shown)")
        try write("\(site.home)/trust.yaml", "keys: {}\nruls: []\n")
        try await expect(
            site.sheaf("verify", archive),
            65,
            "trust.unknown-key",
            "trust.yaml:2:1",
            "did you mean 'rules'",
            "errors in"
        )
        try trust("  - bundles: '*'\n    keys: ann")
        chmod("\(site.home)/trust.yaml", 0o666)
        try await expect(site.sheaf("verify", archive), 65, "trust.writable-by-others")
    }

    @Test func keysAreMadeOnceAndNamedByTheirPlace() async throws {
        let made = try await site.sheaf("keygen", "--output", "json")
        expect(made, 0)
        #expect(made.output.contains("\(site.home)/keys/signing.pub"), "\(made.output)")
        try await expect(site.sheaf("keygen"), 1, "archive.signature-key-exists")
        try await expect(site.sheaf("keygen", "./own", "--comment", "two words"), 0)
        let line = try String(contentsOf: URL(filePath: site.scratch.path("own.pub")), encoding: .utf8)
        #expect(line.hasPrefix("ssh-ed25519 ") && line.hasSuffix(" two words\n"))
        try await expect(site.sheaf("keygen", "own.pub"), 64)
        try await expect(site.sheaf("sign", "nothing.sheaf"), 65, "source.missing")
    }

    /// A round kills a signer at a random moment; `SHEAF_TORTURE_ROUNDS` sets how often.
    @Test func aKilledSignerLeavesNoHalfEnvelope() async throws {
        try await prepare()
        try await expect(site.sheaf("sign", archive, "--key", "bob"), 0)
        try await expect(site.sheaf("sign", archive, "--key", "ann"), 0)
        let rounds = Torture.rounds(10)
        // The time of one signer, in which the others are killed.
        let script = """
            start=$(date +%s%N); "$0" sign "$1" --key ann >/dev/null; took=$((($(date +%s%N) - start) / 1000))
            for round in $(seq "$2"); do
                "$0" sign "$1" --key ann >/dev/null 2>&1 & signer=$!
                delay=$(((RANDOM * 32768 + RANDOM) % took))
                sleep "$((delay / 1000000)).$(printf %06d $((delay % 1000000)))"
                kill -9 $signer 2>/dev/null; wait $signer 2>/dev/null
                "$0" verify "$1" --key ann --key bob >/dev/null || exit 1
            done
            "$0" sign "$1" --key ann >/dev/null && ls "${1%/*}"
            """
        let result = try await site.run("bash", ["-c", script, "\(Site.built)/sheaf", archive, "\(rounds)"])
        expect(result, 0)
        #expect(result.output.split(separator: "\n").filter { $0.contains("sig.json") } == ["trial.sheaf.sig.json"])
    }
}
