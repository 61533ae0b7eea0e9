package import SheafModel

/// Makes the safe fixes of diagnostics in the text that they are about.
///
/// A fix is made whole or not at all. Of fixes that touch the same text the first one in the order of the text wins: the
/// next validation finds the others again, if they are still needed. Files are neither read nor written here.
package struct FixApplier {
    /// What became of a text.
    package struct Outcome: Sendable {
        /// The text with the edits made.
        package var bytes: [UInt8]
        /// The diagnostics whose fixes were made, in the order of the text.
        package var applied: [Diagnostic]
    }

    /// Makes all safe fixes that do not touch each other.
    ///
    /// - Parameters:
    ///   - diagnostics: Findings of any files; those of other files and those without a safe fix are left out.
    ///   - bytes: The text exactly as it was when the findings were made.
    ///   - file: How the file is called in spans.
    /// - Returns: The new text; the same one when nothing was applied.
    package static func apply(_ diagnostics: [Diagnostic], to bytes: [UInt8], file: String) -> Outcome {
        var lines = SourceLines(bytes)
        var changes = TextChanges()
        var applied: [Diagnostic] = []
        for diagnostic in diagnostics.inFileOrder {
            guard let fix = diagnostic.fix, fix.isSafe, fix.edits.allSatisfy({ $0.span.file == file }),
                let wanted = resolve(fix, &lines), changes.add(wanted)
            else { continue }
            applied.append(diagnostic)
        }
        return Outcome(bytes: changes.applied(to: bytes), applied: applied)
    }

    /// The edits of a fix as bytes; nil when there are none, or when one is not within the text.
    private static func resolve(_ fix: Diagnostic.Fix, _ lines: inout SourceLines) -> [TextChanges.Change]? {
        var changes: [TextChanges.Change] = []
        for edit in fix.edits {
            guard let range = lines.range(of: edit.span) else { return nil }
            let ending = lines.endsWithReturn(edit.span.line) ? "\r\n" : "\n"
            let replacement = edit.replacement.replacing("\r\n", with: "\n").replacing("\n", with: ending)
            changes.append(TextChanges.Change(range: range, replacement: Array(replacement.utf8)))
        }
        return changes.isEmpty ? nil : changes
    }
}
