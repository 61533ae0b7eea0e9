import FoundationEssentials
import Glibc
import SheafTestSupport
import Testing

/// What the frames in the home are like changes neither the archive nor whether it can be made.
@Suite struct PackCacheJourneyTests {
    /// How a home is made unfit, in a mount namespace of its own: `$1` is the program, `$2` the bundle, `$3` the output.
    enum Home: String, CaseIterable {
        case fullBeforeAnything, fullInTheMiddle, readOnly, readOnlyAndEmpty, aFile, absent

        var script: String {
            let full = "mount -t tmpfs -o size=%,mode=700 none \"$SHEAF_HOME\""
            return switch self {
            case .fullBeforeAnything:
                full.replacing("%", with: "64k") + "; head -c 100000 /dev/zero >\"$SHEAF_HOME/zero\" 2>/dev/null"
            case .fullInTheMiddle:
                // Room for the content twice when the pack begins, which is what it asks for, and no inodes.
                "mount -t tmpfs -o size=64m,nr_inodes=6,mode=700 none \"$SHEAF_HOME\""
            case .readOnly: "\"$1\" pack \"$2\" -o \"$3\" && \(Self.readOnlyBind)"
            case .readOnlyAndEmpty: Self.readOnlyBind
            case .aFile: "rmdir \"$SHEAF_HOME\"; echo text >\"$SHEAF_HOME\""
            case .absent: "rmdir \"$SHEAF_HOME\""
            }
        }

        private static let readOnlyBind =
            "mount --bind \"$SHEAF_HOME\" \"$SHEAF_HOME\" && mount -o remount,bind,ro \"$SHEAF_HOME\""
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount"), arguments: Home.allCases)
    func aHomeThatCannotBeUsedCostsOnlyTheSpeed(home: Home) async throws {
        let site = try await PackSamples.site()
        let expected = try await PackSamples.digest(of: site.bundle, at: site, home: "clean")
        try FileManager.default.createDirectory(atPath: site.home, withIntermediateDirectories: true)
        let packed = try await site.run(
            "unshare",
            [
                "--mount", "sh", "-c", "\(home.script); \"$1\" pack \"$2\" -o \"$3\" && \"$1\" pack \"$2\" -o \"$3\"",
                "sh", "\(Site.built)/sheaf", site.bundle, site.scratch.path("out.sheaf"),
            ]
        )
        #expect(packed.code == 0, "\(packed)")
        for line in packed.output.split(separator: "\n") { #expect(line.hasPrefix(expected), "\(packed)") }
        #expect(try await site.sheaf("verify", site.scratch.path("out.sheaf")).code == 0)
    }

    @Test func noHarmToAKeptFileChangesTheArchive() async throws {
        let site = try await PackSamples.site()
        let expected = try await PackSamples.digest(of: site.bundle, at: site, home: "home")
        let folder = site.scratch.path("home/frames")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count > 4)
        var numbers = SeededRandom(seed: 20_260_101)
        for name in names {
            let path = "\(folder)/\(name)"
            let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
            for harm in 0..<4 {
                var bytes = whole
                let position = Int.random(in: 0..<bytes.count, using: &numbers)
                switch harm {
                case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
                case 1: bytes.removeSubrange(position...)
                case 2: bytes = (0..<bytes.count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
                default: chmod(path, 0)
                }
                if harm < 3 { try Data(bytes).write(to: URL(filePath: path)) }
                let digest = try await PackSamples.digest(of: site.bundle, at: site, home: "home")
                #expect(digest == expected, "\(name), harm \(harm) at \(position)")
                if harm == 3 { chmod(path, 0o600) }
            }
        }
    }

    /// The disk fills up at the first piece of a large file, in its middle and near its end.
    @Test(arguments: [1_000, 200_000, 600_000])
    func aHomeThatFillsUpWithinALargeFileChangesNothing(offset: Int) async throws {
        let site = try Site()
        try site.write("bundle.yaml", PackSamples.manifest)
        for (seed, name) in ["data/a.txt", "data/b.txt"].enumerated() {
            var numbers = SeededRandom(seed: UInt64(seed))
            try site.write(name, (0..<90_000).map { _ in String(numbers.next(), radix: 16) }.joined())
        }
        for number in 0..<10 { try site.write("data/c\(number)", PackSamples.text(number)) }
        try await site.commit(tag: "v1.0.0")
        let expected = try await PackSamples.digest(of: site.bundle, at: site, home: "clean")
        let full = ["LD_PRELOAD": "\(Site.built)/libSheafCrashShim.so", "SHEAF_FILL_FRAMES_AT": String(offset)]
        let out = site.scratch.path("out.sheaf")
        for options in [[], ["--worktree"]] {
            let arguments = ["pack", site.bundle, "-o", out] + options
            let home = ["SHEAF_HOME": site.scratch.path("full-\(options.count)")]
            let environment = full.merging(home) { $1 }
            let packed = try await site.run("\(Site.built)/sheaf", arguments, environment: environment)
            #expect(packed.code == 0, "\(packed)")
            #expect(packed.output.hasPrefix(expected), "\(packed)")
            #expect(packed.errors.contains("No space left"), "\(packed)")
            #expect(try await site.sheaf("verify", out).code == 0)
        }
    }
}
