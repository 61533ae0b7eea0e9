import SheafModel

import struct Crypto.SHA256

/// One pass over an archive's members, each checked as it comes by.
///
/// All of it has to run under `ThreadLocale.plain`.
final class MemberPass {
    private let zstd: ZstdReader
    private let tar: TarReader
    private let name: String
    private let limits: ArchiveLimits
    private var seen: Set<[UInt8]> = []
    /// Where the next header has to begin.
    private var expectedHeader: Int64 = 0

    /// Begins at the first member.
    init(_ file: OpenFile, limits: ArchiveLimits) throws {
        let zstd = try ZstdReader(file, limits: limits)
        self.zstd = zstd
        self.limits = limits
        name = file.name
        tar = try TarReader { try zstd.next() }
    }

    /// Where the content of the current member begins.
    private(set) var contentPosition = ArchivePosition(frame: 0, offset: 0)

    /// The next member, whose path is proven to be one; nil at the end, behind which there is nothing.
    ///
    /// - Throws: `ArchiveError` of kind `hardLink`, `specialFile`, `duplicateMember`, `memberMismatch`, `trailingData`,
    ///   `truncated`, and what the name gives.
    func next() throws -> TarEntry? {
        guard let entry = try tar.next() else {
            try checkEnd()
            return nil
        }
        let shown = EscapedText.of(entry.path)
        switch entry.kind {
        case .hardLink: throw ArchiveError(.hardLink, "\(shown) in the archive is a hard link")
        case .special:
            throw ArchiveError(.specialFile, "\(shown) in the archive is a folder, a device, a pipe or a socket")
        case .file, .link: break
        }
        _ = try MemberPath(entry.path, limits: limits)
        guard seen.insert(entry.path).inserted else {
            throw ArchiveError(.duplicateMember, "the archive holds \(shown) twice")
        }
        guard seen.count <= limits.members + ArchiveLayout.metadata.count else {
            throw ArchiveError(.tooLarge, "the archive holds more than \(limits.members) files")
        }
        guard (0...limits.totalBytes).contains(entry.size) else {
            throw ArchiveError(.tooLarge, "\(shown) in the archive is larger than \(limits.totalBytes) bytes")
        }
        guard entry.isPlain, tar.headerPosition == expectedHeader else {
            throw ArchiveError(
                .memberMismatch,
                "\(shown) in the archive has a time, an owner or attributes",
                hint: "make archives with 'sheaf pack'"
            )
        }
        let start = tar.position
        expectedHeader = start + (entry.size + 511) / 512 * 512
        contentPosition = zstd.position(of: start) ?? contentPosition
        return entry
    }

    /// The content of the current member in pieces.
    func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        while true {
            let piece = try tar.content()
            if piece.isEmpty { return }
            try body(piece)
        }
    }

    /// The content of a member of metadata.
    func wholeContent(of entry: TarEntry) throws -> [UInt8] {
        guard entry.size <= limits.metadataBytes else {
            throw ArchiveError(.tooLarge, "\(EscapedText.of(entry.path)) in the archive is too large")
        }
        var bytes: [UInt8] = []
        try forEachPiece { bytes += $0 }
        return bytes
    }

    /// Compares the current member with its row, and gives its content to a body.
    ///
    /// - Throws: `ArchiveError` of kind `memberMismatch`, `digestMismatch`, and what the body throws.
    func check(_ entry: TarEntry, against row: ArchiveIndex.Row, _ body: ([UInt8]) throws -> Void) throws {
        let kind = row.target.map { TarEntry.Kind.link(target: Array($0.utf8)) } ?? .file
        guard entry.kind == kind, entry.size == row.size, ModeText.of(entry.mode) == row.mode else {
            throw ArchiveError(
                .memberMismatch,
                "\(EscapedText.of(row.path)) has another size, mode or target than sheaf.json says",
                hint: "copy or pull the archive again"
            )
        }
        guard let digest = row.digest else { return }
        var hash = SHA256()
        var count: Int64 = 0
        try forEachPiece {
            hash.update(data: $0)
            count += Int64($0.count)
            try body($0)
        }
        guard count == row.size, SheafModel.Digest(hash.finalize()) == digest else {
            throw ArchiveError(
                .digestMismatch,
                "\(EscapedText.of(row.path)) has another content than sheaf.json says",
                hint: "copy or pull the archive again"
            )
        }
    }

    /// Tells why a member is not the one that the table has at its place.
    func misplaced(_ entry: TarEntry, in index: ArchiveIndex) -> ArchiveError {
        let shown = EscapedText.of(entry.path)
        if index.members.contains(where: { $0.path.utf8.elementsEqual(entry.path) }) {
            return ArchiveError(.memberOrder, "\(shown) is at the wrong place in the archive")
        }
        return ArchiveError(
            .unknownMember,
            "the archive holds \(shown), which its sheaf.json does not list",
            hint: "do not use it: somebody added a file"
        )
    }

    /// Proves that the archive ends with two empty blocks and nothing else.
    private func checkEnd() throws {
        while try !zstd.next().isEmpty {}
        let end = expectedHeader + 2 * Int64(TarWriter.blockSize)
        if zstd.produced < end {
            throw ArchiveError(.truncated, "\(EscapedText.of(name)) ends too early", hint: "copy or pull it again")
        }
        guard zstd.produced == end, tar.position == end else {
            throw ArchiveError(
                .trailingData,
                "\(EscapedText.of(name)) has something behind its last member",
                hint: "copy or pull it again"
            )
        }
    }
}
