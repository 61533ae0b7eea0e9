/// A place in a text, 1-based, the end exclusive; columns count Unicode scalars.
package struct SourceSpan: Hashable, Sendable {
    package var file: String
    package var line: Int
    package var column: Int
    package var endLine: Int
    package var endColumn: Int

    package init(file: String, line: Int, column: Int, endLine: Int, endColumn: Int) {
        self.file = file
        self.line = line
        self.column = column
        self.endLine = endLine
        self.endColumn = endColumn
    }
}

/// Something that is wrong, or doubtful, in what a user wrote, with its place and its remedy.
///
/// Diagnostics are collected: a run reports all of them, in file order.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Sendable, Codable, Comparable {
        case error, warning, note

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .note: 2
            }
        }
    }

    /// Another place that explains the finding, such as "first defined here".
    package struct Related: Hashable, Sendable {
        package var message: String
        package var span: SourceSpan

        package init(message: String, span: SourceSpan) {
            self.message = message
            self.span = span
        }
    }

    /// A stable name such as `manifest.unknown-dependency`.
    package var code: String
    package var severity: Severity
    package var message: String
    /// Nil only where the finding is about no text at all.
    package var span: SourceSpan?
    /// The edit or the command that mends it.
    package var help: String?
    package var related: [Related]
    /// The edits that mend it, where a program can make them.
    package var fix: Fix?

    package init(
        code: String,
        severity: Severity = .error,
        message: String,
        span: SourceSpan? = nil,
        help: String? = nil,
        related: [Related] = [],
        fix: Fix? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.span = span
        self.help = help
        self.related = related
        self.fix = fix
    }
}

extension Sequence where Element == Diagnostic {
    /// Whether any of them is an error.
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// By file, line, column, then severity.
    package var inFileOrder: [Diagnostic] {
        sorted { left, right in
            let a = (left.span?.file ?? "", left.span?.line ?? 0, left.span?.column ?? 0)
            let b = (right.span?.file ?? "", right.span?.line ?? 0, right.span?.column ?? 0)
            return a == b ? left.severity < right.severity : a < b
        }
    }
}
