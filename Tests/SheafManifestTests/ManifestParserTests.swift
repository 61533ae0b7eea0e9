import SheafManifest
import SheafModel
import Testing

@Suite struct ManifestParserTests {
    private func parse(_ text: String) -> (documents: [ManifestNode], diagnostics: [Diagnostic]) {
        ManifestParser.parse(Array(text.utf8), file: "m.yaml")
    }

    struct ScalarCase: Sendable {
        var text: String
        var value: JSONValue
    }

    @Test(arguments: [
        ScalarCase(text: "yes", value: .string("yes")),
        ScalarCase(text: "off", value: .string("off")),
        ScalarCase(text: "true", value: .bool(true)),
        ScalarCase(text: "~", value: .null),
        ScalarCase(text: "", value: .null),
        ScalarCase(text: "12", value: .integer(12)),
        ScalarCase(text: "-7", value: .integer(-7)),
        ScalarCase(text: "0x1F", value: .integer(31)),
        ScalarCase(text: "0o17", value: .integer(15)),
        ScalarCase(text: "1.5", value: .number(1.5)),
        ScalarCase(text: "1e3", value: .number(1000)),
        ScalarCase(text: ".5", value: .number(0.5)),
        ScalarCase(text: ".inf", value: .string(".inf")),
        ScalarCase(text: "1.2.3", value: .string("1.2.3")),
        ScalarCase(text: "0.4.0", value: .string("0.4.0")),
        ScalarCase(text: "12345678901234567890", value: .string("12345678901234567890")),
        ScalarCase(text: "2022-01-01T23:30:45Z", value: .string("2022-01-01T23:30:45Z")),
        ScalarCase(text: "22:10", value: .string("22:10")),
        ScalarCase(text: "*/5 * * * *".replacing("*", with: "1"), value: .string("1/5 1 1 1 1")),
        ScalarCase(text: "\"12\"", value: .string("12")),
        ScalarCase(text: "'true'", value: .string("true")),
        ScalarCase(text: "!!str 12", value: .string("12")),
    ])
    func scalarsFollowTheCoreSchema(_ test: ScalarCase) throws {
        let (documents, diagnostics) = parse("key: \(test.text)\n")
        #expect(!diagnostics.hasErrors)
        #expect(try #require(documents.first)["key"]?.json == test.value)
    }

