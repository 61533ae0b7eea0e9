import SheafManifest
import SheafModel

/// Tells of findings on standard error, in the order given, with the lines they are about.
struct DiagnosticPrinter {
    /// As much is written at once.
    private static let chunk = 1 << 16

    let terminal: Terminal

    func tell(_ diagnostics: [Diagnostic], sources: [String: [UInt8]]) {
        var writer = DiagnosticText(
            sources: sources,
            colour: terminal.errorStyle.isColored,
            width: terminal.isErrorTerminal ? terminal.width : DiagnosticText.defaultWidth
        )
        var text = ""
        for diagnostic in diagnostics {
            text += writer.render(diagnostic) + "\n\n"
            if text.utf8.count > Self.chunk {
                StandardStreams.error.write(text)
                text = ""
            }
        }
        if !text.isEmpty { StandardStreams.error.write(text) }
    }
}
