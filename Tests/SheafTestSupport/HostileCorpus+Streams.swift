import SheafArchive
import SheafModel

extension HostileCorpus {
    /// Files that are not one sequence of plain zstd frames, and tars that do not end as they should.
    mutating func addStreams() throws {
        try add("truncated", "an empty file") { draft, _ in draft.file = { $0 = [] } }
        try add("not-zstd", "a gzip file") { draft, _ in draft.file = { $0 = [0x1f, 0x8b, 8, 0] + $0 } }
        try add("not-zstd", "a tar that is not compressed") { draft, _ in
            let tar = try draft.tarBytes()
            draft.file = { $0 = tar }
        }
        try add("truncated", "the file ends early") { draft, random in
            let share = 1 + random.below(99)
            draft.file = { $0.removeLast(max(1, $0.count * share / 100)) }
        }
        try add("truncated", "the tar ends in a member") { draft, _ in
            draft.add("files/zz", [UInt8](repeating: 7, count: 5_000))
            draft.tar = { $0.removeLast(1024 + 3 * 512) }
        }
        try add("truncated", "the tar has no end") { draft, _ in draft.tar = { $0.removeLast(1024) } }
        try add("truncated", "the tar has half an end") { draft, _ in draft.tar = { $0.removeLast(512) } }
        try add("trailing-data", "a third empty block") { draft, _ in
            draft.tar = { $0 += [UInt8](repeating: 0, count: 512) }
        }
        try add("trailing-data", "members behind the end") { draft, _ in
            draft.tar = { $0 += TarForge.bytes(.init(path: "files/evil", content: [1])) + TarForge.end }
        }
        try add("trailing-data", "bytes behind the last frame") { draft, random in
            let tail = (0...random.below(40)).map { _ in UInt8.random(in: 0x80...0xff, using: &random) }
            draft.file = { $0 += tail }
        }
        try add("trailing-data", "a zip file behind the last frame") { draft, _ in
            draft.file = { $0 += Array("PK\u{3}\u{4}".utf8) }
        }
        try add("concatenated", "the archive twice") { draft, _ in draft.file = { $0 += $0 } }
        try add("concatenated", "another archive behind it") { draft, random in
            let other = try ArchiveDraft(&random).bytes()
            draft.file = { $0 += other }
        }
        try add("concatenated", "a frame of zeros behind it") { draft, _ in
            draft.file = { $0 += try TarForge.compress([UInt8](repeating: 0, count: 10_240)) }
        }
        let skippable: [UInt8] = [0x50 + UInt8(random.below(16)), 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        try add("skippable-frame", "a skippable frame before it") { draft, _ in draft.file = { $0 = skippable + $0 } }
        try add("skippable-frame", "a skippable frame behind it") { draft, _ in draft.file = { $0 += skippable } }
        try add("skippable-frame", "a skippable frame in it") { draft, random in
            let tar = try draft.tarBytes()
            let place = random.below(tar.count - 1) + 1
            draft.file = {
                $0 = try TarForge.compress(Array(tar[..<place])) + skippable + TarForge.compress(Array(tar[place...]))
            }
        }
        try add("empty-frame", "an empty frame behind it") { draft, _ in
            draft.file = { $0 += try TarForge.compress([]) }
        }
        try add("empty-frame", "an empty frame before it") { draft, _ in
            draft.file = { $0 = try TarForge.compress([]) + $0 }
        }
        try add("no-checksum", "a frame without a checksum") { draft, _ in
            draft.file = {
                $0[4] &= ~0b100
                $0.removeLast(4)
            }
        }
        try add("bad-checksum", "a frame with a wrong checksum") { draft, random in
            let bit = UInt8(1) << UInt8(random.below(8))
            draft.file = { $0[$0.count - 1] ^= bit }
        }
        try add("dictionary", "a frame that needs a dictionary") { draft, _ in draft.file = { $0[4] |= 1 } }
        // A frame of one raw block with another window: 16 MiB, 2 GiB, and more than the format allows.
        for (name, window) in [("16 MiB", UInt8(0x70)), ("2 GiB", 0xa8), ("2 TiB", 0xf8)] {
            try add("window-too-large", "a window of \(name)") { draft, _ in
                draft.file = { $0 = [0x28, 0xb5, 0x2f, 0xfd, 0b100, window, 0b1001, 0, 0, 0x41, 0, 0, 0, 0] }
            }
        }
        try add("damaged", "a frame with a reserved bit") { draft, _ in draft.file = { $0[4] |= 0b1000 } }
    }

    /// Metadata that is not what it should be.
    mutating func addMetadata() throws {
        let texts: [(String, String, ([UInt8]) -> [UInt8])] = [
            ("invalid-index", "sheaf.json is no JSON", { _ in Array("name: shop\n".utf8) }),
            ("invalid-index", "sheaf.json is empty", { _ in [] }),
            ("invalid-index", "sheaf.json is a list", { _ in Array("[]".utf8) }),
            ("invalid-index", "sheaf.json ends early", { Array($0.dropLast(9)) }),
            ("invalid-index", "sheaf.json has something behind it", { $0 + Array("{}".utf8) }),
            ("invalid-index", "sheaf.json is UTF-16", { [0xff, 0xfe] + $0.flatMap { [$0, 0] } }),
            (
                "invalid-index", "sheaf.json is not UTF-8",
                { Array("{\"a\":\"".utf8) + [0xff] + Array("\",".utf8) + $0.dropFirst() }
            ),
            ("invalid-index", "sheaf.json has a comment", { Array("/**/".utf8) + $0 }),
            ("duplicate-key", "a key twice", { Array("{\"name\":\"other\",".utf8) + $0.dropFirst() }),
            (
                "duplicate-key", "a key twice, once escaped",
                { Array("{\"n\\u0061me\":\"other\",".utf8) + $0.dropFirst() }
            ),
            (
                "duplicate-key", "a key twice in a row",
                { Array("{\"x\":[{\"path\":1,\"path\":2}],".utf8) + $0.dropFirst() }
            ),
            (
                "metadata-too-deep", "lists in lists",
                { Array("{\"x\":".utf8) + [UInt8](repeating: 0x5b, count: 100_000) + $0 }
            ),
            (
                "metadata-too-deep", "mappings in mappings",
                { Array(String(repeating: "{\"x\":", count: 20_000).utf8) + $0 }
            ),
        ]
        for (code, name, change) in texts {
            try add(code, name) { draft, _ in draft.head = { $0[0].content = change($0[0].content) } }
        }
        try add("newer-format", "a newer format") { draft, _ in draft.index = { $0.formatVersion = 2 } }
        try add("invalid-index", "a format before the first") { draft, _ in draft.index = { $0.formatVersion = 0 } }
        try add("invalid-index", "a version that is none") { draft, _ in draft.index = { $0.version = "1/../../x" } }
        try add("invalid-index", "two digests for resolved.json") { draft, _ in
            draft.index = { $0.resolved = Digest(of: []) }
        }
        try add("invalid-index", "no row for provenance.json") { draft, _ in draft.index = { $0.members.remove(at: 1) }
        }
        try add("invalid-index", "resolved.json is a program") { draft, _ in
            draft.index = { $0.members[0].mode = "0755" }
        }
        try add("invalid-index", "a negative size") { draft, _ in
            draft.index = { $0.members[$0.members.count - 1].size = -1 }
        }
        try add("invalid-index", "a row that is a file and a link") { draft, _ in
            draft.index = {
                $0.members[$0.members.count - 1].digest = Digest(of: [])
                $0.members[$0.members.count - 1].target = "a"
            }
        }
        try add("invalid-index", "a row with the mode of a setuid program") { draft, _ in
            draft.add("files/zz", [1])
            draft.index = { $0.members[$0.members.count - 1].mode = "4755" }
        }
        try add("too-large", "sizes that overflow") { draft, _ in
            draft.add("files/zy", [1])
            draft.add("files/zz", [1])
            draft.index = { for place in $0.members.indices.suffix(2) { $0.members[place].size = .max } }
        }
        try add("invalid-metadata", "resolved.json is no JSON") { draft, _ in draft.resolved = Array("{".utf8) }
        try add("invalid-metadata", "resolved.json has another shape") { draft, _ in draft.resolved = Array("{}".utf8) }
        try add("duplicate-key", "resolved.json has a key twice") { draft, _ in
            draft.resolved = Array("{\"name\":\"shop\",\"name\":\"evil\"}".utf8)
        }
        try add("metadata-too-deep", "resolved.json is deep") { draft, _ in
            draft.resolved = [UInt8](repeating: 0x5b, count: 1_000)
        }
        try add("metadata-mismatch", "another bundle in resolved.json") { draft, _ in
            draft.bundle = ResolvedBundle(name: "other", manifest: .object([:]), resources: [], waves: [])
        }
        try add("metadata-mismatch", "provenance of other files") { draft, _ in
            let resolved = Digest(of: [UInt8](try CanonicalJSON.encode(draft.bundle)))
            draft.statement = TarForge.statement(resolved: resolved, files: Digest(of: []))
        }
    }

    /// More than the limits allow.
    mutating func addLimits() throws {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        try add("ratio-too-high", "zeros", limit: (.ratio, 50)) { draft, _ in draft.add("files/zz", zeros) }
        try add("too-large", "too much content", limit: (.totalBytes, 1 << 20)) { draft, _ in
            draft.add("files/zz", zeros)
        }
        try add("too-large", "a size of 4 EiB in the table") { draft, _ in
            draft.add("files/zz", [1])
            draft.index = { $0.members[$0.members.count - 1].size = 1 << 62 }
        }
        try add("too-many-members", "too many files", limit: (.members, 3)) { _, _ in }
        try add("too-many-folders", "too many folders", limit: (.folders, 5)) { draft, _ in
            for number in 0..<6 { draft.add("files/e\(number)/a", [1]) }
        }
        try add("path-too-long", "a name that is too long") { draft, random in
            let name = String(repeating: "n", count: 1_025 + random.below(4_000))
            draft.list(TarForge.row("files/\(name)", []))
        }
        try add("path-too-deep", "too many folders in each other") { draft, random in
            let folders = String(repeating: "d/", count: 64 + random.below(300))
            draft.list(TarForge.row("files/\(folders)f", []))
        }
        try add("metadata-too-large", "a large sheaf.json", limit: (.metadataBytes, 100)) { _, _ in }
        try add("metadata-too-complex", "many values", limit: (.metadataValues, 1_000)) { draft, _ in
            let numbers = String(repeating: "0,", count: 1_000)
            draft.head = { $0[0].content = Array("{\"x\":[\(numbers)0],".utf8) + $0[0].content.dropFirst() }
        }
        try add("link-too-long", "a target beyond the limit", limit: (.linkBytes, 8)) { draft, _ in
            draft.list(TarForge.linkRow("files/l", to: "012345678"))
        }
    }
}
