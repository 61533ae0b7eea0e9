import FoundationEssentials
import SheafTestSupport
import Testing

/// Bundles for tests of packing through the real program.
enum PackSamples {
    /// A site with a committed and tagged bundle of several frames.
    static func site() async throws -> Site {
        let site = try Site()
        try site.write("bundle.yaml", manifest)
        for number in 0..<60 { try site.write("data/\(number % 7)/f\(number)", text(number)) }
        try site.write("data/Größe – 数量.csv", "a,b\n1,2\n")
        try site.write("large.txt", (0..<60).map(text).joined())
        let made = try await site.run(
            "sh",
            [
                "-c", "cd \"$1\" && echo '#!/bin/sh' >run.sh && chmod 755 run.sh && ln -s data/0/f0 link",
                "sh", site.bundle,
            ]
        )
        try #require(made.code == 0, "\(made)")
        try await site.commit(tag: "v1.0.0")
        return site
    }

    /// Packs a directory.
    ///
    /// - Returns: The digest that `pack` prints.
    static func digest(
        of directory: String,
        at site: Site,
        home: String,
        environment: [String: String] = [:]
    ) async throws -> String {
        let packed = try await site.sheaf(
            "pack",
            directory,
            "-o",
            site.scratch.path("digest.sheaf"),
            environment: environment.merging(["SHEAF_HOME": site.scratch.path(home)]) { one, _ in one }
        )
        try #require(packed.code == 0, "\(packed)")
        return try #require(packed.output.split(separator: " ").first.map(String.init))
    }

    /// Some kilobytes that depend on a number.
    static func text(_ number: Int) -> String {
        (0..<600).map { "line \($0) of file \(number): \($0 &* number &* 7919 % 10_007)\n" }.joined()
    }

    static let manifest = """
        name: sample
        version: v1beta
        type: bundle
        bundle:
          workspaces:
            - name: sample
              layer: user
          resources:
            - id: token
              workspace: sample
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
