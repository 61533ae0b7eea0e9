package import SheafModel

/// Writes findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.
package enum DiagnosticAnnotations {
    /// One command a line, each line with its end.
    package static func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { command($0) + "\n" }.joined()
    }

    private static func command(_ diagnostic: Diagnostic) -> String {
        let name =
            switch diagnostic.severity {
            case .error: "error"
            case .warning: "warning"
            case .note: "notice"
            }
        let properties = place(diagnostic.span) + [("title", diagnostic.code)]
        let list = properties.map { "\($0)=\(escapeProperty($1))" }.joined(separator: ",")
        let related = diagnostic.related.map { "\($0.message): \($0.span.file):\($0.span.line):\($0.span.column)" }
        let text = [diagnostic.message] + related + (diagnostic.help.map { ["help: \($0)"] } ?? [])
        return "::\(name) \(list)::\(escape(text.joined(separator: "\n")))"
    }

    /// Columns are allowed only where the place is on one line.
    private static func place(_ span: SourceSpan?) -> [(String, String)] {
        guard let span else { return [] }
        let lines = [("file", span.file), ("line", String(span.line)), ("endLine", String(span.endLine))]
        guard span.line == span.endLine else { return lines }
        return lines + [("col", String(span.column)), ("endColumn", String(span.endColumn))]
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escapeProperty(_ text: String) -> String {
        escape(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
