import CLinux
import FoundationEssentials
import Glibc
package import SheafModel
import SheafSystem

import struct Crypto.SHA256

/// A `.sheaf` file whose head was read and proven; the files are proven whenever they are read.
package struct Archive: Sendable {
    /// Of the whole file.
    package let digest: Digest
    /// The size of the file in bytes.
    package let size: Int64
    /// What the archive is, and its table of members.
    package let index: ArchiveIndex
    /// Every resource of the bundle, in dependency order.
    package let bundle: ResolvedBundle
    /// Where the files come from, as the archive states it.
    package let provenance: Provenance

    let path: String
    let file: OpenFile
    let limits: ArchiveLimits
    private let indexDigest: Digest

    /// Opens an archive and reads its metadata.
    ///
    /// The whole file is read once for its digest; the files in it are not unpacked.
    ///
    /// - Parameters:
    ///   - path: Of a regular file, which stays open as long as the value lives.
    ///   - scratch: A folder where the file is copied to, without a name, and read from then on: nobody can change what
    ///     was digested any more. Without one the file itself is read, and a change is noticed when it matters.
    ///   - limits: What a hostile archive may cost; errors name the one to raise.
    /// - Throws: `ArchiveError`; `noArchive` when there is no such file.
    /// - Returns: The archive, its metadata proven.
    package static func open(
        _ path: String,
        copiedTo scratch: String? = nil,
        limits: ArchiveLimits = .standard
    ) throws -> Archive {
        var limits = limits
        limits.isRaisable = true
        let source = try openFile(path)
        let copy = try scratch.map { try copied(source, of: path, to: $0) }
        let file = copy?.file ?? source
        // The head can be read while the file is digested, unless it is a copy that had to be written first.
        let sum = Lazily { try copy?.sum ?? Self.sum(of: file) }
        return try Workers.alongside({ sum.begin() }) { [limits] _ in
            try ThreadLocale.plain.run { try Archive(path: path, file: file, limits: limits) { try sum.value } }
        }
    }

    /// The digest of a file and its size.
    private static func sum(of file: OpenFile) throws -> ContentHash.Sum {
        var hash = ContentHash()
        try file.forEachPiece { hash.add($0) }
        return hash.sum
    }

    /// Copies a file to one without a name, and digests what was copied.
    private static func copied(
        _ source: OpenFile,
        of path: String,
        to scratch: String
    ) throws -> (file: OpenFile, sum: ContentHash.Sum) {
        var hash = ContentHash()
        do {
            let copy = try OpenFile.anonymous(in: scratch)
            try source.forEachPiece {
                hash.add($0)
                try copy.write($0)
            }
            return (copy, hash.sum)
        } catch let error as SystemError {
            throw ArchiveError.writing(scratch, error)
        }
    }

    private init(
        path: String,
        file: OpenFile,
        limits: ArchiveLimits,
        sum: () throws -> ContentHash.Sum
    ) throws {
        let pass = try MemberPass(file, limits: limits)
        let (index, indexDigest) = try Self.readIndex(pass, of: path, limits: limits)
        var metadata: [String: [UInt8]] = [:]
        let rows = index.members.prefix { !$0.path.utf8.starts(with: ArchiveLayout.files.utf8) }
        for row in rows { metadata[row.path] = try Self.readMetadata(row, pass, index, limits) }
        let filesDigest = try index.filesDigest
        let bundle: ResolvedBundle
        let statement: ProvenanceStatement
        do {
            bundle = try CanonicalJSON.decode(
                ResolvedBundle.self,
                from: .init(metadata[ArchiveLayout.resolved] ?? [])
            )
            statement = try CanonicalJSON.decode(
                ProvenanceStatement.self,
                from: .init(metadata[ArchiveLayout.provenance] ?? [])
            )
        } catch {
            throw Self.noMetadata(of: path, error)
        }
        try Self.check(bundle, statement, index, filesDigest)
        if let bill = metadata[ArchiveLayout.bom] {
            let expected = BillOfMaterials(
                bundle: bundle,
                version: index.version,
                resolved: index.resolved,
                files: Array(index.members.dropFirst(rows.count)),
                filesDigest: filesDigest
            )
            try Self.check(bill, is: expected, of: path)
        }
        (digest, size) = try sum()
        self.index = index
        self.indexDigest = indexDigest
        self.bundle = bundle
        provenance = statement.provenance
        self.path = path
        self.file = file
        self.limits = limits
    }

    /// Proves the whole archive: every digest, size, mode and name, their order, and that nothing else is in it.
    ///
    /// - Throws: `ArchiveError` for the first thing that is wrong.
    package func verify() throws {
        try forEachMember { _, _, read in try read { _ in } }
        let attachments = try AttachmentCheck(index.members, limits: limits)
        for attachment in bundle.resources.flatMap(\.attachments) where try !attachments.holds(attachment) {
            throw ArchiveError(
                .attachmentMismatch,
                "\(EscapedText.of(attachment.path)) is not the file that resolved.json means",
                hint: "make archives with 'sheaf pack'"
            )
        }
    }

    /// Goes through all members but `sheaf.json`, in order, and proves each once its content was read.
    ///
    /// - Parameter body: Receives the row, where the content begins, and a function that gives the content in pieces;
    ///   it has to call that function exactly once.
    /// - Throws: `ArchiveError` for the first thing that is wrong, and what the body throws.
    func forEachMember(
        _ body: (ArchiveIndex.Row, ArchivePosition, (([UInt8]) throws -> Void) throws -> Void) throws -> Void
    ) throws {
        try ThreadLocale.plain.run {
            let pass = try MemberPass(file, limits: limits, isWhole: true)
            guard let first = try pass.next(), try Digest(of: pass.wholeContent(of: first)) == indexDigest else {
                throw DirectoryAnchor.changed(path)
            }
            for row in index.members {
                guard let entry = try pass.next() else {
                    throw ArchiveError(.missingMember, "the archive lacks \(EscapedText.of(row.path))")
                }
                guard row.path.utf8.elementsEqual(entry.path) else { throw pass.misplaced(entry, in: index) }
                try body(row, pass.contentPosition) { write in try pass.check(entry, against: row, write) }
            }
            if let entry = try pass.next() { throw pass.misplaced(entry, in: index) }
        }
    }

    private static func openFile(_ path: String) throws -> OpenFile {
        do throws(SystemError) {
            let file = try OpenFile.open(path)
            guard try FileType(mode: file.status().st_mode) == .regular else {
                throw SystemError("read", number: EISDIR)
            }
            return file
        } catch {
            guard error.number == ENOENT || error.number == ENOTDIR || error.number == EISDIR else {
                throw ArchiveError.reading(path, error)
            }
            throw ArchiveError(
                .noArchive,
                "\(EscapedText.of(path)) is no file",
                hint: "make archives with 'sheaf pack'"
            )
        }
    }

    private static func readIndex(
        _ pass: MemberPass,
        of path: String,
        limits: ArchiveLimits
    ) throws -> (ArchiveIndex, Digest) {
        let entry = try pass.next()
        guard let entry, entry.path.elementsEqual(ArchiveLayout.index.utf8) else {
            throw try withoutIndex(pass, first: entry, of: path)
        }
        guard entry.kind == .file else { throw ArchiveError(.kindMismatch, "sheaf.json in the archive is no file") }
        guard entry.mode == 0o644 else {
            throw ArchiveError(.modeMismatch, "sheaf.json in the archive has another mode than 0644")
        }
        let bytes = try pass.wholeContent(of: entry)
        return (try IndexRules.decode(bytes, of: path, limits: limits), Digest(of: bytes))
    }

    /// Tells whether the index comes later or not at all.
    private static func withoutIndex(_ pass: MemberPass, first: TarEntry?, of path: String) throws -> ArchiveError {
        var entry = first
        do {
            while let other = entry, !other.path.elementsEqual(ArchiveLayout.index.utf8) {
                try pass.forEachPiece { _ in }
                entry = try pass.next()
            }
        } catch is ArchiveError {
            // Whatever is wrong with it, it is some other tar.
            entry = nil
        }
        if let first, entry != nil {
            return ArchiveError(
                .indexNotFirst,
                "\(EscapedText.of(first.path)) stands before sheaf.json in the archive",
                hint: "do not use it: somebody added a file"
            )
        }
        return ArchiveError(
            .noIndex,
            "\(EscapedText.of(path)) is no sheaf archive: it has no sheaf.json",
            hint: "make archives with 'sheaf pack'"
        )
    }

    private static func readMetadata(
        _ row: ArchiveIndex.Row,
        _ pass: MemberPass,
        _ index: ArchiveIndex,
        _ limits: ArchiveLimits
    ) throws -> [UInt8] {
        guard let entry = try pass.next() else {
            throw ArchiveError(.missingMember, "the archive lacks \(EscapedText.of(row.path))")
        }
        guard row.path.utf8.elementsEqual(entry.path) else { throw pass.misplaced(entry, in: index) }
        guard row.size <= limits.metadataBytes else {
            throw limits.exceeded(.metadataBytes, by: row.path, found: row.size)
        }
        var bytes: [UInt8] = []
        try pass.check(entry, against: row) { bytes += $0 }
        try MetadataText.check(bytes, of: row.path, limits: limits, failure: .invalidMetadata)
        return bytes
    }

    private static func check(
        _ bundle: ResolvedBundle,
        _ statement: ProvenanceStatement,
        _ index: ArchiveIndex,
        _ filesDigest: SheafModel.Digest
    ) throws {
        guard bundle.formatVersion <= ResolvedBundle.currentFormat else {
            throw ArchiveError(
                .newerFormat,
                "the archive's resolved.json has a newer format than this sheaf reads",
                hint: "install a newer sheaf"
            )
        }
        guard bundle.name == index.name, statement.isAbout(resolved: index.resolved, files: filesDigest)
        else {
            throw ArchiveError(
                .metadataMismatch,
                "the archive's sheaf.json, resolved.json and provenance.json contradict each other",
                hint: "make archives with 'sheaf pack'"
            )
        }
    }

    private static func check(_ bytes: [UInt8], is expected: BillOfMaterials, of path: String) throws {
        let isRight: Bool
        do {
            isRight = try BillOfMaterialsReader.isBill(bytes, of: expected)
        } catch {
            throw noMetadata(of: path, error)
        }
        guard isRight else {
            throw ArchiveError(
                .metadataMismatch,
                "the archive's \(ArchiveLayout.bom) is not about its files",
                hint: "make archives with 'sheaf pack'"
            )
        }
    }

    private static func noMetadata(of path: String, _ error: any Error) -> ArchiveError {
        ArchiveError(
            .invalidMetadata,
            "the metadata of \(EscapedText.of(path)) is not the JSON that it should be: \(error)",
            hint: "make archives with 'sheaf pack'"
        )
    }
}
