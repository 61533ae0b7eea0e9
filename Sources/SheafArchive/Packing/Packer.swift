import FoundationEssentials
package import SheafModel
import SheafSystem

/// Makes archives: equal sources, versions and times give equal bytes, on every machine.
///
/// Frames that an earlier pack made are taken over from a cache, so that only what changed is read and compressed; the
/// bytes are the same with and without it, and with any number of threads. Content is read once, so that what the table
/// says about a file is what the archive holds, even when somebody edits the file meanwhile. Memory is bounded by a few
/// frames for each thread; only a blob that git has stored as a difference is held whole.
package struct Packer: Sendable {
    /// What is packed beside the files.
    private struct Subject: Sendable {
        var bundle: ResolvedBundle
        var manifest: String
        var version: String
        var commitTime: Int64
    }

    private let level: Int
    private let scratch: String
    private let limits: ArchiveLimits
    private let cache: PackCache?
    private let threads: Int

    /// The level that every archive is written with unless somebody decides otherwise; it is part of the bytes.
    package static let standardLevel = 3

    /// How often a cache that holds something wrong is tried again before the pack goes without it.
    private static let mostAttempts = 8

    /// Makes a packer.
    ///
    /// - Parameters:
    ///   - compressionLevel: Of zstd, 1 to 19.
    ///   - scratch: A folder for temporary files without names; it needs the space of the archive. An archive can be
    ///     written to that folder without being copied.
    ///   - cache: What earlier packs made; nil to make everything anew.
    ///   - threads: How many read and compress; nil for as many as there are processors.
    ///   - limits: What a reader would refuse is not written.
    package init(
        compressionLevel: Int = Packer.standardLevel,
        scratch: String = "/tmp",
        cache: PackCache? = nil,
        threads: Int? = nil,
        limits: ArchiveLimits = .standard
    ) {
        level = min(max(compressionLevel, 1), 19)
        self.scratch = scratch
        self.cache = cache
        self.threads = max(threads ?? Workers.standardCount, 1)
        self.limits = limits
    }

    /// Packs a source.
    ///
    /// - Parameters:
    ///   - source: Its members are read now.
    ///   - bundle: Resolved from this very source.
    ///   - manifest: The path of the manifest that it was resolved from.
    ///   - version: By semver.org, without a leading `v`.
    ///   - commitTime: Seconds since 1970; the commit's, or `SOURCE_DATE_EPOCH`.
    /// - Throws: `ArchiveError` of kind `invalidVersion`, `fileChanged`, `unreadable`, `tooLarge`, `metadataTooLarge`,
    ///   `noSpace` or `cannotWrite`; a cache that cannot be used is no reason to fail.
    /// - Returns: The archive, which is gone again unless it is written or kept.
    package func pack(
        _ source: SourceTree,
        bundle: ResolvedBundle,
        manifest: String = ArchiveIndex.standardManifest,
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
        let content = try checkedSize(of: source)
        let subject = Subject(bundle: bundle, manifest: manifest, version: version, commitTime: commitTime)
        return try ThreadLocale.utf8.run {
            var trustsFacts = cache != nil
            for _ in 0..<Self.mostAttempts {
                let session = PackSession(cache: cache, trustsFacts: trustsFacts, scratch: scratch, content: content)
                do {
                    return try pack(source, subject, session)
                } catch PackSession.Damage.frame(let key) {
                    cache?.frames.remove(key)
                } catch PackSession.Damage.facts {
                    cache?.forgetFacts()
                    trustsFacts = false
                }
            }
            let session = PackSession(cache: nil, trustsFacts: false, scratch: scratch, content: content)
            return try pack(source, subject, session)
        }
    }

    private func pack(
        _ source: SourceTree,
        _ subject: Subject,
        _ session: PackSession
    ) throws -> PackedArchive {
        let plan = FramePlan.frames(of: source.members)
        let headOf: @Sendable ([Digest?]) throws -> [UInt8] = { digests in
            try ThreadLocale.utf8.run {
                let rows = rows(of: source.members, digests)
                try checkAttachments(of: subject.bundle, against: rows)
                return try makeHead(source, subject, rows, session)
            }
        }
        let tail = try FrameMaker(source, session: session, level: level).lastFrame()
        let output = try PackSession.anonymous(in: scratch)
        var made: (digest: Digest, size: Int64)?
        if session.trustsFacts, let digests = try Survey.digests(of: source, session: session, threads: threads) {
            made = try increment(source, plan, digests, session, output, tail) { try headOf(digests) }
        }
        let result = try made ?? full(source, plan, session, output, tail, headOf)
        session.finish(source.members)
        return PackedArchive(
            output,
            digest: result.digest,
            size: result.size,
            cacheTrouble: session.trouble.map { "\(EscapedText.of(cache?.frames.folder ?? "")): \($0.reason)" }
        )
    }

    /// Packs what is not known before it is read.
    private func full(
        _ source: SourceTree,
        _ plan: [Range<Int>],
        _ session: PackSession,
        _ output: OpenFile,
        _ tail: [UInt8],
        _ headOf: @escaping @Sendable ([Digest?]) throws -> [UInt8]
    ) throws -> (digest: Digest, size: Int64) {
        let level = level
        let frames = try Workers.map(count: plan.count, threads: threads) {
            try FrameMaker(source, session: session, level: level)
        } _: { number, maker in
            try ThreadLocale.utf8.run { try maker.frame(of: plan[number]) }
        }
        let head = try headOf(frames.flatMap(\.digests))
        let assembly = Assembly(frames: frames, session: session, output: output) { frames[$0] }
        return try assemble(assembly, session, tail, Lazily { head })
    }

    /// Packs what is known, so that only the missing frames are made.
    private func increment(
        _ source: SourceTree,
        _ plan: [Range<Int>],
        _ digests: [Digest?],
        _ session: PackSession,
        _ output: OpenFile,
        _ tail: [UInt8],
        _ head: @escaping @Sendable () throws -> [UInt8]
    ) throws -> (digest: Digest, size: Int64) {
        let makers = FrameMakers(source, session: session, level: level)
        let head = Lazily(head)
        // Where nothing is missing, making the head takes as long as looking for the frames.
        let found = try Workers.alongside({ head.begin() }) { _ in
            try Workers.map(count: plan.count, threads: threads) { number in
                try makers.use { $0.find(plan[number], Array(digests[plan[number]])) }
            }
        }
        let assembly = Assembly(frames: found, session: session, output: output) { number in
            try makers.use { try $0.frame(of: plan[number], digests: Array(digests[plan[number]])) }
        }
        return try assemble(assembly, session, tail, head)
    }

    private func assemble(
        _ assembly: Assembly,
        _ session: PackSession,
        _ tail: [UInt8],
        _ head: Lazily<[UInt8]>
    ) throws -> (digest: Digest, size: Int64) {
        if let frames = assembly.frames, let record = session.record(head: try head.value, frames: frames, tail: tail) {
            let size = try assembly.copy(threads: threads, head: try head.value, tail: tail)
            if size == record.size { return (record.digest, size) }
        }
        let result = try assembly.run(threads: max(threads, Self.leastReaders), tail: tail) { try head.value }
        if let frames = assembly.frames {
            session.keep(ArchiveRecord(result), head: try head.value, frames: frames, tail: tail)
        }
        return result
    }

    /// How many threads read frames beside the one that digests them, however few processors there are.
    private static let leastReaders = 2

    /// What the files will take in the tar, about.
    private func checkedSize(of source: SourceTree) throws -> Int64 {
        var total: Int64 = 0
        for member in source.members {
            total += member.size + 3 * Int64(TarWriter.blockSize)
            guard total <= limits.totalBytes else {
                throw limits.exceeded(.totalBytes, by: "the bundle", found: total)
            }
        }
        return total
    }

    private func rows(of members: [SourceMember], _ digests: [Digest?]) -> [ArchiveIndex.Row] {
        zip(members, digests).map { member, digest in
            ArchiveIndex.Row(
                path: ArchiveLayout.files + member.path.text,
                size: member.size,
                mode: ModeText.of(member.mode),
                digest: digest,
                target: member.linkTarget
            )
        }
    }

    /// Proves that the bundle was resolved from the same bytes.
    private func checkAttachments(of bundle: ResolvedBundle, against rows: [ArchiveIndex.Row]) throws {
        let attachments = bundle.resources.flatMap(\.attachments)
        guard !attachments.isEmpty else { return }
        let digests = try AttachmentCheck(rows)
        for attachment in attachments {
            guard try digests.holds(attachment) else {
                throw DirectoryAnchor.changed(attachment.path)
            }
        }
    }

    /// The first frame: `sheaf.json`, `resolved.json`, `provenance.json` and `sbom.cdx.json`.
    private func makeHead(
        _ source: SourceTree,
        _ subject: Subject,
        _ files: [ArchiveIndex.Row],
        _ session: PackSession
    ) throws -> [UInt8] {
        let bundle = subject.bundle
        let resolved = [UInt8](try CanonicalJSON.encode(bundle))
        let resolvedDigest = Digest(of: resolved)
        let filesText = try RowText.of(files)
        let filesDigest = Digest(of: filesText)
        let statement = ProvenanceStatement(
            source.provenance,
            resolved: resolvedDigest,
            files: filesDigest
        )
        let provenance = [UInt8](try CanonicalJSON.encode(statement))
        let bill = BillOfMaterials(
            bundle: bundle,
            version: subject.version,
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
            manifest: subject.manifest == ArchiveIndex.standardManifest ? nil : subject.manifest,
            version: subject.version,
            commitTime: subject.commitTime,
            resolved: resolvedDigest,
            members: rows
        )
        let tar = try TarWriter()
        for (name, bytes) in [(ArchiveLayout.index, try index.encoded(adding: filesText))] + others {
            guard bytes.count <= limits.metadataBytes else {
                throw limits.exceeded(.metadataBytes, by: name, found: Int64(bytes.count))
            }
            try tar.begin(name, kind: .file(isExecutable: false), size: Int64(bytes.count))
            try bytes.withUnsafeBytes { try tar.content($0) }
            try tar.end()
        }
        return try tar.withWritten { content in
            try session.head(of: content, recipe: ZstdFrameWriter.recipe(level: level)) {
                try ZstdFrameWriter(level: level, isForHead: true).frame(content) { Array($0) }
            }
        }
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
