import SheafArchive
import SheafManifest
import SheafModel

/// Makes the record of a comparison from two sides that were read.
struct ReleaseComparer {
    /// How many lines are shown around each change.
    var context = TextDifference.standardContext
    /// The most lines of a file that are shown; 0 for all.
    var mostLines = 500
    /// Whether the lines of files are compared at all.
    var comparesLines = true
    /// Whether lines that differ are shown, and not only counted.
    var showsLines = true

    /// Compares.
    ///
    /// - Throws: `ArchiveError` when a file cannot be read.
    func record(
        _ old: ComparisonReader.Side,
        _ new: ComparisonReader.Side,
        notes: [String]
    ) throws -> ComparisonRecord {
        let known = KnownSecrets(
            of: [old.release.bundle, new.release.bundle].compactMap { $0 },
            uses: old.uses + new.uses
        )
        let changes = try FileComparison { side, file in
            try side == .before ? old.contents.digest(of: file) : new.contents.digest(of: file)
        }.changes(from: old.contents.comparedFiles, to: new.contents.comparedFiles)
        let patches = FilePatches(
            before: old.contents,
            after: new.contents,
            known: known,
            context: context,
            mostLines: mostLines,
            showsLines: showsLines
        )
        return ComparisonRecord(
            ReleaseComparison(from: old.release, to: new.release),
            from: old.release.head,
            to: new.release.head,
            files: comparesLines ? try patches.records(changes) : changes.map(FileRecord.init),
            notes: notes,
            known: known
        )
    }
}
