import FoundationEssentials
import SheafModel
import Testing
import sheaf

@Suite struct TableTextTests {
    @Test func alignsColumnsWithoutBlanksAtTheEnds() {
        var table = TableText(["name", "Status", "runtime"])
        table.add(["warehouse", "active", "running:1"])
        table.add(["日本", "pending", nil])
        table.add(["x"])
        #expect(
            table.render() == """
                NAME       STATUS   RUNTIME
                warehouse  active   running:1
                日本       pending
                x

                """
        )
    }

    @Test func keepsARowOnOneLineAndTheTerminalAsItIs() {
        var table = TableText(["name"])
        table.add(["a\nb\u{1B}[31m\u{202E}"])
        #expect(table.render() == "NAME\na␊b␛[31m\u{FFFD}\n")
    }

    @Test func isItsHeadingsWithoutRows() {
        #expect(TableText(["name", "age"]).render() == "NAME  AGE\n")
    }
}

@Suite struct RenderingTests {
    private struct Sample: Encodable {
        var name = "a/b"
        var at = Date(timeIntervalSince1970: 0)
        var empty: String?
    }

    @Test func showsJSONWithSortedKeysAndDatesInUTC() throws {
        let sink = CollectedText()
        try Rendering.show(Sample(), as: .json, to: sink) { "" }
        #expect(sink.text == "{\n  \"at\" : \"1970-01-01T00:00:00Z\",\n  \"name\" : \"a/b\"\n}\n")
    }

    @Test func showsYAMLWithQuotedDates() throws {
        let sink = CollectedText()
        try Rendering.show(Sample(), as: .yaml, to: sink) { "" }
        #expect(sink.text == "at: \"1970-01-01T00:00:00Z\"\nname: a/b\n")
    }

    @Test func showsTheTableAsItIs() throws {
        let sink = CollectedText()
        try Rendering.show(Sample(), as: .table, to: sink) { "NAME\n" }
        #expect(sink.text == "NAME\n")
    }
}

@Suite struct EventPrinterTests {
    private let event = OutputEvent(
        type: "step-ready",
        time: Date(timeIntervalSince1970: 1),
        level: .success,
        message: "running:1",
        bundle: "shop",
        revision: 2,
        step: 1,
        resource: "service:site:shop"
    )

    @Test func writesLinesWithTheElapsedTime() throws {
        let sink = CollectedText()
        let printer = EventPrinter.lines(to: sink, terminal: Terminal()) { .milliseconds(12_345) }
        try printer.print(event)
        try printer.print(OutputEvent(type: "note", time: event.time, level: .warning, message: "two\nlines"))
        #expect(sink.text == "  12.3s  ✓ service:site:shop  running:1\n  12.3s  ! two␊lines\n")
    }

    @Test func writesJSONLinesAfterTheVersionOfTheStream() throws {
        let sink = CollectedText()
        let printer = EventPrinter.json(to: sink)
        try printer.print(event)
        try printer.print(event)
        let line = """
            {"bundle":"shop","level":"success","message":"running:1","resource":"service:site:shop","revision":2,"step":1,\
            "time":"1970-01-01T00:00:01Z","type":"step-ready"}
            """
        #expect(
            sink.text == "{\"time\":\"1970-01-01T00:00:01Z\",\"type\":\"stream\",\"version\":1}\n\(line)\n\(line)\n"
        )
    }
}

@Suite struct TerminalTests {
    @Test(
        arguments: [
            (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true), (["TERM": "dumb"], false), ([:], true),
        ] as [([String: String], Bool)]
    )
    func colourIsRefusedByTheEnvironment(environment: [String: String], allows: Bool) {
        #expect(Terminal.current(environment: environment).allowsStyle == allows)
    }

    @Test func colourNeedsATerminal() {
        #expect(!Terminal(isOutputTerminal: false).outputStyle.isColored)
        #expect(Terminal(isErrorTerminal: true).errorStyle.text("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
        #expect(TextStyle.plain.text("x", .bad) == "x")
    }
}

@Suite struct ErrorTextTests {
    private struct Sample: SheafError {
        let code = "init.sample"
        let message = "it failed"
        let hint: String? = "try again"
        let failureClass = FailureClass.refused
    }

    @Test func showsCodeMessageAndHelp() {
        #expect(ErrorText.render(Sample()) == "error[init.sample]: it failed\n  = help: try again\n")
    }
}
