import FoundationEssentials
import SheafTestSupport
import Testing

/// The same commit, packed by the real program in twenty surroundings, has one digest.
@Suite struct ReproducibilityJourneyTests {
    /// How the repository comes to where it is packed: `$1` is the original, `$2` the place.
    private static let clones = [
        "git clone -q \"$1\" \"$2\"",
        "git clone -q \"$1\" \"$2\" && git -C \"$2\" repack -q -a -d -f",
        """
        git clone -q "$1" "$2" && cd "$2" && mv .git/objects/pack "$2.packs" && mkdir .git/objects/pack
        for pack in "$2.packs"/*.pack; do [ -e "$pack" ] && git unpack-objects -q <"$pack"; done; true
        """,
        "git clone -q --depth 1 \"file://$1\" \"$2\" && git -C \"$2\" fetch -q --tags --depth 1",
        "git clone -q --bare \"$1\" \"$2\"",
        "git clone -q --shared \"$1\" \"$2\"",
        "git clone -q \"$1\" \"$2.main\" && git -C \"$2.main\" worktree add -q \"$2\" HEAD",
        "git clone -q \"$1\" \"$2.real\" && ln -s \"$2.real\" \"$2\"",
    ]

    /// How the program is run: the umask and its environment.
    private static let surroundings: [(umask: String, environment: [String: String])] = [
        ("022", [:]),
        ("077", ["TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"]),
        ("000", ["TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "USER": "somebody", "LOGNAME": "somebody"]),
        ("027", ["TZ": "", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.ISO-8859-1", "HOSTNAME": "elsewhere"]),
        ("002", ["TZ": "UTC-14", "LANG": "ja_JP.UTF-8", "GIT_AUTHOR_NAME": "Somebody", "COLUMNS": "20"]),
    ]

    @Test func oneCommitHasOneDigest() async throws {
        let site = try await PackSamples.site()
        let expected = try await PackSamples.digest(of: site.bundle, at: site, home: "first")
        var packs = 0
        for (number, clone) in Self.clones.enumerated() {
            let place = site.scratch.path("clones/\(number)/" + String(repeating: "ü/", count: number) + "clone")
            let (umask, environment) = Self.surroundings[number % Self.surroundings.count]
            let folder = place.split(separator: "/").dropLast().joined(separator: "/")
            let made = try await site.run(
                "sh",
                ["-c", "umask \(umask); mkdir -p \"/$3\"; \(clone)", "sh", site.bundle, place, folder],
                environment: environment.merging(["GIT_CONFIG_GLOBAL": "/dev/null"]) { one, _ in one }
            )
            try #require(made.code == 0, "\(clone): \(made)")
            // Nothing kept, all kept, and what the clones before have kept; the second on one processor.
            for (home, prefix) in [("home-\(number)", ""), ("home-\(number)", "taskset -c 0"), ("shared", "")] {
                let packed = try await site.run(
                    "sh",
                    [
                        "-c", "umask \(umask); mkdir -p \"$HOME\"; cd /; exec \(prefix) \"$1\" pack \"$2\" -o \"$3\"",
                        "sh", "\(Site.built)/sheaf", place, site.scratch.path("out-\(packs).sheaf"),
                    ],
                    environment: environment.merging(
                        ["SHEAF_HOME": site.scratch.path(home), "HOME": site.scratch.path("user-\(number)")]
                    ) { one, _ in one }
                )
                #expect(packed.code == 0, "\(clone): \(packed)")
                #expect(packed.output.hasPrefix(expected), "\(clone), \(home), \(environment): \(packed)")
                packs += 1
            }
        }
        #expect(packs >= 20)
    }
}
