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
    func showDiff(of session: FixSession) {
        for (path, text) in session.texts.sorted(by: { $0.key < $1.key }) {
            let diff = UnifiedDiff.render(from: session.originals[path] ?? [], to: text, path: path)
            StandardStreams.output.write(terminal.isOutputTerminal ? shown(diff) : diff)
        }
    }

    /// The fixed text of standard input on standard output.
    func writeText(of session: FixSession, named name: String) {
        guard case .text(_, let bytes)? = session.run.targets.first else { return }
        StandardStreams.output.write(session.texts[name] ?? bytes)
    }

    /// A diff for people: in colour, and nothing in it can change the terminal.
    private func shown(_ diff: String) -> String {
        diff.split(separator: "\n").map { line in
            let text = PrintableText.oneLine(String(line))
            if line.hasPrefix("+") { return terminal.outputStyle.text(text, .good) }
            return line.hasPrefix("-") ? terminal.outputStyle.text(text, .bad) : text
        }.joined(separator: "\n") + "\n"
    }
}
