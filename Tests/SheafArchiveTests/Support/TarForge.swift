import SheafArchive
import SheafModel

/// Makes tar archives that nobody should make.
struct TarForge {
    struct Member {
        var path: String
        var content: [UInt8] = []
        var type: Character = "0"
        var target = ""
        var mode = 0o644
        var mtime = 0
        var claimedSize: Int?
    }

    /// The bytes of a member in the ustar form.
    static func bytes(_ member: Member) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ number: Int, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(member.path, at: 0)
        put(octal(member.mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(member.claimedSize ?? member.content.count, 11), at: 124)
        put(octal(member.mtime, 11), at: 136)
        put("        ", at: 148)
        put(String(member.type), at: 156)
        put(member.target, at: 157)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
        let padding = (512 - member.content.count % 512) % 512
        return header + member.content + [UInt8](repeating: 0, count: padding)
    }

    static let end = [UInt8](repeating: 0, count: 1024)

    static func compress(_ tar: [UInt8]) throws -> [UInt8] { try ZstdFrameWriter(level: 3).frame(tar) }

    /// An archive whose table lists `listed` and whose tar holds `held` after the metadata.
    static func archive(
        listed: [ArchiveIndex.Row],
        held: [Member],
        formatVersion: Int = 1,
        bill: [UInt8]? = nil,
        tail: [UInt8] = end
    ) throws -> [UInt8] {
        let resolved = [UInt8](try CanonicalJSON.encode(emptyBundle))
        let digest = Digest(of: resolved)
        var index = ArchiveIndex(
            formatVersion: formatVersion,
            name: "shop",
            version: "1.0.0",
            commitTime: 0,
            resolved: digest,
            members: listed
        )
        let statement = statement(resolved: digest, files: try index.filesDigest)
        let bills = bill.map { [("sbom.cdx.json", $0)] } ?? []
        index.members =
            [row("resolved.json", resolved), row("provenance.json", statement)] + bills.map { row($0.0, $0.1) } + listed
        let head =
            [
                Member(path: "sheaf.json", content: [UInt8](try CanonicalJSON.encode(index))),
                Member(path: "resolved.json", content: resolved),
                Member(path: "provenance.json", content: statement),
            ] + bills.map { Member(path: $0.0, content: $0.1) }
        return try compress((head + held).flatMap(bytes) + tail)
    }

    static func row(_ path: String, _ content: [UInt8], mode: String = "0644") -> ArchiveIndex.Row {
        ArchiveIndex.Row(path: path, size: Int64(content.count), mode: mode, digest: Digest(of: content), target: nil)
    }

    static func linkRow(_ path: String, to target: String) -> ArchiveIndex.Row {
        ArchiveIndex.Row(path: path, size: 0, mode: "0777", digest: nil, target: target)
    }

    private static func statement(resolved: Digest, files: Digest) -> [UInt8] {
        Array(
            """
            {"_type":"https://in-toto.io/Statement/v1","predicate":{"buildDefinition":{"buildType":"urn:sheaf:pack:v1",\
            "externalParameters":{"dirty":true,"subdirectory":""},"resolvedDependencies":[]},"runDetails":{"builder":\
            {"id":"urn:sheaf:packer"}}},"predicateType":"https://slsa.dev/provenance/v1","subject":[{"digest":\
            {"sha256":"\(files.hex)"},"name":"files"},{"digest":{"sha256":"\(resolved.hex)"},"name":"resolved.json"}]}
            """.utf8
        )
    }
}
