import FoundationEssentials
import SheafTestSupport
import Testing

/// Packing through the real program.
@Suite struct ArchiveJourneyTests {
    @Test func twoClonesPackToTheSameBytes() async throws {
        let site = try Site()
        try Scenario().write(.one, to: site)
        try site.write("data/Größe – 数量.csv", "a,b\n1,2\n")
        try await site.commit(tag: "v1.2.0")
        let first = site.scratch.path("first.sheaf"), second = site.scratch.path("second.sheaf")
        let one = try await site.sheaf("pack", site.bundle, "-o", first, environment: ["TZ": "Asia/Tokyo"])
        #expect(one.code == 0, "\(one)")
        let clone = site.scratch.path("elsewhere/deep/clone")
        let script = """
            umask 077; git clone -q '\(site.bundle)' '\(clone)' && touch -d 2001-01-01 '\(clone)/bundle.yaml'
            TZ=America/New_York '\(Site.built)/sheaf' pack '\(clone)' -o '\(second)'
            """
        let two = try await site.run("sh", ["-c", script])
        #expect(two.code == 0, "\(two)")
        #expect(try Data(contentsOf: URL(filePath: first)) == Data(contentsOf: URL(filePath: second)))
        let listing = try await site.run("tar", ["--zstd", "-tf", first], environment: ["LC_ALL": "C.UTF-8"])
        #expect(listing.code == 0, "\(listing)")
        let metadata = "sheaf.json\nresolved.json\nprovenance.json\nsbom.cdx.json\n"
        #expect(listing.output.hasPrefix(metadata), "\(listing.output)")
        #expect(listing.output.contains("files/data/"))
        let unpacked = site.scratch.path("unpacked")
        #expect(try await site.sheaf("unpack", first, unpacked).code == 0)
        #expect(FileManager.default.fileExists(atPath: "\(unpacked)/data/Größe – 数量.csv"))
        let inspected = try await site.sheaf("inspect", first)
        for line in [
            "version    1.2.0", "digest     sha256:", "tag        v1.2.0", "committed  2026-01-01T00:00:00Z",
            "files      3, ", "CycloneDX 1.6: 0 images, 1 stack, ", "Signatures\n  none", "service:web:trialspace",
        ] { #expect(inspected.output.contains(line), "\(line)\n\(inspected.output)") }
        #expect(!inspected.output.contains("page/index.html"))
        let listed = try await site.sheaf("inspect", first, "--files")
        #expect(listed.output.contains("10    0644  page/index.html\n"), "\(listed)")
    }

    @Test func packTellsOfSecretsInManifestsAndRefusesThemWhenStrict() async throws {
        let site = try Site()
        try Scenario().write(.one, to: site)
        try await site.commit(tag: "v1.0.0")
        let archive = site.scratch.path("trial.sheaf")
        let refused = try await site.sheaf("pack", site.bundle, "--strict", "-o", archive)
        #expect(refused.code == 65, "\(refused)")
        #expect(refused.errors.contains("archive.literal-secret"), "\(refused)")
        #expect(refused.errors.contains("1 error in the manifests"), "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: archive))
        let packed = try await site.sheaf("pack", site.bundle, "-o", archive)
        #expect(packed.code == 0, "\(packed)")
        #expect(packed.errors.contains("warning[archive.literal-secret]: secret:password:trialspace"), "\(packed)")
        #expect(packed.errors.contains("bundle.yaml:"), "\(packed)")
        #expect(!(packed.errors + refused.errors).contains("correct-horse"), "\(packed)")
        #expect(!packed.output.contains("literal"), "\(packed)")
        let validated = try await site.sheaf("validate", site.bundle, "--strict")
        #expect(!validated.errors.contains("literal-secret"), "\(validated)")
        let manifest = try String(contentsOf: URL(filePath: "\(site.bundle)/bundle.yaml"), encoding: .utf8)
        try site.write("bundle.yaml", manifest.replacing("correct-horse", with: "${PASSWORD}"))
        try await site.commit(tag: "v1.1.0")
        let strict = try await site.sheaf("pack", site.bundle, "--strict", "-o", archive)
        #expect(strict.code == 0, "\(strict)")
    }

    @Test func anArchiveAppliesWithoutItsRepository() async throws {
        let site = try Site()
        defer { site.end() }
        try Scenario().write(.one, to: site)
        try await site.commit()
        let archive = site.scratch.path("trial.sheaf")
        #expect(try await site.sheaf("pack", site.bundle, "-o", archive).code == 0)
        try FileManager.default.removeItem(atPath: site.bundle)
        let applied = try await site.sheaf("apply", archive)
        #expect(applied.code == 0, "\(applied)")
        try await Consistency.check(site, "from the archive")
        let unpacked = site.scratch.path("unpacked")
        #expect(try await site.sheaf("unpack", "\(Scenario.name)@1", unpacked).code == 0)
        #expect(FileManager.default.fileExists(atPath: "\(unpacked)/page/index.html"))
        let inspected = try await site.sheaf("inspect", Scenario.name, "-o", "json")
        #expect(inspected.output.contains("\"path\" : \"page/index.html\""), "\(inspected)")
        let again = try await site.sheaf("apply", archive)
        #expect(again.errors.contains("nothing to do"))
    }

    @Test func aRevisionOfTheRepositoryApplies() async throws {
        let site = try Site()
        defer { site.end() }
        let scenario = try Scenario()
        try scenario.write(.one, to: site)
        try await site.commit(tag: "v1.0.0")
        try scenario.write(.two, to: site)
        let applied = try await site.sheaf("apply", "\(site.bundle)@v1.0.0")
        #expect(applied.code == 0, "\(applied)")
        let report = try await Consistency.check(site, "from the tag")
        #expect(report["worker:first:trialspace"] != nil)
        let history = try await site.sheaf("history", Scenario.name, "--output", "json")
        #expect(history.output.contains("\"version\" : \"1.0.0\""), "\(history.output)")
    }
}
