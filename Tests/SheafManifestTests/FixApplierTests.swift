import SheafManifest
import SheafModel
import Testing

@Suite struct FixApplierTests {
    private func edit(_ line: Int, _ column: Int, _ endLine: Int, _ endColumn: Int, _ text: String)
        -> Diagnostic.Fix.Edit
    {
        let span = SourceSpan(file: "a", line: line, column: column, endLine: endLine, endColumn: endColumn)
        return .init(span: span, replacement: text)
    }

    private func finding(_ edits: Diagnostic.Fix.Edit..., isSafe: Bool = true) -> Diagnostic {
        Diagnostic(
            code: "x.y",
            message: "bad",
            span: edits.first?.span,
            fix: .init(title: "mend it", edits: edits, isSafe: isSafe)
        )
    }

    private func fixed(_ text: String, _ findings: [Diagnostic]) -> (text: String, count: Int) {
        let outcome = FixApplier.apply(findings, to: Array(text.utf8), file: "a")
        return (String(decoding: outcome.bytes, as: UTF8.self), outcome.applied.count)
    }

    @Test func makesSeveralEditsOfOneTextWhateverTheirOrder() {
        let edits = [edit(2, 1, 2, 2, "bbb"), edit(1, 1, 1, 2, ""), edit(2, 2, 2, 2, "!")]
        let findings = edits.map { finding($0) }
        #expect(fixed("a: 1\nb: 2\n", findings) == (": 1\nbbb!: 2\n", 3))
    }

    @Test func ofTwoThatTouchTheSameTextTheFirstIsMade() {
        let findings = [finding(edit(1, 2, 1, 4, "X")), finding(edit(1, 1, 1, 3, "Y"))]
        #expect(fixed("abcd", findings) == ("Ycd", 1))
        let insertions = [finding(edit(1, 2, 1, 2, "X")), finding(edit(1, 2, 1, 2, "Y"))]
        #expect(fixed("ab", insertions) == ("aXb", 1))
    }

    @Test func aFixIsMadeWholeOrNotAtAll() {
        let findings = [finding(edit(1, 1, 1, 3, "X")), finding(edit(1, 2, 1, 3, "Y"), edit(2, 1, 2, 2, "Z"))]
        #expect(fixed("ab\nc", findings) == ("X\nc", 1))
        #expect(fixed("ab\nc", [finding(edit(1, 1, 1, 2, "X"), edit(9, 1, 9, 2, "Y"))]) == ("ab\nc", 0))
        #expect(fixed("ab\nc", [finding(edit(1, 1, 1, 3, "X"), edit(1, 2, 1, 3, "Y"))]) == ("ab\nc", 0))
    }

    @Test func theSameEditOfTwoFindingsIsMadeOnce() {
        let findings = [finding(edit(1, 1, 1, 2, "X")), finding(edit(1, 1, 1, 2, "X"))]
        #expect(fixed("ab", findings) == ("Xb", 2))
    }

    @Test func leavesOutWhatIsUnsafeOrOfAnotherFileOrOutsideTheText() {
        var other = finding(edit(1, 1, 1, 2, "X"))
        other.fix?.edits[0].span.file = "b"
        let findings = [
            other, finding(edit(1, 1, 1, 2, "X"), isSafe: false), finding(edit(1, 1, 1, 9, "X")),
            finding(edit(1, 2, 1, 1, "X")), finding(edit(0, 1, 1, 1, "X")), finding(),
            Diagnostic(code: "x.y", message: "no fix"),
        ]
        #expect(fixed("ab", findings) == ("ab", 0))
    }

    @Test func countsColumnsInScalarsAndKeepsMarksAndEndsOfLines() {
        let wide = fixed("\u{FEFF}日本: x\r\nb: 1\r\n", [finding(edit(1, 3, 1, 3, "語\nz"))])
        #expect(wide == ("\u{FEFF}日本語\r\nz: x\r\nb: 1\r\n", 1))
        #expect(fixed("a: 1\r\nb: 2\r\n", [finding(edit(1, 1, 2, 1, ""))]) == ("b: 2\r\n", 1))
    }

    @Test func manyFixesOfALargeFileTakeLittleTime() {
        let text = String(repeating: "\tkey: value\n", count: 20_000)
        let findings = (1...20_000).map { finding(edit($0, 1, $0, 2, "  ")) }
        #expect(fixed(text, findings) == (String(repeating: "  key: value\n", count: 20_000), 20_000))
    }
}
