import Testing

@testable import sheaf

@Suite struct ProgressLineTests {
    private let terminal = Terminal(isErrorTerminal: true, width: 30)

    @Test func isSilentForASecond() {
        let line = ProgressLine(to: CollectedText(), terminal: terminal)
        #expect(line.frame("packing", after: .milliseconds(999)) == nil)
        #expect(line.frame("packing", after: .seconds(12))?.hasSuffix(" packing (12s)") == true)
    }

    @Test func fitsTheTerminal() {
        let line = ProgressLine(to: CollectedText(), terminal: terminal)
        #expect(line.frame(String(repeating: "x", count: 99), after: .seconds(2))?.count == 29)
    }

    @Test func writesNothingWithoutATerminal() async throws {
        let sink = CollectedText()
        #expect(try await ProgressLine(to: sink, terminal: Terminal()).during("packing") { 7 } == 7)
        #expect(sink.text.isEmpty)
    }

    @Test func endsWithTheBodyAndLeavesAnEmptyLine() async throws {
        let sink = CollectedText()
        #expect(try await ProgressLine(to: sink, terminal: terminal).during("packing") { 7 } == 7)
        #expect(sink.text == ProgressLine.clear)
        await #expect(throws: CancellationError.self) {
            try await ProgressLine(to: sink, terminal: terminal).during("packing") { throw CancellationError() }
        }
    }
}
