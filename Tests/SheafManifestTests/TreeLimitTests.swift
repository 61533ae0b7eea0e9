import SheafManifest
import SheafModel
import Testing

/// Texts that cost much more than they seem to; each must end in a finding, at a place in the file.
@Suite struct TreeLimitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var make: @Sendable () -> String
        var code: String

        var testDescription: String { name }
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: [
        Case(name: "open brackets", make: { repeated("[", 10_000) }, code: "too-large"),
        Case(name: "closed brackets", make: { repeated("[", 10_000) + repeated("]", 10_000) }, code: "too-large"),
        Case(name: "braces", make: { repeated("{a: ", 10_000) + repeated("}", 10_000) }, code: "too-large"),
        Case(name: "dashes", make: { repeated("- ", 10_000) + "x" }, code: "too-large"),
        Case(
            name: "indentation",
            make: { (0..<1_100).map { repeated(" ", $0) + "a:\n" }.joined() },
            code: "too-large"
        ),
        Case(name: "documents", make: { repeated("---\n", 110_000) }, code: "too-large"),
        Case(name: "broken documents", make: { repeated("---\na: [\n", 1_000) }, code: "too-many-findings"),
        Case(name: "anchors", make: { (0..<60_000).map { "- &a\($0) x\n" }.joined() }, code: "too-large"),
        Case(name: "the name of an anchor", make: { "&" + repeated("a", 5_000) + " x" }, code: "too-large"),
        Case(name: "directives", make: { repeated("%TAG !a! b\n", 1_000) + "---\na: 1\n" }, code: "too-large"),
        Case(name: "repeated keys", make: { repeated("a: 1\n", 20_000) }, code: "too-many-findings"),
        Case(name: "placeholders", make: { "a:\n" + repeated("  - {{x}}-rw\n", 20_000) }, code: "too-many-findings"),
        Case(name: "tabs", make: { "a:\n" + repeated("\tb: 1\n", 20_000) }, code: "too-many-findings"),
        Case(name: "keys that are lists", make: { repeated("? [a]\n: b\n", 3_000) }, code: "too-many-findings"),
        Case(
            name: "values in brackets",
            make: { repeated("[", 90) + repeated("a,", 620_000) + repeated("]", 90) },
            code: "too-large"
        ),
        Case(
            name: "repetitions in nested mappings",
            make: {
                (0..<900).map { level in
                    let indent = repeated(" ", level)
                    return "\(indent)a: 1\n\(indent)a: 2\n\(indent)b:\n"
                }.joined() + repeated(" ", 900) + "x: [" + repeated("a,", 30_000) + "]\n"
            },
            code: "too-large"
        ),
    ])
    func whatIsTooMuchIsRefused(_ test: Case) {
        let text = test.make()
        let diagnostics = TreeParser.parse(Array(text.utf8), file: "m.yaml").diagnostics
        #expect(diagnostics.contains { $0.code == "manifest.\(test.code)" }, "\(diagnostics.first?.message ?? "")")
        #expect(diagnostics.count <= 1_001)
    }

    @Test func aFileBeyondTheLimitIsNotRead() {
        let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: TreeParser.sizeLimit + 1)
        let (tree, diagnostics) = TreeParser.parse(bytes, file: "m.yaml")
        #expect(tree.documents.isEmpty)
        #expect(diagnostics.map(\.code) == ["manifest.too-large"])
        #expect(TreeParser.tooLarge(65 << 20, file: "m.yaml").message.contains("65 MiB"))
    }

    struct Encoding: Sendable {
        var bytes: [UInt8]
        var says: String
        var documents: Int
    }

    private static func wide(_ text: String, isLittle: Bool) -> [UInt8] {
        text.utf16.flatMap { isLittle ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    @Test(arguments: [
        Encoding(bytes: wide("\u{FEFF}name: wëb😀\nb: 1\n", isLittle: true), says: "UTF-16", documents: 1),
        Encoding(bytes: wide("\u{FEFF}name: web\n", isLittle: false), says: "UTF-16", documents: 1),
        Encoding(bytes: wide("name: web\nb: 1\n", isLittle: true), says: "UTF-16", documents: 1),
        Encoding(bytes: [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], says: "UTF-32", documents: 1),
        Encoding(bytes: Array("a: caf".utf8) + [0xE9, 0x0A], says: "Windows-1252 it is 'é'", documents: 1),
        Encoding(bytes: [UInt8](repeating: 0xFF, count: 100), says: "no text", documents: 0),
        Encoding(bytes: Array("a: b\u{0}\n".utf8), says: "NUL", documents: 1),
    ])
    func otherEncodingsAreNamed(_ test: Encoding) {
        let (tree, diagnostics) = TreeParser.parse(test.bytes, file: "m.yaml")
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.message.contains(test.says) == true, "\(diagnostics)")
        #expect(diagnostics.hasErrors)
        #expect(tree.documents.count == test.documents)
    }

    @Test func placesAreRightBehindEveryKindOfLineBreak() throws {
        let text = "a: x\u{85}b: y\u{2028}c: 'ü' \r\nd: 1\n\u{FEFF}"
        let (tree, _) = TreeParser.parse(Array(text.replacing("\u{FEFF}", with: "").utf8), file: "m.yaml")
        let root = try #require(tree.documents.first)
        let entry = try #require(tree.entry(root, "c"))
        // Lines end with a line feed only, as editors count them.
        #expect(tree.span(entry.value) == SourceSpan(file: "m.yaml", line: 1, column: 14, endLine: 1, endColumn: 17))
        #expect(tree.entry(root, "d").map { tree.span($0.key).line } == 2)
    }
}
