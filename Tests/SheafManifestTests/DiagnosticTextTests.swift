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
        #expect(text.hasSuffix("1 | ␛[2J    x\n  | ^^^^^^^^^"))
    }

    @Test func neitherMessageNorFileNameCanSteerTheTerminal() {
        let span = SourceSpan(file: "a\u{1B}", line: 1, column: 1, endLine: 1, endColumn: 2)
        let related = Diagnostic.Related(message: "\r", span: span)
        let diagnostic = Diagnostic(code: "x.y", message: "\u{1B}[2J", span: span, help: "\u{7}", related: [related])
        let text = DiagnosticText.render(diagnostic, sources: [:], colour: false)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    }

    private func snippet(_ text: String, _ span: (Int, Int, Int, Int), width: Int = 140) -> String {
        let place = SourceSpan(file: "a", line: span.0, column: span.1, endLine: span.2, endColumn: span.3)
        var writer = DiagnosticText(sources: ["a": Array(text.utf8)], colour: false, width: width)
        let lines = writer.render(Diagnostic(code: "x.y", message: "bad", span: place)).split(separator: "\n")
        return lines.dropFirst(3).joined(separator: "\n")
    }

    @Test(arguments: [
        ((1, 11, 1, 15), "1 | password: ••• # why\n  |           ^^^"),
        ((1, 1, 1, 9), "1 | password: ••• # why\n  | ^^^^^^^^"),
        ((1, 23, 1, 26), "1 | password: ••• # why\n  |                 ^^^"),
        ((1, 1, 1, 24), "1 | password: ••• # why\n  | ^^^^^^^^^^^^^^^^^"),
    ])
    func showsNoSecretsInTheLinesOfAFinding(_ columns: (Int, Int, Int, Int), _ shown: String) {
        let span = SourceSpan(file: "a.yaml", line: 1, column: columns.1, endLine: 1, endColumn: columns.3)
        let text = Array("password: hush-hush # why\r\nb: 1\r\n".utf8)
        let found = Diagnostic(code: "x.y", message: "bad", span: span)
        #expect(DiagnosticText.render(found, sources: ["a.yaml": text], colour: false).hasSuffix(shown))
    }

    @Test func marksWideCharactersByTheirWidth() {
        #expect(snippet("日本: e\u{301}x", (1, 1, 1, 3)) == "1 | 日本: e\u{301}x\n  | ^^^^")
        #expect(snippet("日本: e\u{301}x", (1, 7, 1, 8)) == "1 | 日本: e\u{301}x\n  |        ^")
    }

    @Test func showsAllLinesOfAShortSpan() {
        let text = snippet("a: [1,\n    2,\n  3]\n", (1, 4, 3, 5))
        #expect(text == "1 | a: [1,\n  |    ^^^\n2 |     2,\n  |     ^^\n3 |   3]\n  |   ^^")
    }

    @Test func showsTheEndsOfALongSpan() {
        let text = snippet((1...20).map { "k\($0): v" }.joined(separator: "\n"), (9, 1, 15, 2))
        #expect(
            text == """
                 9 | k9: v
                   | ^^^^^
                10 | k10: v
                   | ^^^^^^
                11 | k11: v
                   | ^^^^^^
                   :
                15 | k15: v
                   | ^
                """
        )
    }

    @Test func aSpanThatEndsAtTheStartOfALineDoesNotShowThatLine() {
        #expect(snippet("a: 1\nb: 2\n", (1, 1, 2, 1)) == "1 | a: 1\n  | ^^^^")
    }

    @Test func showsASignForAnEmptyPlaceAndBehindTheEnd() {
        #expect(snippet("ab", (1, 2, 1, 2)) == "1 | ab\n  |  ^")
        #expect(snippet("ab", (1, 3, 1, 4)) == "1 | ab\n  |   ^")
        #expect(snippet("", (1, 1, 1, 2)) == "1 |\n  | ^")
        #expect(snippet("ab", (7, 1, 7, 2)) == "")
    }

    @Test func cutsALongLineAroundWhatIsMeant() {
        let line = String(repeating: "a", count: 5000) + "BAD" + String(repeating: "z", count: 5000)
        let lines = snippet(line, (1, 5001, 1, 5004), width: 60).split(separator: "\n")
        let marked = zip(lines.last ?? "", lines.first ?? "").filter { $0.0 == "^" }.map(\.1)
        #expect(String(marked) == "BAD")
        #expect(lines.allSatisfy { $0.count <= 60 })
        #expect(lines.first?.hasSuffix("…") == true && lines.first?.contains("…a") == true)
    }

    @Test func cutsTheEndOfALongLineThatBeginsWithWhatIsMeant() {
        let line = "key: " + String(repeating: "あ", count: 500)
        let lines = snippet(line, (1, 1, 1, 4), width: 60).split(separator: "\n")
        #expect(lines.first?.hasPrefix("1 | key: ああ") == true && lines.first?.hasSuffix("あ…") == true)
        #expect(lines.last == "  | ^^^")
    }

    @Test func aHugeLineIsNeitherReadWholeForEachFindingNorPrinted() {
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 4_000_000)
        var writer = DiagnosticText(sources: ["a": text], colour: false)
        let total = stride(from: 1, to: 4_000_000, by: 10_000).reduce(0) { sum, column in
            let span = SourceSpan(file: "a", line: 1, column: column, endLine: 1, endColumn: column + 5)
            return sum + writer.render(Diagnostic(code: "x.y", message: "bad", span: span)).utf8.count
        }
        #expect(total < 400 * 1000)
    }

    @Test func showsWhereSomethingWasDefinedFirst() {
        let text = Array("a: 1\nb: 2\na: 3\n".utf8)
        let diagnostic = Diagnostic(
            code: "x.y",
            message: "twice",
            span: SourceSpan(file: "f", line: 3, column: 1, endLine: 3, endColumn: 2),
            related: [
                .init(
                    message: "first defined here",
                    span: SourceSpan(file: "f", line: 1, column: 1, endLine: 1, endColumn: 2)
                )
            ],
            fix: .init(title: "remove it", edits: [], isSafe: true)
        )
        #expect(
            DiagnosticText.render(diagnostic, sources: ["f": text], colour: false) == """
                error[x.y]: twice
                 --> f:3:1
                  |
                3 | a: 3
                  | ^
                 ::: f:1:1: first defined here
                  |
                1 | a: 1
                  | -
                  = fix: remove it (--fix does it)
                """
        )
    }

    @Test func columnsOfTheFirstLineDoNotCountTheByteOrderMark() {
        #expect(snippet("\u{FEFF}ab: 1", (1, 1, 1, 3)) == "1 | ab: 1\n  | ^^")
    }

    @Test func findsLinesInALongFile() {
        let text = (1...1000).map { "line\($0)" }.joined(separator: "\r\n")
        for number in [1, 63, 64, 65, 66, 128, 129, 500, 1000] {
            #expect(snippet(text, (number, 1, number, 5)).contains("| line\(number)\n"))
        }
    }

    @Test func coloursAreAddedOnRequestOnly() {
        let diagnostic = Diagnostic(code: "x.y", message: "bad")
        #expect(DiagnosticText.render(diagnostic, sources: [:], colour: true).contains("\u{1B}[1;31m"))
    }
}
