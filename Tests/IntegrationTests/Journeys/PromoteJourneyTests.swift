import FoundationEssentials
import SheafTestSupport
import Testing

/// `sheaf promote` between two homes.
@Suite struct PromoteJourneyTests {
    private let site: Site
    private var production: String { site.scratch.path("production") }
    private var archive: String { site.scratch.path("pool.sheaf") }

    init() throws { site = try Site() }

    private func write(size: String) throws {
        try site.write("values.yaml", "size: \(size)\n")
        try site.write("environments/prod.yaml", "size: large\n")
        try site.write(
            "bundle.yaml",
            """
            name: pool
            version: v1beta
            type: bundle
            bundle:
              resources:
                - id: pool
                  spec:
                    name: pool
                    version: v1beta
                    type: compute
                    description: ${{ values.size }}
                    compute: {dataplane: hub, purpose: gpu}

            """
        )
    }

    private func promote(_ options: String...) async throws -> Site.Result {
        let homes = ["--from", site.home, "--to", production]
        return try await site.run("\(Site.built)/sheaf", ["promote", "pool"] + homes + options)
    }

    private func history(_ home: String) async throws -> [Revision] {
        let result = try await site.sheaf("history", "pool", "-o", "json", environment: ["SHEAF_HOME": home])
        try #require(result.code == 0, "\(result)")
        return try JSONDecoder().decode([Revision].self, from: Data(result.output.utf8))
    }

    private struct Revision: Decodable {
        var number: Int
        var archive: String
        var resolved: String
        var environment: String?
        var message: String?
    }

    @Test func theSameArchiveIsLiveThereWithTheValuesOfItsEnvironment() async throws {
        try write(size: "small")
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let first = try #require(try await history(site.home).first)
        // What is built later is not what is promoted.
        try write(size: "medium")
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let result = try await promote("--revision", "1", "-e", "prod")
        #expect(result.code == 0, "\(result)")
        #expect(result.errors.contains("are the same archive \(first.archive)"), "\(result)")
        let promoted = try #require(try await history(production).first)
        #expect(promoted.archive == first.archive && promoted.resolved != first.resolved)
        #expect(promoted.environment == "prod")
        #expect(promoted.message?.contains("revision 1 of \(site.home)") == true)
        let again = try await promote("--revision", "1", "-e", "prod")
        #expect(again.code == 0 && again.errors.contains("nothing to do"), "\(again)")
        let live = try await promote("-e", "prod")
        #expect(live.code == 0, "\(live)")
        #expect(try await history(production).first?.archive == history(site.home).first?.archive)
    }

    @Test func signaturesTravelAlong() async throws {
        try write(size: "small")
        try await site.commit(tag: "v1.0.0")
        try await #expect(site.sheaf("pack", site.bundle, "-o", archive).code == 0)
        try await #expect(site.sheaf("keygen", "ann").code == 0)
        try await #expect(site.sheaf("apply", archive).code == 0)
        try FileManager.default.createDirectory(atPath: production, withIntermediateDirectories: true)
        let key = try String(contentsOf: URL(filePath: "\(site.home)/keys/ann.pub"), encoding: .utf8)
        let trust = "keys:\n  ann: \(key)rules:\n  - bundles: pool\n    keys: [ann]\n"
        try Data(trust.utf8).write(to: URL(filePath: "\(production)/trust.yaml"))
        let unsigned = try await promote("--require-signature")
        #expect(unsigned.code == 65 && unsigned.errors.contains("archive.signature"), "\(unsigned)")
        try await #expect(site.sheaf("sign", archive, "--key", "ann").code == 0)
        // The same archive, with its signature this time: there is nothing else to do.
        try await #expect(site.sheaf("apply", archive, "--set", "size=other").code == 0)
        let signed = try await promote("--require-signature")
        #expect(signed.code == 0, "\(signed)")
        let blobs = try FileManager.default.contentsOfDirectory(atPath: "\(production)/blobs/sha256")
        #expect(blobs.contains { $0.hasSuffix(".sig.json") })
        let collected = try await site.sheaf("gc", environment: ["SHEAF_HOME": production])
        #expect(collected.code == 0 && !collected.output.contains("sig.json"), "\(collected)")
        #expect(!collected.errors.contains("sig.json"), "\(collected)")
    }

    @Test func whatCannotBePromotedIsRefused() async throws {
        try write(size: "small")
        try await #expect(site.sheaf("apply", site.bundle).code == 0)
        let link = site.scratch.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: site.home)
        let same = try await site.sheaf("promote", "pool", "--from", site.home, "--to", link)
        #expect(same.code == 64 && same.errors.contains("same home"), "\(same)")
        let unknown = try await promote("--revision", "9")
        #expect(unknown.code == 1 && unknown.errors.contains("no revision 9"), "\(unknown)")
        let revision = try #require(try await history(site.home).first)
        let blob = "\(site.home)/blobs/sha256/\(revision.archive.dropFirst("sha256:".count))"
        try Data("damaged".utf8).write(to: URL(filePath: blob))
        let damaged = try await promote()
        #expect(damaged.code != 0, "\(damaged)")
        try FileManager.default.removeItem(atPath: blob)
        let missing = try await promote()
        #expect(missing.code == 1 && missing.errors.contains("promote.no-archive"), "\(missing)")
        #expect(!FileManager.default.fileExists(atPath: "\(production)/state.db"))
    }
}
