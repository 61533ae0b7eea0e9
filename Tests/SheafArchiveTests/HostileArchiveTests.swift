import FoundationEssentials
import SheafArchive
import SheafModel
import SheafTestSupport
import Testing

/// Archives that are made to do harm, or were harmed: each is refused whole.
@Suite struct HostileArchiveTests {
    /// Each in an own scratch folder, with the target in it.
    private static func outcome(_ archive: HostileArchive) throws -> (codes: [String?], left: [String]) {
        let scratch = try Scratch()
        try scratch.write("in/a.sheaf", archive.bytes)
        let path = scratch.path("in/a.sheaf")
        let codes = [
            code { try Archive.open(path, limits: archive.limits).verify() },
            code { try Archive.open(path, limits: archive.limits).unpack(into: scratch.path("out")) },
            code { _ = try SourceTree.archive(path: path, limits: archive.limits) },
        ]
        return (codes, try scratch.names())
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func refusesEachWithItsCodeAndWritesNothing(seed: UInt64) throws {
        let archives = try HostileArchive.all(seed: seed)
        #expect(Set(archives.map(\.name)).count == archives.count)
        #expect(archives.count >= 150)
        for archive in archives {
            let (codes, left) = try Self.outcome(archive)
            for found in codes {
                let isRight = archive.code == "archive.*" ? found?.hasPrefix("archive.") == true : found == archive.code
                #expect(isRight, "seed \(seed), \(archive), found \(found ?? "accepted")")
            }
            #expect(left == ["in"], "seed \(seed), \(archive)")
        }
    }

    @Test func theArchivesAreRightBeforeTheyAreBroken() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let good = HostileArchive(name: "right", code: "", bytes: try ArchiveDraft(&random).bytes())
            let (codes, left) = try Self.outcome(good)
            #expect(codes == [nil, nil, nil], "seed \(seed)")
            #expect(left == ["in", "out"])
        }
    }

    @Test func everyRuleOfReadingHasAnArchive() throws {
        let codes = Set(try HostileArchive.all(seed: 1).map(\.code))
        let elsewhere: Set<ArchiveError.Kind> = [.attachmentMismatch, .malformedTar]
        let first = ArchiveError.Kind.allCases.firstIndex(of: .notZstd) ?? 0
        let last = ArchiveError.Kind.allCases.firstIndex(of: .attachmentMismatch) ?? 0
        for kind in ArchiveError.Kind.allCases[first...last] where !elsewhere.contains(kind) {
            #expect(codes.contains(kind.rawValue), "\(kind.rawValue)")
        }
    }

    @Test func theTableOfCodesIsComplete() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: folder.appending(path: "docs/archive-format.md"), encoding: .utf8)
        for kind in ArchiveError.Kind.allCases where !kind.rawValue.hasPrefix("archive.signature") {
            #expect(page.contains("`\(kind.rawValue)`"), "docs/archive-format.md lacks \(kind.rawValue)")
        }
    }

    @Test func thousandsOfLinksThroughEachOtherAreFollowedInNoTime() throws {
        // Each leads through the one before, with a hundred parts of its own: followed one by one, that takes hours.
        let detour = String(repeating: "d0/../", count: 100)
        let rows = (0..<3_000).map { number in
            let before = number % 38 == 0 ? "end" : "l\(10_000 + number - 1)"
            return TarForge.linkRow("files/l\(10_000 + number)", to: "\(detour)\(before)")
        }
        let members = rows.map { row -> TarForge.Member in
            var member = TarForge.Member(path: row.path, type: "2", target: "cut", mode: 0o777)
            member.before = TarForge.extended([("linkpath", row.target ?? "")])
            return member
        }
        let scratch = try Scratch()
        try scratch.write("a.sheaf", try TarForge.archive(listed: rows, held: members))
        let start = ContinuousClock.now
        #expect(code { try Archive.open(scratch.path("a.sheaf")).verify() } == nil)
        #expect(ContinuousClock.now - start < .seconds(60))
    }
}
