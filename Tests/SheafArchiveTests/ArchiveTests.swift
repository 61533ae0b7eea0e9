import Glibc
import SheafArchive
import SheafModel
import SheafTestSupport
import Testing

@Suite struct ArchiveTests {
    private static let x = Array("x".utf8)

    private func packed() async throws -> (Repository, Scratch, PackedArchive) {
        let repository = try await Repository()
        try repository.scratch.write("bin/run", "#!/bin/sh\n", isExecutable: true)
        for name in ["e\u{301}/a", "\u{e8}/a"] { try repository.scratch.write(name, name) }
        repository.scratch.link("link", to: "sql/a.sql")
        try await repository.commit("more")
        try await repository.git("tag", "v1.2.3")
        let scratch = try Scratch()
        let packed = try SourceTree.commit(directory: repository.path, revision: nil).packed()
        try packed.write(to: scratch.path("a.sheaf"))
        return (repository, scratch, packed)
    }

    @Test func saysWhatItIs() async throws {
        let (repository, scratch, packed) = try await packed()
        let archive = try Archive.open(scratch.path("a.sheaf"))
        try archive.verify()
        #expect(archive.digest == packed.digest)
        #expect(archive.size == packed.size)
        #expect(archive.index.version == "1.2.3")
        #expect(archive.index.commitTime == 1_700_000_000)
        #expect(archive.bundle == emptyBundle)
        #expect(
            archive.provenance == (try SourceTree.commit(directory: repository.path, revision: nil).provenance)
        )
    }

    @Test func unpackGivesBackWhatWasPacked() async throws {
        let (repository, scratch, _) = try await packed()
        try Archive.open(scratch.path("a.sheaf")).unpack(into: scratch.path("out"))
        let listing = [
            "-c",
            "find . -path ./.git -prune -o -printf '%y %p %l\\n' | sort; find . -type f -perm -100 -not -path './.git/*' | sort; cat sql/a.sql */a",
        ]
        let original = try await Commands.run("sh", listing, in: repository.path)
        let unpacked = try await Commands.run("sh", listing, in: scratch.path("out"))
        #expect(unpacked == original)
        let again = try SourceTree.workingTree(directory: scratch.path("out"))
        let archived = try SourceTree.archive(path: scratch.path("a.sheaf"))
        #expect(again.members.map(\.path) == archived.members.map(\.path))
        #expect(archived.displayPath("sql/a.sql") == "\(scratch.path("a.sheaf")):sql/a.sql")
        #expect(try archived.read("link") == Array("select 1\n".utf8))
        #expect(try scratch.names() == ["a.sheaf", "out"])
    }

    @Test func unpacksIntoAnEmptyDirectoryAndNoOther() async throws {
        let (_, scratch, _) = try await packed()
        let archive = try Archive.open(scratch.path("a.sheaf"))
        mkdir(scratch.path("empty"), 0o755)
        try archive.unpack(into: scratch.path("empty/"))
        #expect(try scratch.names("empty").contains("link"))
        #expect(code { try archive.unpack(into: scratch.path("empty")) } == "archive.target-not-empty")
        #expect(code { try archive.unpack(into: scratch.path("a.sheaf")) } == "archive.target-not-empty")
        #expect(code { try archive.unpack(into: scratch.path("no/where")) } == "archive.cannot-write")
    }

    @Test func everyTruncationAndEveryFlippedByteIsAnError() async throws {
        let (_, scratch, _) = try await packed()
        let whole = try scratch.read("a.sheaf")
        let path = scratch.path("damaged.sheaf")
        func check() -> String? { code { try Archive.open(path).verify() } }
        for length in 0..<whole.count {
            try scratch.write("damaged.sheaf", Array(whole[..<length]))
            let found = check()
            #expect(found?.hasPrefix("archive.") == true, "\(length) of \(whole.count) bytes: \(found ?? "accepted")")
        }
        for position in whole.indices {
            var damaged = whole
            damaged[position] ^= 0x40
            try scratch.write("damaged.sheaf", damaged)
            let found = check()
            // Some bits of a frame's header say only how much memory to use; the digest tells.
            let isHarmless = try found == nil && Archive.open(path).digest != Digest(of: whole)
            #expect(found?.hasPrefix("archive.") == true || isHarmless, "byte \(position): \(found ?? "accepted")")
        }
        for tail in [[0], Self.x, Array(whole[..<40]), whole, Array("PK\u{3}\u{4}".utf8)] {
            try scratch.write("damaged.sheaf", whole + tail)
            #expect(check() != nil)
        }
    }

    private static let row = TarForge.row("files/a", x)
    private static let member = TarForge.Member(path: "files/a", content: x)

    @Test func acceptsAForgedArchiveThatIsRight() throws {
        let scratch = try Scratch()
        try scratch.write("a.sheaf", try TarForge.archive(listed: [Self.row], held: [Self.member]))
        #expect(code { try Archive.open(scratch.path("a.sheaf")).verify() } == nil)
    }

    @Test func refusesWhatIsNoArchive() async throws {
        let scratch = try Scratch()
        func check(_ name: String) -> String? { code { _ = try Archive.open(scratch.path(name)) } }
        #expect(check("none") == "archive.no-archive")
        #expect(check("") == "archive.no-archive")
        try scratch.write("text", "name: shop\n")
        #expect(check("text") == "archive.not-zstd")
        try scratch.write("empty", "")
        #expect(check("empty") == "archive.truncated")
        try scratch.write("other", try TarForge.compress(TarForge.bytes(Self.member) + TarForge.end))
        #expect(check("other") == "archive.no-index")
        try scratch.write("noise", try TarForge.compress((0..<2000).map { UInt8(truncatingIfNeeded: $0 * 7) }))
        #expect(check("noise")?.hasPrefix("archive.") == true)
        let valid = try TarForge.archive(listed: [Self.row], held: [Self.member])
        try scratch.write("hollow", valid + (try TarForge.compress([])))
        #expect(code { try Archive.open(scratch.path("hollow")).verify() } == "archive.empty-frame")
        // A frame that zstd would skip in silence.
        try scratch.write("skippable", valid + [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9])
        #expect(code { try Archive.open(scratch.path("skippable")).verify() } == "archive.skippable-frame")
    }

    @Test func stopsAtItsLimits() throws {
        let scratch = try Scratch()
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        let bytes = try TarForge.archive(
            listed: [TarForge.row("files/a", zeros)],
            held: [.init(path: "files/a", content: zeros)]
        )
        try scratch.write("a.sheaf", bytes)
        var limits = ArchiveLimits.standard
        func check() -> String? { code { try Archive.open(scratch.path("a.sheaf"), limits: limits).verify() } }
        #expect(check() == nil)
        limits.ratioFreeBytes = 1 << 20
        limits.ratio = 100
        #expect(check() == "archive.ratio-too-high")
        let named: [(ArchiveLimits.Name, Int64, String)] = [
            (.totalBytes, 1 << 20, "archive.too-large"), (.members, 0, "archive.too-many-members"),
            (.metadataBytes, 10, "archive.metadata-too-large"), (.metadataValues, 9, "archive.metadata-too-complex"),
            (.metadataDepth, 1, "archive.metadata-too-deep"), (.pathBytes, 9, "archive.path-too-long"),
        ]
        for (name, value, code) in named {
            limits = .standard
            limits[name] = value
            #expect(check() == code)
            let error = #expect(throws: ArchiveError.self) {
                try Archive.open(scratch.path("a.sheaf"), limits: limits).verify()
            }
            // It names the limit and the setting to raise.
            let message = error?.message ?? ""
            #expect(message.contains("the limit \(name.rawValue) is \(value)"), "\(message)")
            #expect(error?.hint?.contains("archiveLimits.\(name.rawValue) ") == true)
        }
    }
}
