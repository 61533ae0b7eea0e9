import FoundationEssentials
import SheafModel

/// What `sheaf.json` must keep before anything that it lists is looked at.
enum IndexRules {
    private struct Format: Decodable { var formatVersion: Int }

    /// Decodes and checks the content of `sheaf.json`.
    ///
    /// - Throws: `ArchiveError` of kind `invalidIndex`, `newerFormat`, or what names, links and limits give.
    static func decode(_ bytes: [UInt8], of archive: String, limits: ArchiveLimits) throws -> ArchiveIndex {
        try MetadataText.check(bytes, of: ArchiveLayout.index, limits: limits, failure: .invalidIndex)
        // Without a format number there is no telling what the rest means; the error below says so.
        if let format = try? CanonicalJSON.decode(Format.self, from: .init(bytes)),
            format.formatVersion > ArchiveIndex.currentFormat
        {
            throw ArchiveError(
                .newerFormat,
                "\(EscapedText.of(archive)) has the format \(format.formatVersion), and this sheaf reads"
                    + " \(ArchiveIndex.currentFormat) at most",
                hint: "install a newer sheaf"
            )
        }
        let index: ArchiveIndex
        do {
            index = try CanonicalJSON.decode(ArchiveIndex.self, from: .init(bytes))
        } catch {
            throw invalid("it is not the JSON that it should be: \(error)")
        }
        try check(index, limits: limits)
        return index
    }

    private static func check(_ index: ArchiveIndex, limits: ArchiveLimits) throws {
        guard index.formatVersion == ArchiveIndex.currentFormat else { throw invalid("its format number is too small") }
        guard SemanticVersion(index.version) != nil else { throw invalid("its version is no version") }
        let metadata = index.members.prefix { !$0.path.utf8.starts(with: ArchiveLayout.files.utf8) }
        try check(metadata: Array(metadata), of: index, limits: limits)
        try check(files: Array(index.members.dropFirst(metadata.count)), limits: limits)
        if let manifest = index.manifest {
            guard index.members.contains(where: { $0.path == ArchiveLayout.files + manifest }) else {
                throw invalid("its manifest '\(EscapedText.of(manifest))' is no file of the archive")
            }
        }
        var total: Int64 = 0
        for row in index.members {
            guard row.size >= 0 else { throw invalid("a size in it is negative") }
            let (sum, isOverflow) = total.addingReportingOverflow(row.size)
            total = sum
            guard !isOverflow, total <= limits.totalBytes else {
                throw limits.exceeded(.totalBytes, by: "the archive", found: isOverflow ? .max : total)
            }
        }
    }

    private static func check(metadata: [ArchiveIndex.Row], of index: ArchiveIndex, limits: ArchiveLimits) throws {
        let required = [ArchiveLayout.resolved, ArchiveLayout.provenance]
        for row in metadata {
            _ = try MemberPath(row.path, limits: limits)
            guard ArchiveLayout.metadata.dropFirst().contains(row.path) else {
                throw ArchiveError(.unknownMember, "an archive has no member \(EscapedText.of(row.path))")
            }
            guard row.digest != nil, row.target == nil, row.mode == ModeText.of(0o644)
            else { throw invalid("its row for \(row.path) is impossible") }
        }
        let names = metadata.map(\.path)
        guard names == required || names == required + [ArchiveLayout.bom] else {
            throw invalid("its first rows are not \(required.joined(separator: ", "))")
        }
        guard metadata.first?.digest == index.resolved else { throw invalid("it gives two digests for resolved.json") }
    }

    private static func check(files: [ArchiveIndex.Row], limits: ArchiveLimits) throws {
        var paths: [MemberPath] = []
        var links: [MemberPath: String] = [:]
        for row in files {
            let path = try ArchiveLayout.filePath(row.path, limits: limits)
            if let last = paths.last, path <= last {
                guard path != last else {
                    throw ArchiveError(.duplicateMember, "the archive lists \(EscapedText.of(row.path)) twice")
                }
                throw ArchiveError(.memberOrder, "the archive lists \(EscapedText.of(row.path)) at the wrong place")
            }
            paths.append(path)
            if let target = row.target {
                links[path] = target
                guard row.digest == nil, row.size == 0, row.mode == ModeText.of(0o777) else {
                    throw invalid("its row for \(EscapedText.of(row.path)) is impossible")
                }
            } else {
                guard row.digest != nil, [ModeText.of(0o644), ModeText.of(0o755)].contains(row.mode) else {
                    throw invalid("its row for \(EscapedText.of(row.path)) is impossible")
                }
            }
        }
        try MemberRules.check(paths, limits: limits)
        try LinkResolver(links: links, limits: limits).checkAll()
    }

    private static func invalid(_ reason: String) -> ArchiveError {
        ArchiveError(
            .invalidIndex,
            "the archive's sheaf.json cannot be used: \(EscapedText.of(reason))",
            hint: "make archives with 'sheaf pack'"
        )
    }
}

extension ArchiveLayout {
    /// The path in the bundle of a member below `files/`.
    ///
    /// - Throws: `ArchiveError` of kind `unknownMember`, or what the name gives.
    static func filePath(_ member: String, limits: ArchiveLimits) throws -> MemberPath {
        guard member.utf8.starts(with: files.utf8) else {
            _ = try MemberPath(member, limits: limits)
            throw ArchiveError(.unknownMember, "an archive has no member \(EscapedText.of(member)) there")
        }
        return try MemberPath(String(Substring(member.utf8.dropFirst(files.utf8.count))), limits: limits)
    }
}
