import FoundationEssentials
import SheafArchive
import SheafModel
import SheafTestSupport
import Testing

/// Archives that were changed at random places: `make fuzz MINUTES=10` runs longer, with a seed of its own or
/// `SHEAF_FUZZ_SEED`.
///
/// After a crash, the seed and the number in the file whose path is printed first give the archive again.
@Suite struct ArchiveFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// So many archives take the suite a few seconds.
    private static let usualCount = 600

    /// What an archive unpacks to, and says of itself.
    private struct Content: Equatable {
        let files: Digest
        let bundle: ResolvedBundle
        let provenance: Provenance

        init(_ archive: Archive) throws {
            files = try archive.index.filesDigest
            bundle = archive.bundle
            provenance = archive.provenance
        }
    }

    /// Opens, proves and unpacks an archive.
    ///
    /// - Returns: Its code; nil when it was accepted and has the content expected.
    private static func check(_ bytes: [UInt8], as expected: Content?, _ name: String) throws -> String? {
        let scratch = try Scratch()
        try scratch.write("in/a.sheaf", bytes)
        var content: Content?
        let found = code {
            let archive = try Archive.open(scratch.path("in/a.sheaf"))
            try archive.unpack(into: scratch.path("out"))
            try archive.verify()
            content = try Content(archive)
        }
        if let found {
            #expect(found.hasPrefix("archive."), "\(name): \(found)")
            #expect(try scratch.names() == ["in"], "\(name)")
        } else {
            #expect(content == expected, "\(name) was accepted with another content")
        }
        return found
    }

    @Test func everyChangeIsRefusedOrChangesNoContent() throws {
        let minutes = Self.environment["SHEAF_FUZZ_MINUTES"].flatMap(Double.init)
        let seed =
            Self.environment["SHEAF_FUZZ_SEED"].flatMap { UInt64($0) }
            ?? (minutes == nil ? 1 : UInt64.random(in: 0...UInt64.max))
        let note = FileManager.default.temporaryDirectory
            .appending(path: "sheaf-archive-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        print("fuzz: seed \(seed), the number of the archive is in \(note.path())")
        let deadline = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
        var random = SeededRandom(seed: seed)
        var codes: [String: Int] = [:]
        var number = 0
        while deadline.map({ ContinuousClock.now < $0 }) ?? (number < Self.usualCount) {
            try Data("seed \(seed), archive \(number)\n".utf8).write(to: note)
            let (bytes, expected) = try Self.next(&random)
            let found = try Self.check(bytes, as: expected, "seed \(seed), archive \(number)")
            codes[found ?? "the same content", default: 0] += 1
            number += 1
        }
        try FileManager.default.removeItem(at: note)
        print("fuzz: \(number) archives: \(codes.sorted { $0.key < $1.key })")
        // What only ever meets the checksum of zstd says little.
        #expect(codes.count >= 8, "\(codes)")
    }

    /// A right archive with a change: of the file, or of the tar, which reaches deeper.
    private static func next(_ random: inout SeededRandom) throws -> (bytes: [UInt8], content: Content?) {
        let draft = ArchiveDraft(&random)
        let good = try draft.bytes()
        let scratch = try Scratch()
        try scratch.write("good.sheaf", good)
        let content = try Content(Archive.open(scratch.path("good.sheaf")))
        var mutation = ByteMutation(other: try ArchiveDraft(&random).tarBytes())
        if random.below(3) == 0 {
            var file = good
            mutation.change(&file, &random)
            return (file, content)
        }
        var tar = try draft.tarBytes()
        for _ in 0...random.below(3) { mutation.change(&tar, &random) }
        guard random.below(4) == 0, tar.count > 1 else { return (try TarForge.compress(tar), content) }
        // Frames whose ends have nothing to do with the members.
        let cut = 1 + random.below(tar.count - 1)
        return (try TarForge.compress(Array(tar[..<cut])) + TarForge.compress(Array(tar[cut...])), content)
    }

    @Test func everyTruncationAtABlockIsRefused() throws {
        var random = SeededRandom(seed: 7)
        var draft = ArchiveDraft(&random)
        draft.add("files/large", (0..<60_000).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        let (tar, file) = (try draft.tarBytes(), try draft.bytes())
        #expect(tar.count > 120 * 512 && file.count > 100 * 512)
        for length in stride(from: 0, to: file.count, by: 512) {
            let found = try Self.check(Array(file[..<length]), as: nil, "\(length) bytes of the file")
            #expect(found == "archive.truncated")
        }
        for length in stride(from: 512, to: tar.count, by: 512) {
            let found = try Self.check(TarForge.compress(Array(tar[..<length])), as: nil, "\(length) bytes of the tar")
            #expect(found == "archive.truncated", "\(length) bytes of the tar")
        }
    }

    @Test func everyFlippedBitOfTheHeadersIsRefusedOrChangesNoContent() throws {
        var random = SeededRandom(seed: 11)
        let draft = ArchiveDraft(&random)
        let tar = try draft.tarBytes()
        let scratch = try Scratch()
        try scratch.write("good.sheaf", try draft.bytes())
        let content = try Content(Archive.open(scratch.path("good.sheaf")))
        // The headers of the files, and one bit of every byte.
        for offset in 0..<min(draft.members.count, 3) * 512 {
            let start = tar.count - TarForge.end.count - draft.members.flatMap(TarForge.bytes).count
            var changed = tar
            changed[start + offset] ^= 1 << UInt8(random.below(8))
            _ = try Self.check(TarForge.compress(changed), as: content, "byte \(start + offset)")
        }
    }
}

/// Random changes of bytes.
private struct ByteMutation {
    /// What pieces are taken from.
    let other: [UInt8]

    mutating func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard bytes.count > 1 else { return }
        let at = random.below(bytes.count)
        let end = min(bytes.count, at + 1 + random.below(random.below(4) == 0 ? 2_000 : 16))
        switch random.below(9) {
        case 0, 1: bytes[at] ^= 1 << UInt8(random.below(8))
        case 2: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 3: bytes.removeSubrange(at..<end)
        case 4: bytes.insert(contentsOf: bytes[at..<end], at: random.below(bytes.count))
        case 5: for place in at..<end { bytes[place] = 0 }
        case 6: bytes.removeSubrange(at...)
        case 7:
            // Whole blocks, as members are made of.
            let from = random.below(other.count / 512) * 512
            let to = min(other.count, from + 512 * (1 + random.below(4)))
            bytes.insert(contentsOf: other[from..<to], at: min(at / 512 * 512, bytes.count))
        default:
            let one = at / 512 * 512
            let two = random.below(bytes.count) / 512 * 512
            for place in 0..<512 where one + place < bytes.count && two + place < bytes.count {
                bytes.swapAt(one + place, two + place)
            }
        }
    }
}
