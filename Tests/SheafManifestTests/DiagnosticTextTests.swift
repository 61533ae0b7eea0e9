import SheafManifest
import SheafModel
import Testing

@Suite struct DiagnosticTextTests {
    @Test func rendersTheDocumentedForm() throws {
        let text = try Repository.text("Tests/Fixtures/manifests/mistakes.yaml")
        let diagnostics = ManifestValidator.validate(Array(text.utf8), file: "bundle.yaml")
        let rendered = diagnostics.map {
            DiagnosticText.render($0, sources: ["bundle.yaml": Array(text.utf8)], colour: false)
        }
        #expect(try Repository.matchesGolden(rendered.joined(separator: "\n\n") + "\n", "mistakes.golden.txt"))
    }

    @Test func namesThePlaceWhenTheTextIsMissing() {
        let span = SourceSpan(file: "a.yaml", line: 3, column: 5, endLine: 3, endColumn: 6)
        let diagnostic = Diagnostic(code: "x.y", message: "bad", span: span, help: "mend it")
        let text = DiagnosticText.render(diagnostic, sources: [:], colour: false)
        #expect(text == "error[x.y]: bad\n --> a.yaml:3:5\n  = help: mend it")
    }

    @Test func textsWithoutAPlaceHaveNoSnippet() {
        let diagnostic = Diagnostic(code: "x.y", severity: .note, message: "so it is")
        #expect(DiagnosticText.render(diagnostic, sources: [:], colour: false) == "note[x.y]: so it is")
    }

    @Test func aManifestCannotSteerTheTerminal() {
        let span = SourceSpan(file: "a", line: 1, column: 1, endLine: 1, endColumn: 90)
        let diagnostic = Diagnostic(code: "x.y", message: "bad", span: span)
        let text = DiagnosticText.render(diagnostic, sources: ["a": Array("\u{1B}[2J\tx\r\n".utf8)], colour: false)
        #expect(text.hasSuffix("1 | \u{FFFD}[2J x\n  | ^^^^^^"))
    }

    @Test func coloursAreAddedOnRequestOnly() {
        let diagnostic = Diagnostic(code: "x.y", message: "bad")
        #expect(DiagnosticText.render(diagnostic, sources: [:], colour: true).contains("\u{1B}[1;31m"))
    }
}
