import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf pack` with SIGKILL at random times that a seed decides, again and again on the same home.
@Suite struct PackCrashTests {
    /// How many kills are made: 60, or `SHEAF_TORTURE_ROUNDS`, which `make torture` raises.
    private static let rounds = Torture.rounds(60)

    @Test func aPackThatIsKilledLeavesNothingThatIsReadAsWhole() async throws {
        let site = try Site()
        defer { site.end() }
        try site.write("bundle.yaml", PackSamples.manifest)
        for number in 0..<300 { try site.write("data/\(number % 7)/f\(number)", PackSamples.text(number)) }
        try await site.commit(tag: "v1.0.0")
        let out = site.scratch.path("out.sheaf")
        var expected: String?
        var numbers = Torture.numbers(4)
        // A little longer than a pack takes here, so that some are not killed at all.
        let start = ContinuousClock.now
        try #require(try await site.sheaf("pack", site.bundle, "-o", out).code == 0)
        let taken = (ContinuousClock.now - start).components
        let longest = min(max(Int(taken.seconds) * 1_000 + Int(taken.attoseconds / 1_000_000_000_000_000), 40), 999)
        var kills = 0
        for round in 1...Self.rounds {
            try site.write("data/0/changing", PackSamples.text(round))
            try await site.commit("round \(round)")
            let before = try? Data(contentsOf: URL(filePath: out))
            let milliseconds = Int.random(in: 1...longest, using: &numbers)
            let killed = try await site.run(
                "timeout",
                [
                    "--signal=KILL", "0.\(String(milliseconds + 1000).dropFirst())", "\(Site.built)/sheaf", "pack",
                    site.bundle, "-o", out,
                ]
            )
            if killed.code == 128 + 9 { kills += 1 }
            // The archive is the old one or the new one, whole.
            if let now = try? Data(contentsOf: URL(filePath: out)), now != before {
                let verified = try await site.sheaf("verify", out)
                #expect(verified.code == 0, "round \(round), \(milliseconds) ms, \(killed.code): \(verified.errors)")
            }
            guard round % 5 == 0 || round == Self.rounds else { continue }
            // What the home holds gives the bytes that an empty home gives, and nothing is left of the killed.
            let warm = try await site.sheaf("pack", site.bundle, "-o", out)
            let cold = try await site.sheaf(
                "pack",
                site.bundle,
                "-o",
                site.scratch.path("cold.sheaf"),
                environment: ["SHEAF_HOME": site.scratch.path("empty-\(round)")]
            )
            #expect(warm.code == 0 && cold.code == 0, "round \(round): \(warm.errors) \(cold.errors)")
            expected = warm.output.split(separator: " ").first.map(String.init)
            #expect(expected == cold.output.split(separator: " ").first.map(String.init), "round \(round)")
            #expect(try Self.temporaryFiles(in: site.scratch.path) == [], "round \(round)")
        }
        #expect(expected?.hasPrefix("sha256:") == true)
        #expect(kills > 0, "of \(Self.rounds) packs none was killed within \(longest) ms")
    }

    /// The files below a folder that are being written, or were when somebody was killed.
    private static func temporaryFiles(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tmp") }
    }
}
