import FoundationEssentials
import SheafTestSupport
import Testing

/// Kills `sheaf pack` with SIGKILL at random times, again and again on the same home.
@Suite struct PackCrashTests {
    /// How many kills are made: 60, or `SHEAF_TORTURE_ROUNDS`, which `make torture` raises.
    private static let rounds = ProcessInfo.processInfo.environment["SHEAF_TORTURE_ROUNDS"].flatMap { Int($0) } ?? 60

    /// Longer than a pack takes on a slow machine, so that some are not killed at all.
    private static let longest = 400

    @Test func aPackThatIsKilledLeavesNothingThatIsReadAsWhole() async throws {
        let site = try Site()
        defer { site.end() }
        try site.write("bundle.yaml", Self.bundle)
        for number in 0..<300 { try site.write("data/\(number % 7)/f\(number)", Self.text(number)) }
        try await site.commit(tag: "v1.0.0")
        let out = site.scratch.path("out.sheaf")
        var expected: String?
        for round in 1...Self.rounds {
            try site.write("data/0/changing", Self.text(round))
            try await site.commit("round \(round)")
            let before = try? Data(contentsOf: URL(filePath: out))
            let milliseconds = Int.random(in: 1...Self.longest)
            let killed = try await site.run(
                "timeout",
                [
                    "--signal=KILL", "0.\(String(milliseconds + 1000).dropFirst())", "\(Site.built)/sheaf", "pack",
                    site.bundle, "-o", out,
                ]
            )
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
    }

    /// The files below a folder that are being written, or were when somebody was killed.
    private static func temporaryFiles(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tmp") }
    }

    /// Some kilobytes that depend on a number.
    private static func text(_ number: Int) -> String {
        (0..<600).map { "line \($0) of file \(number): \($0 &* number &* 7919 % 10_007)\n" }.joined()
    }

    private static let bundle = """
        name: crashing
        version: v1beta
        type: bundle
        bundle:
          workspaces:
            - name: crashing
              layer: user
          resources:
            - id: token
              workspace: crashing
              spec:
                name: token
                version: v1
                type: secret
                secret:
                  type: key-value
                  acl: r
                  data:
                    TOKEN: value

        """
}
