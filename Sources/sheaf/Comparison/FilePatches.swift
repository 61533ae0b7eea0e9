import SheafArchive
import SheafManifest
import SheafModel

/// A file that differs, with the lines that do.
struct FileRecord: Encodable {
    var action: FileChange.Action
    var path: String
    var oldPath: String?
    var before: FileChange.Facts?
    var after: FileChange.Facts?
    /// Whether a side is no text.
    var isBinary: Bool?
    /// Whether the content is a secret.
    var isSecret: Bool?
    var insertions: Int?
    var deletions: Int?
    /// Unified, without the lines that name the files.
    var patch: String?
    /// Why the patch is not there, or not whole.
    var note: String?

    init(_ change: FileChange) {
        action = change.action
        path = change.path
        oldPath = change.oldPath
        before = change.before
        after = change.after
    }
}

/// Reads the files that differ and compares their lines.
struct FilePatches {
    /// Larger files are named with their size only.
    private static let largestFile: Int64 = 1 << 20
    /// As much content is held at once.
    private static let batchSize: Int64 = 64 << 20
    /// Where git looks for a NUL to tell a text from other content.
    private static let head = 8000
    /// Of more files only the names are shown, unless everything is asked for.
    static let mostFiles = 300

    let before: any ComparedContents
    let after: any ComparedContents
    let known: KnownSecrets
    /// Lines around each change.
    let context: Int
    /// The most lines of a file; 0 for all.
    let mostLines: Int
    /// Whether the lines are wanted, or only how many there are.
    let showsLines: Bool

    /// The records of some changes, in their order.
    ///
    /// - Throws: `ArchiveError` when a file cannot be read.
    func records(_ changes: [FileChange]) throws -> [FileRecord] {
        var records = changes.map(FileRecord.init)
        var batch: [Int] = []
        var size: Int64 = 0
        var shown = 0
        for (index, change) in changes.enumerated() where change.changesContent {
            if isSecret(change) {
                records[index].isSecret = true
                records[index].note = "a secret: the content is not shown"
                continue
            }
            let sizes = [change.before, change.after].compactMap { $0?.target == nil ? $0?.size : nil }
            guard let largest = sizes.max() else { continue }
            guard largest <= Self.largestFile else {
                records[index].note = "too large to compare line by line"
                continue
            }
            shown += 1
            if showsLines, mostLines > 0, shown > Self.mostFiles {
                records[index].note = "not shown, one of many (--max-lines 0 shows all)"
                continue
            }
            batch.append(index)
            size += sizes.reduce(0, +)
            if size > Self.batchSize {
                try compare(batch, of: changes, into: &records)
                (batch, size) = ([], 0)
            }
        }
        try compare(batch, of: changes, into: &records)
        return records
    }

    private func isSecret(_ change: FileChange) -> Bool {
        known.isSecretFile(change.oldPath ?? change.path, digest: change.before?.digest)
            || known.isSecretFile(change.path, digest: change.after?.digest)
    }

    private func compare(_ batch: [Int], of changes: [FileChange], into records: inout [FileRecord]) throws {
        func paths(_ path: (FileChange) -> String?) throws -> Set<MemberPath> {
            Set(try batch.compactMap { try path(changes[$0]).map { try MemberPath($0) } })
        }
        let old = try before.contents(of: paths { $0.before?.digest == nil ? nil : $0.oldPath ?? $0.path })
        let new = try after.contents(of: paths { $0.after?.digest == nil ? nil : $0.path })
        for index in batch {
            let change = changes[index]
            let oldPath = change.oldPath ?? change.path
            try compare(
                old[try MemberPath(oldPath)] ?? [],
                new[try MemberPath(change.path)] ?? [],
                oldPath: oldPath,
                into: &records[index]
            )
        }
    }

    private func compare(_ old: [UInt8], _ new: [UInt8], oldPath: String, into record: inout FileRecord) throws {
        guard !old.prefix(Self.head).contains(0), !new.prefix(Self.head).contains(0) else {
            record.isBinary = true
            return
        }
        let difference = try TextDifference(from: old, to: new, context: context)
        record.insertions = difference.insertions
        record.deletions = difference.deletions
        guard showsLines else { return }
        let oldLines = MaskedLines(old, path: oldPath, known: known)
        let newLines = MaskedLines(new, path: record.path, known: known)
        var left = mostLines > 0 ? mostLines : .max
        var patch = "", omitted = 0
        for var hunk in difference.hunks {
            let all = hunk.lines.count
            hunk.lines = Array(hunk.lines.prefix(left))
            omitted += all - hunk.lines.count
            left -= hunk.lines.count
            guard !hunk.lines.isEmpty else { continue }
            patch += hunk.unified { line in
                let masked = line.new.flatMap(newLines.line) ?? line.old.flatMap(oldLines.line)
                let end = line.text.last == UInt8(ascii: "\n") ? "\n" : ""
                return masked.map { $0 + end } ?? String(decoding: line.text, as: UTF8.self)
            }
        }
        record.patch = patch
        if omitted > 0 { record.note = "\(omitted) more lines are not shown (--max-lines 0 shows all)" }
    }
}
