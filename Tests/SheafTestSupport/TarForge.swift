package import SheafArchive
package import SheafModel

/// Makes tar archives that nobody should make.
package struct TarForge {
    /// One member, or what pretends to be one.
    package struct Member: Sendable {
        package var path: [UInt8]
        package var content: [UInt8]
        package var type: Character
        package var target: String
        package var mode: Int
        package var mtime: Int
        package var claimedSize: Int?
        /// Blocks that come before the header.
        package var before: [UInt8] = []
        /// What is written over the header; its checksum is right afterwards.
        package var patches: [(offset: Int, bytes: [UInt8])] = []

        package init(
            path: String,
            content: [UInt8] = [],
            type: Character = "0",
            target: String = "",
            mode: Int = 0o644,
            mtime: Int = 0,
            claimedSize: Int? = nil
        ) {
            self.path = Array(path.utf8)
            self.content = content
            self.type = type
            self.target = target
            self.mode = mode
            self.mtime = mtime
            self.claimedSize = claimedSize
        }
    }

    /// The smallest bundle.
    package static let bundle = ResolvedBundle(name: "shop", manifest: .object([:]), resources: [], waves: [])

    /// The bytes of a member in the ustar form.
    package static func bytes(_ member: Member) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            header.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        func octal(_ number: Int, _ width: Int) -> String.UTF8View {
            let digits = String(number, radix: 8)
            return (String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8
        }
        put(member.path.prefix(100), at: 0)
        put(octal(member.mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(member.claimedSize ?? member.content.count, 11), at: 124)
        put(octal(member.mtime, 11), at: 136)
        put("        ".utf8, at: 148)
        put(String(member.type).utf8, at: 156)
        put(member.target.utf8.prefix(100), at: 157)
        put("ustar".utf8, at: 257)
        put("00".utf8, at: 263)
        for patch in member.patches { put(patch.bytes, at: patch.offset) }
        put("        ".utf8, at: 148)
        put(Array(octal(header.reduce(0) { $0 + Int($1) }, 6)) + [0, 0x20], at: 148)
        return member.before + header + padded(member.content)
    }

    /// Bytes up to the next full block.
    package static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// The two empty blocks.
    package static let end = [UInt8](repeating: 0, count: 1024)

    package static func compress(_ tar: [UInt8]) throws -> [UInt8] { try ZstdFrameWriter(level: 3).frame(tar) }

    /// An archive whose table lists `listed` and whose tar holds `held` after the metadata.
    package static func archive(
        listed: [ArchiveIndex.Row],
        held: [Member],
        formatVersion: Int = 1,
        bill: [UInt8]? = nil,
        tail: [UInt8] = end
    ) throws -> [UInt8] {
        let head = try head(listed: listed, bill: bill) { $0.formatVersion = formatVersion }
        return try compress((head + held).flatMap(bytes) + tail)
    }

    /// The members of metadata for rows below `files/`, all of them right unless somebody changes the index.
    package static func head(
        listed: [ArchiveIndex.Row],
        bundle: ResolvedBundle = bundle,
        resolved: [UInt8]? = nil,
        statement: [UInt8]? = nil,
        bill: [UInt8]? = nil,
        change: (inout ArchiveIndex) -> Void = { _ in }
    ) throws -> [Member] {
        let resolved = try resolved ?? [UInt8](CanonicalJSON.encode(bundle))
        let digest = Digest(of: resolved)
        var index = ArchiveIndex(
            formatVersion: 1,
            name: "shop",
            version: "1.0.0",
            commitTime: 0,
            resolved: digest,
            members: listed
        )
        let statement = try statement ?? Self.statement(resolved: digest, files: index.filesDigest)
        let bills = bill.map { [("sbom.cdx.json", $0)] } ?? []
        index.members =
            [row("resolved.json", resolved), row("provenance.json", statement)] + bills.map { row($0.0, $0.1) } + listed
        change(&index)
        return [
            Member(path: "sheaf.json", content: [UInt8](try CanonicalJSON.encode(index))),
            Member(path: "resolved.json", content: resolved),
            Member(path: "provenance.json", content: statement),
        ] + bills.map { Member(path: $0.0, content: $0.1) }
    }

    package static func row(_ path: String, _ content: [UInt8], mode: String = "0644") -> ArchiveIndex.Row {
        ArchiveIndex.Row(path: path, size: Int64(content.count), mode: mode, digest: Digest(of: content), target: nil)
    }

    package static func linkRow(_ path: String, to target: String) -> ArchiveIndex.Row {
        ArchiveIndex.Row(path: path, size: 0, mode: "0777", digest: nil, target: target)
    }

    /// An extended header of pax, or another one that says something about the member after it.
    package static func extended(_ records: [(String, String)], type: Character = "x", raw: [UInt8]? = nil) -> [UInt8] {
        let text = raw ?? records.flatMap { record($0.0, $0.1) }
        return bytes(Member(path: "././@Header", content: text, type: type))
    }

    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n".utf8.count
        var length = rest
        while length != rest + String(length).utf8.count { length = rest + String(length).utf8.count }
        return Array("\(length) \(key)=\(value)\n".utf8)
    }

    /// The provenance of no commit.
    package static func statement(resolved: Digest, files: Digest) -> [UInt8] {
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
