import FoundationEssentials
import SheafModel

/// What a bisection has found.
struct BisectReport: Encodable {
    /// A revision with what people look for in it.
    struct Found: Encodable {
        var revision: Int
        var version: String?
        var commit: String?
        var author: String
        var startedAt: Date
        var message: String?

        init(_ revision: Revision) {
            self.revision = revision.number
            version = revision.version
            commit = revision.provenance?.commit
            author = revision.author
            startedAt = revision.startedAt
            message = revision.message
        }

        /// Such as `version 1.3.0, commit 0123456789ab, by ann, 2026-11-22T10:00:00Z: new prices`.
        var inWords: String {
            let parts =
                [version.map { "version \($0)" }, commit.map { "commit \($0.prefix(12))" }, "by \(author)"]
                .compactMap(\.self) + [Rendering.date(startedAt)]
            return parts.joined(separator: ", ") + (message.map { ": \($0)" } ?? "")
        }
    }

    var type = "bisect-result"
    var time: Date
    var bundle: String
    var firstBad: Found
    /// The one beside it, on the good side.
    var lastGood: Found
    /// Whether the good revisions are the newer ones: then the first bad one is the last that was bad.
    var isReversed: Bool
    var looks: [BisectRun.Look]
    /// From the good one to the bad one; nil when an archive is not there any more.
    var changes: ComparisonRecord?
    var note: String?

    /// For people: what was found, and how it differs from the one beside it.
    ///
    /// - Parameters:
    ///   - style: Colours, or none.
    ///   - context: How many lines are shown around each change.
    /// - Returns: The lines with their ends.
    /// - Throws: What the text of the comparison throws.
    func text(_ style: TextStyle, context: Int) throws -> String {
        let name = PrintableText.oneLine(bundle)
        let title =
            isReversed
            ? "revision \(firstBad.revision) of '\(name)' is the last bad one; revision \(lastGood.revision) mends it"
            : "revision \(firstBad.revision) of '\(name)' is the first bad one"
        let found = [("bad ", firstBad), ("good", lastGood)].map { word, found in
            "  \(word)  revision \(found.revision): \(PrintableText.oneLine(found.inWords))\n"
        }
        let difference = try changes.map {
            try "\n" + ComparisonText(record: $0, style: style, context: context).full()
        }
        return style.text(title, .strong) + "\n" + found.joined() + (difference ?? "")
            + (note.map { "\n(\(PrintableText.oneLine($0)))\n" } ?? "")
    }
}
