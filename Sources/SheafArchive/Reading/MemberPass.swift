import SheafModel

import struct Crypto.SHA256

/// One pass over an archive's members, each checked as it comes by.
///
/// All of it has to run under `ThreadLocale.plain`.
final class MemberPass {
    private let zstd: ZstdStream
    private let tar: TarReader
    private let name: String
    private let limits: ArchiveLimits
    private var seen: Set<[UInt8]> = []
    /// Where the next header has to begin.
    private var expectedHeader: Int64 = 0

    /// Begins at the first member.
    ///
    /// - Parameters:
    ///   - file: The archive.
    ///   - limits: What it may cost.
    ///   - isWhole: Whether all members are read, so that decompressing ahead of them is worth a thread.
    /// - Throws: What `ZstdStream` and `TarReader` throw.
    init(_ file: OpenFile, limits: ArchiveLimits, isWhole: Bool = false) throws {
        let zstd = try ZstdStream(file, limits: limits, isAhead: isWhole)
        self.zstd = zstd
        self.limits = limits
        name = file.name
        // Two blocks of headers, and records with a path and a target.
        let mostHeaderBytes = limits.pathBytes + limits.linkBytes + 4 * TarWriter.blockSize
        tar = try TarReader(mostHeaderBytes: mostHeaderBytes) { try zstd.next() }
    }

    /// Where the content of the current member begins.
    private(set) var contentPosition = ArchivePosition(frame: 0, offset: 0)

    /// The next member, whose path is proven to be one; nil at the end, behind which there is nothing.
    ///
    /// - Throws: `ArchiveError` of the kinds that `TarHeader` gives, `hardLink`, `specialFile`, `folderMember`,
    ///   `foreignAttributes`, `duplicateMember`, `trailingData`, `concatenated`, `truncated`, `malformedTar`, and what
    ///   the name and the limits give.
    func next() throws -> TarEntry? {
        guard let entry = try tar.next() else {
            try checkEnd()
            return nil
        }
        zstd.forget(before: expectedHeader)
        let shown = EscapedText.of(entry.path)
        let fault =
            tar.header(from: expectedHeader).map { TarHeader($0).fault }
            ?? (kind: .foreignHeader, reason: "has headers that are not its own")
        // A name says more than a header of an unknown form, and a kind more than a name.
        if let fault, fault.kind != .foreignHeader { throw Self.failure(fault, shown) }
        try checkKind(of: entry, shown)
        // The limits are those of the bundle's paths, as when it is packed.
        let isFile = entry.path.starts(with: ArchiveLayout.files.utf8)
        _ = try MemberPath(
            isFile ? Array(entry.path.dropFirst(ArchiveLayout.files.utf8.count)) : entry.path,
            limits: limits
        )
        if let fault { throw Self.failure(fault, shown) }
        guard seen.insert(entry.path).inserted else {
            throw ArchiveError(.duplicateMember, "the archive holds \(shown) twice")
        }
        guard seen.count <= limits.members + ArchiveLayout.metadata.count else {
            throw limits.exceeded(.members, by: EscapedText.of(name), found: Int64(seen.count))
        }
        guard (0...limits.totalBytes).contains(entry.size) else {
            throw limits.exceeded(.totalBytes, by: "\(shown) in the archive", found: entry.size)
        }
        guard entry.isPlain else {
            throw ArchiveError(
                .foreignAttributes,
                "\(shown) in the archive has a time, an owner or attributes",
                hint: Self.maker
            )
        }
        let start = tar.position
        expectedHeader = start + (entry.size + 511) / 512 * 512
        contentPosition = zstd.position(of: start) ?? contentPosition
        return entry
    }

    private func checkKind(of entry: TarEntry, _ shown: String) throws {
        if entry.isSparse { throw ArchiveError(.sparse, "\(shown) in the archive is a sparse file") }
        switch entry.kind {
        case .hardLink: throw ArchiveError(.hardLink, "\(shown) in the archive is a hard link")
        case .folder: throw ArchiveError(.folderMember, "\(shown) in the archive is a folder")
        case .special: throw ArchiveError(.specialFile, "\(shown) in the archive is neither a file nor a link")
        case .file, .link: break
        }
    }

    private static func failure(_ fault: (kind: ArchiveError.Kind, reason: String), _ shown: String) -> ArchiveError {
        ArchiveError(fault.kind, "\(shown) in the archive \(fault.reason)", hint: maker)
    }

    private static let maker = "make archives with 'sheaf pack'"

    /// The content of the current member in pieces.
    func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        while true {
            let piece = try tar.content()
            if piece.isEmpty { return }
            zstd.forget(before: tar.position)
            try body(piece)
        }
    }

    /// The content of a member of metadata.
    func wholeContent(of entry: TarEntry) throws -> [UInt8] {
        guard entry.size <= limits.metadataBytes else {
            throw limits.exceeded(.metadataBytes, by: EscapedText.of(entry.path), found: entry.size)
        }
        var bytes: [UInt8] = []
        try forEachPiece { bytes += $0 }
        return bytes
    }

    /// Compares the current member with its row, and gives its content to a body.
    ///
    /// - Throws: `ArchiveError` of kind `kindMismatch`, `sizeMismatch`, `modeMismatch`, `targetMismatch`,
    ///   `digestMismatch`, and what the body throws.
    func check(_ entry: TarEntry, against row: ArchiveIndex.Row, _ body: ([UInt8]) throws -> Void) throws {
        switch (entry.kind, row.target) {
        case (.file, nil): break
        case (.link(let target), let listed?):
            guard target.elementsEqual(listed.utf8) else { throw Self.differs(row, .targetMismatch, "another target") }
        default: throw Self.differs(row, .kindMismatch, "another kind")
        }
        guard entry.size == row.size else { throw Self.differs(row, .sizeMismatch, "another size") }
        guard ModeText.of(entry.mode) == row.mode else { throw Self.differs(row, .modeMismatch, "another mode") }
        guard let digest = row.digest else { return }
        var hash = SHA256()
        var count: Int64 = 0
        try forEachPiece {
            hash.update(data: $0)
            count += Int64($0.count)
            try body($0)
        }
        guard count == row.size, SheafModel.Digest(hash.finalize()) == digest else {
            throw Self.differs(row, .digestMismatch, "another content")
        }
    }

    private static func differs(_ row: ArchiveIndex.Row, _ kind: ArchiveError.Kind, _ what: String) -> ArchiveError {
        ArchiveError(
            kind,
            "\(EscapedText.of(row.path)) has \(what) than sheaf.json says",
            hint: "copy or pull the archive again"
        )
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
        let end = expectedHeader + 2 * Int64(TarWriter.blockSize)
        while zstd.produced <= end, try !zstd.next().isEmpty {}
        if zstd.produced < end {
            throw ArchiveError(.truncated, "\(EscapedText.of(name)) ends too early", hint: "copy or pull it again")
        }
        guard zstd.produced == end, tar.position == end else {
            // A frame that begins right there is more likely a second archive than a changed first one.
            let isSecond = zstd.position(of: end)?.offset == 0
            throw ArchiveError(
                isSecond ? .concatenated : .trailingData,
                "\(EscapedText.of(name)) has \(isSecond ? "another archive" : "something") behind its last member",
                hint: "copy or pull it again"
            )
        }
    }
}
