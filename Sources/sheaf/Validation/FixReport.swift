import SheafArchive
import SheafModel

/// Tells what `validate --fix` has done, or would do.
struct FixReport {
    let terminal: Terminal
    let isDryRun: Bool

    /// One line for each fix on standard error, and how many there are.
    func tell(_ session: FixSession) {
        let word = isDryRun ? "would fix" : "fixed"
        let label = terminal.errorStyle.text(word, .good)
        for diagnostic in session.applied {
            guard let span = diagnostic.span, let fix = diagnostic.fix else { continue }
            let place = "\(span.file):\(span.line):\(span.column)"
            StandardStreams.error.write(
                "\(label): \(PrintableText.oneLine("\(place): \(fix.title)")) [\(diagnostic.code)]\n"
            )
        }
        let problems = ValidationSummary.count(session.applied.count, "problem")
        let files = ValidationSummary.count(session.texts.count, "file")
        StandardStreams.error.write(session.applied.isEmpty ? "nothing to fix\n" : "\(word) \(problems) in \(files)\n")
    }

    /// The fixes as a unified diff on standard output.
    func showDiff(of session: FixSession) throws {
        for (path, text) in session.texts.sorted(by: { $0.key < $1.key }) {
            let diff = try TextDifference(from: session.originals[path] ?? [], to: text).unified(path: path)
            let shown = DiffText.lines(of: diff, style: terminal.outputStyle).map { $0 + "\n" }.joined()
            StandardStreams.output.write(terminal.isOutputTerminal ? shown : diff)
        }
    }

    /// The fixed text of standard input on standard output.
    func writeText(of session: FixSession, named name: String) {
        guard case .text(_, let bytes)? = session.run.targets.first else { return }
        StandardStreams.output.write(session.texts[name] ?? bytes)
    }
}