    @Test func scalarsAndKeysKnowTheirSpans() throws {
        let text = "name: web\nservice:\n  'stack': \"a\\\"b\" # note\n  ü: x y\n"
        let (documents, _) = parse(text)
        let root = try #require(documents.first)
        #expect(root.entry("name")?.keySpan == SourceSpan(file: "m.yaml", line: 1, column: 1, endLine: 1, endColumn: 5))
        #expect(root["name"]?.span == SourceSpan(file: "m.yaml", line: 1, column: 7, endLine: 1, endColumn: 10))
        let stack = try #require(root["service"]?.entry("stack"))
        #expect(stack.keySpan == SourceSpan(file: "m.yaml", line: 3, column: 3, endLine: 3, endColumn: 10))
        #expect(stack.value.span == SourceSpan(file: "m.yaml", line: 3, column: 12, endLine: 3, endColumn: 18))
        #expect(
            root["service"]?["ü"]?.span == SourceSpan(file: "m.yaml", line: 4, column: 6, endLine: 4, endColumn: 9)
        )
        #expect(root["service"]?.span == SourceSpan(file: "m.yaml", line: 3, column: 3, endLine: 4, endColumn: 9))
    }

    @Test func documentsAreReadEachByItself() throws {
        let (documents, diagnostics) = parse("a: 1\n---\nb: [\n---\n# note\n---\nc: 3\n...\n")
        #expect(documents.map(\.json) == [.object(["a": .integer(1)]), .object(["c": .integer(3)])])
        #expect(diagnostics.map(\.code) == ["manifest.unclosed-bracket"])
        #expect(diagnostics.first?.span?.line == 3)
        #expect(documents.last?.span.line == 7)
    }

    @Test func directivesAndCommentsBelongToTheDocumentThatFollows() {
        let (documents, diagnostics) = parse("%YAML 1.2\n---\na: 1\n")
        #expect(diagnostics.isEmpty)
        #expect(documents.count == 1)
    }

    @Test func aListOfManifestsIsTakenApart() {
        let (documents, diagnostics) = parse("- name: a\n- name: b\n")
        #expect(diagnostics.isEmpty)
        #expect(documents.map { $0["name"]?.text } == ["a", "b"])
    }

    @Test func windowsLineEndsAndByteOrderMarksAreAccepted() {
        let (documents, diagnostics) = parse("\u{FEFF}a: 1\r\nb: x\r\n")
        #expect(diagnostics.isEmpty)
        #expect(documents.first?.json == .object(["a": .integer(1), "b": .string("x")]))
        #expect(documents.first?["b"]?.span.endColumn == 5)
    }

    @Test func everyRepeatedKeyIsReportedWithItsFirstPlace() throws {
        let text = "a: 1\nb:\n  c: 1\n  \"c\": 2\nflow: {x: 1, y: {x: 2}, x: 3}\na: 2\na: 3\n"
        let (documents, diagnostics) = parse(text)
        #expect(diagnostics.map(\.code) == Array(repeating: "manifest.duplicate-key", count: 4))
        #expect(diagnostics.map { $0.span?.line } == [4, 5, 6, 7])
        #expect(diagnostics.map { $0.related.first?.span.line } == [3, 5, 1, 1])
        let root = try #require(documents.first)
        #expect(root["a"]?.json == .integer(1))
        #expect(root["b"]?.json == .object(["c": .integer(1)]))
        #expect(root["flow"]?["y"]?["x"]?.json == .integer(2))
    }

    @Test func aliasesAndMergesAreExpanded() {
        let (documents, diagnostics) = parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nlist: [*b]\n")
        #expect(diagnostics.isEmpty)
        let expected: JSONValue = .object(["x": .integer(1), "y": .integer(3)])
        #expect(documents.first?["use"]?.json == expected)
    }

    @Test func aliasesWithoutAnAnchorAreTakenForTexts() {
        let (documents, diagnostics) = parse("a: *nobody\n")
        #expect(documents.first?["a"]?.text == "*nobody")
        #expect(diagnostics.map(\.code) == ["manifest.unquoted-text"])
        #expect(diagnostics.first?.span?.column == 4)
    }

    @Test func aliasesThatMultiplyAreRefused() {
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let uses = Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", ")
            text += "l\(level): &l\(level) [\(uses)]\n"
        }
        #expect(parse(text).diagnostics.map(\.code) == ["manifest.too-large"])
    }

    @Test func aliasesThatNestWithoutEndAreRefused() {
        var text = "l0: &l0 {x: 1}\n"
        for level in 1...3000 { text += "l\(level): &l\(level) {x: *l\(level - 1)}\n" }
        #expect(parse(text).diagnostics.map(\.code) == ["manifest.too-large"])
    }

    @Test func deepNestingIsAnErrorAndNoCrash() {
        let text = String(repeating: "[", count: 100_000)
        #expect(parse(text).diagnostics.hasErrors)
    }

    @Test func brokenUTF8IsReportedWhereItBegins() {
        let (documents, diagnostics) = ManifestParser.parse(Array("a: 1\nb: ".utf8) + [0xFF, 0x0A], file: "m.yaml")
        #expect(documents.count == 1)
        #expect(diagnostics.map(\.code) == ["manifest.not-utf8"])
        #expect(diagnostics.first?.span?.line == 2)
        #expect(diagnostics.first?.span?.column == 4)
    }

    @Test func everyTabInTheIndentationIsReported() {
        let (_, diagnostics) = parse("a:\n\tb: 1\n\tc: 2\n")
        #expect(diagnostics.map(\.code) == ["manifest.tab", "manifest.tab"])
        #expect(diagnostics.map { $0.span?.line } == [2, 3])
    }

    @Test func placeholdersWithoutQuotesAreNamed() throws {
        let (documents, diagnostics) = parse("name: {{my name}}\n")
        #expect(diagnostics.map(\.code) == ["manifest.unquoted-placeholder"])
        #expect(try #require(documents.first)["name"]?.text == "{{my name}}")
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "\u{FEFF}"])
    func emptyTextsHaveNoDocuments(_ text: String) {
        let (documents, diagnostics) = parse(text)
        #expect(documents.isEmpty)
        #expect(diagnostics.isEmpty)
    }
}
