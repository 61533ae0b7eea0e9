import FoundationEssentials
import Glibc
package import SheafModel
import SheafSystem

import struct Crypto.SHA256

/// Makes archives: equal sources, versions and times give equal bytes, on every machine.
///
/// Content is read once, so that what the table says about a file is what the archive holds, even when somebody edits
/// the file meanwhile. Memory is bounded by a few frames; only a file that comes from git's database is held whole.
package struct Packer: Sendable {
    private let level: Int
    private let scratch: String
    private let limits: ArchiveLimits

    /// The level that every archive is written with unless somebody decides otherwise; it is part of the bytes.
    package static let standardLevel = 3

    /// Makes a packer.
    ///
    /// - Parameters:
    ///   - compressionLevel: Of zstd, 1 to 19.
    ///   - scratch: A folder for a temporary file without a name; it needs the space of the archive.
    ///   - limits: What a reader would refuse is not written.
    package init(
        compressionLevel: Int = Packer.standardLevel,
        scratch: String = "/tmp",
        limits: ArchiveLimits = .standard
    ) {
        level = min(max(compressionLevel, 1), 19)
        self.scratch = scratch
        self.limits = limits
    }

    /// Packs a source.
    ///
    /// - Parameters:
    ///   - source: Its members are read now.
    ///   - bundle: Resolved from this very source.
    ///   - version: By semver.org, without a leading `v`.
    ///   - commitTime: Seconds since 1970; the commit's, or `SOURCE_DATE_EPOCH`.
    /// - Throws: `ArchiveError` of kind `invalidVersion`, `fileChanged`, `unreadable`, `tooLarge`, `noSpace` or
    ///   `cannotWrite`.
    /// - Returns: The archive, which is gone again unless it is written or kept.
    package func pack(
        _ source: SourceTree,
        bundle: ResolvedBundle,
        version: String,
        commitTime: Int64
    ) throws -> PackedArchive {
        guard SemanticVersion(version) != nil else {
            throw ArchiveError(
                .invalidVersion,
                "'\(EscapedText.of(version))' is no version",
                hint: "give one like 1.2.0 or 1.2.0-rc.1 with --bundle-version",
                failureClass: .usage
            )
        }
        return try ThreadLocale.utf8.run {
            let body: OpenFile
            do throws(SystemError) {
                body = try OpenFile.anonymous(in: scratch)
            } catch {
                throw ArchiveError.writing(scratch, error)
            }
            let files = try writeFiles(of: source, to: body)
            try checkAttachments(of: bundle, against: files)
            let head = try makeHead(source, bundle, version, commitTime, files)
            return try PackedArchive(head: head, body: body)
        }
    }

    /// Writes the frames of all files, and of the tar's end.
    ///
    /// - Returns: The rows of the table.
    private func writeFiles(of source: SourceTree, to body: OpenFile) throws -> [ArchiveIndex.Row] {
        let stream = try FrameStream(level: level) { bytes in
            do {
                try body.write(bytes)
            } catch let error as SystemError {
                throw ArchiveError.writing(body.name, error)
            }
        }
        var rows: [ArchiveIndex.Row] = []
        var total: Int64 = 0
        for member in source.members {
            total += member.size + 3 * Int64(TarWriter.blockSize)
            guard total <= limits.totalBytes else {
                throw ArchiveError(
                    .tooLarge,
                    "the files are larger than the \(limits.totalBytes) bytes that an archive may hold",
                    hint: "name what is not needed in .sheafignore"
                )
            }
            rows.append(try add(member, of: source, to: stream))
        }
        try stream.finish()
        return rows
    }

    private func add(
        _ member: SourceMember,
        of source: SourceTree,
        to stream: FrameStream
    ) throws -> ArchiveIndex.Row {
        let path = ArchiveLayout.files + member.path.text
        var row = ArchiveIndex.Row(
            path: path,
            size: member.size,
            mode: ModeText.of(member.mode),
            digest: nil,
            target: member.linkTarget
        )
        var hash = SHA256()
        var count: Int64 = 0
        try stream.add(path, kind: member.kind, size: member.size) { write in
            guard row.target == nil else { return }
            try source.readContent(of: member) { piece in
                count += Int64(piece.count)
                guard count <= member.size else { throw DirectoryAnchor.changed(source.displayPath(member.path.text)) }
                hash.update(data: piece)
                try write(piece)
            }
            guard count == member.size else { throw DirectoryAnchor.changed(source.displayPath(member.path.text)) }
            row.digest = Digest(hash.finalize())
        } endsFrame: { stored in
            let identity = row.digest ?? Digest(of: Array((row.target ?? "").utf8))
            return FrameBoundary.ends(after: path, identity: identity, size: stored)
        }
        return row
    }

    /// Proves that the bundle was resolved from the same bytes.
    private func checkAttachments(of bundle: ResolvedBundle, against rows: [ArchiveIndex.Row]) throws {
        let digests = try AttachmentCheck(rows)
        for attachment in bundle.resources.flatMap(\.attachments) {
            guard try digests.holds(attachment) else {
                throw DirectoryAnchor.changed(attachment.path)
            }
        }
    }

    /// The first frame: `sheaf.json`, `resolved.json`, `provenance.json` and `sbom.cdx.json`.
    private func makeHead(
        _ source: SourceTree,
        _ bundle: ResolvedBundle,
        _ version: String,
        _ commitTime: Int64,
        _ files: [ArchiveIndex.Row]
    ) throws -> [UInt8] {
        let resolved = [UInt8](try CanonicalJSON.encode(bundle))
        let resolvedDigest = Digest(of: resolved)
        let filesDigest = try ArchiveIndex.filesDigest(files)
        let statement = ProvenanceStatement(source.provenance, resolved: resolvedDigest, files: filesDigest)
        let provenance = [UInt8](try CanonicalJSON.encode(statement))
        let bill = BillOfMaterials(
            bundle: bundle,
            version: version,
            resolved: resolvedDigest,
            files: files,
            filesDigest: filesDigest
        )
        let others = [
            (ArchiveLayout.resolved, resolved), (ArchiveLayout.provenance, provenance),
            (ArchiveLayout.bom, try bill.encoded()),
        ]
        let rows = others.map { name, bytes in
            ArchiveIndex.Row(
                path: name,
                size: Int64(bytes.count),
                mode: ModeText.of(0o644),
                digest: Digest(of: bytes),
                target: nil
            )
        }
        let index = ArchiveIndex(
            formatVersion: ArchiveIndex.currentFormat,
            name: bundle.name,
            version: version,
            commitTime: commitTime,
            resolved: resolvedDigest,
            members: rows + files
        )
        let head = HeadBuffer()
        let stream = try FrameStream(level: level) { head.bytes += $0 }
        for (name, bytes) in [(ArchiveLayout.index, [UInt8](try CanonicalJSON.encode(index)))] + others {
            guard bytes.count <= limits.metadataBytes else {
                throw ArchiveError(.tooLarge, "\(name) is larger than \(limits.metadataBytes) bytes")
            }
            // All of them in one frame, whatever their size: only the end of the loop ends it.
            try stream.addWhole(name, bytes)
        }
        try stream.endFrame()
        return head.bytes
    }

    /// Collects the first frame.
    private final class HeadBuffer {
        var bytes: [UInt8] = []
    }
}

/// Permission bits as the table writes them.
enum ModeText {
    /// Four octal digits.
    static func of(_ mode: UInt16) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
