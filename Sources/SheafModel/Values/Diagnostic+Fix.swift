extension Diagnostic {
    /// Edits of one file that mend a finding.
    ///
    /// They are made together or not at all.
    package struct Fix: Hashable, Sendable {
        /// A piece of text and what to put in its place.
        package struct Edit: Hashable, Sendable {
            /// What is replaced; where the span is empty, the text is put in before it.
            package var span: SourceSpan
            /// With line feeds as ends of lines, whatever the file has.
            package var replacement: String

            package init(span: SourceSpan, replacement: String) {
                self.span = span
                self.replacement = replacement
            }
        }

        /// What the edits do, as an instruction: `write 'user'`.
        package var title: String
        /// At least one; no two of them overlap, and all are about one file.
        package var edits: [Edit]
        /// Whether the edits cannot change what the text means otherwise: only those are made without asking.
        package var isSafe: Bool

        package init(title: String, edits: [Edit], isSafe: Bool) {
            self.title = title
            self.edits = edits
            self.isSafe = isSafe
        }

        /// A fix that replaces one piece of text.
        package init(title: String, replacing span: SourceSpan, by replacement: String, isSafe: Bool) {
            self.init(title: title, edits: [Edit(span: span, replacement: replacement)], isSafe: isSafe)
        }
    }
}
