package import SheafModel

/// A finding as programs read it; keys without a value are left out.
package struct DiagnosticRecord: Encodable, Sendable {
    /// Another place that explains the finding.
    package struct Related: Encodable, Sendable {
        var message: String
        var file: String
        var line: Int
        var column: Int
        var endLine: Int
        var endColumn: Int

        init(_ related: Diagnostic.Related) {
            message = related.message
            file = related.span.file
            line = related.span.line
            column = related.span.column
            endLine = related.span.endLine
            endColumn = related.span.endColumn
        }
    }

    /// What a program can do about it.
    package struct Fix: Encodable, Sendable {
        struct Edit: Encodable {
            var file: String
            var line: Int
            var column: Int
            var endLine: Int
            var endColumn: Int
            var replacement: String
        }

        var title: String
        var isSafe: Bool
        var edits: [Edit]

        init(_ fix: Diagnostic.Fix) {
            title = fix.title
            isSafe = fix.isSafe
            edits = fix.edits.map {
                Edit(
                    file: $0.span.file,
                    line: $0.span.line,
                    column: $0.span.column,
                    endLine: $0.span.endLine,
                    endColumn: $0.span.endColumn,
                    replacement: $0.replacement
                )
            }
        }
    }

    var code: String
    var severity: String
    var message: String
    var file: String?
    var line: Int?
    var column: Int?
    var endLine: Int?
    var endColumn: Int?
    var help: String?
    var related: [Related]?
    var fix: Fix?

    /// Takes a finding over.
    package init(_ diagnostic: Diagnostic) {
        code = diagnostic.code
        severity = diagnostic.severity.rawValue
        message = diagnostic.message
        file = diagnostic.span?.file
        line = diagnostic.span?.line
        column = diagnostic.span?.column
        endLine = diagnostic.span?.endLine
        endColumn = diagnostic.span?.endColumn
        help = diagnostic.help
        related = diagnostic.related.isEmpty ? nil : diagnostic.related.map(Related.init)
        fix = diagnostic.fix.map(Fix.init)
    }
}
