import SheafManifest
import SheafModel

/// Tells of findings on standard error, in file order, with the lines they are about.
struct DiagnosticPrinter {
    let terminal: Terminal

    func tell(_ diagnostics: [Diagnostic], sources: [String: [UInt8]]) {
        for diagnostic in diagnostics {
            let text = DiagnosticText.render(
                diagnostic,
                sources: sources,
                colour: terminal.errorStyle.isColored
            )
            StandardStreams.error.write(text.hasSuffix("\n") ? text + "\n" : text + "\n\n")
        }
    }
}

/// A finding as programs read it.
struct DiagnosticRecord: Encodable {
    var code: String
    var severity: String
    var message: String
    var file: String?
    var line: Int?
    var column: Int?
    var endLine: Int?
    var endColumn: Int?
    var help: String?

    init(_ diagnostic: Diagnostic) {
        code = diagnostic.code
        severity = diagnostic.severity.rawValue
        message = diagnostic.message
        file = diagnostic.span?.file
        line = diagnostic.span?.line
        column = diagnostic.span?.column
        endLine = diagnostic.span?.endLine
        endColumn = diagnostic.span?.endColumn
        help = diagnostic.help
    }
}
