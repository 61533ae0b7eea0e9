import SheafManifest
import SheafModel
import Testing

@Suite struct TreeCauseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        /// Each as `line:column code`.
        var findings: [String]
        /// What the first message or its help says.
        var says = ""
        /// The line of the first related place.
        var related: Int?
        /// Whether the document is read as it was meant.
        var isRead = true

        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "a key left of its siblings",
            text: "secrets:\n    - name: a\n    allkeys: true\n    - name: b\n    allkeys: true\n",
            findings: ["3:5 manifest.indentation", "5:5 manifest.indentation"],
            says: "column 7",
            related: 2
        ),
        Case(
            name: "a key with children left of its siblings",
            text: "d:\n  - a: x\n  p:\n    k: v\n  - a: y\n",
            findings: ["3:3 manifest.indentation"],
            related: 2
        ),
        Case(
            name: "a key deeper than the one above",
            text: "job:\n  compute: c\n      runAsUser: u\n  stackSpec:\n    a: 1\n",
            findings: ["3:7 manifest.indentation"],
            says: "deeper than 'compute'",
            related: 2
        ),
        Case(
            name: "a first key deeper than its siblings",
            text: "options:\n   table: t\n  strategy: append\n",
            findings: ["2:4 manifest.indentation"],
            related: 3
        ),
        Case(
            name: "a key between two levels",
            text: "a:\n    b: 1\n    c: 2\n    d: 3\n   e: 4\nf: 5\n",
            findings: ["5:4 manifest.indentation"],
            says: "column 5"
        ),
        Case(
            name: "a first line that is indented",
            text: " name: web\nversion: v1\ntype: service\n",
            findings: ["1:2 manifest.indentation"]
        ),
        Case(
            name: "an item that is not below the others",
            text: "list:\n  - name: a\n    x: 1\n   - name: b\n     x: 2\n  - name: c\n",
            findings: ["4:4 manifest.indentation"],
            says: "column 3"
        ),
        Case(
            name: "a list below a value",
            text: "spec:\n  external: true\n    - acl: r\n      data: x\n",
            findings: ["3:5 manifest.missing-parent"],
            says: "'external'",
            related: 2,
            isRead: false
        ),
        Case(
            name: "a value and a list",
            text: "steps:\n  - sequence: x\n      - name: a\n        sql: b\n",
            findings: ["2:5 manifest.value-and-children"],
            related: 3,
            isRead: false
        ),
        Case(
            name: "a quote that is not closed",
            text: "name: \"web\nversion: v1\ntags: [a]\n",
            findings: ["1:7 manifest.unclosed-quote"]
        ),
        Case(
            name: "a quote inside of quotes",
            text: "a: 'it's here'\nb: \"say \"x\" now\"\n",
            findings: ["1:7 manifest.unclosed-quote", "2:9 manifest.unclosed-quote"],
            related: 1
        ),
        Case(
            name: "an unknown escape",
            text: "path: \"C:\\data\"\n",
            findings: ["1:10 manifest.unclosed-quote"],
            says: "single quotes"
        ),
        Case(
            name: "a bracket that is not closed",
            text: "tags: [a, b\nname: web\n",
            findings: ["1:7 manifest.unclosed-bracket"],
            isRead: false
        ),
        Case(
            name: "a masked value",
            text: "id: ****\nkey: *****\nname: web\n",
            findings: ["1:5 manifest.unquoted-text", "2:6 manifest.unquoted-text"]
        ),
        Case(name: "a reserved sign", text: "cron: @daily\n", findings: ["1:7 manifest.unquoted-text"]),
        Case(
            name: "a colon in a text",
            text: "description: Note: this\n",
            findings: ["1:18 manifest.unquoted-text"],
            says: "'description'"
        ),
        Case(
            name: "two keys on a line",
            text: "name: web version: v1\n",
            findings: ["1:18 manifest.unquoted-text"],
            says: "line break",
            isRead: false
        ),
        Case(
            name: "words of a page",
            text: "yaml\nCopyEdit\nname: web\n",
            findings: ["1:1 manifest.stray-text"],
            says: "copied",
            related: 2
        ),
        Case(
            name: "bold type",
            text: "**# Important:** change 'abc'\nname: web\ninputs:   **# read from**\n  - a\n",
            findings: ["1:1 manifest.markdown", "3:11 manifest.markdown"]
        ),
        Case(
            name: "a code fence",
            text: "```yaml\nname: web\n```\n",
            findings: ["1:1 manifest.markdown", "3:1 manifest.markdown"]
        ),
        Case(
            name: "a placeholder before text, and a pair",
            text: "name: {{a b}}-rw\nparams:\n  ${{\"k\": \"v\"}}\n",
            findings: ["1:7 manifest.unquoted-placeholder", "3:3 manifest.placeholder-splits"]
        ),
        Case(
            name: "a placeholder on two lines",
            text: "a: {{patient's data\n  name: x}}\n",
            findings: ["1:4 manifest.unquoted-placeholder", "2:3 manifest.indentation"]
        ),
        Case(
            name: "a comment that swallows a key",
            text: "m:\n  type: x\n# Report Monitor specificationreport:\n    source: y\n",
            findings: ["3:31 manifest.swallowed-key"],
            isRead: false
        ),
        Case(
            name: "no space behind a colon",
            text: "items:\n  - name:a\n    value: 1\nversion:v1\n",
            findings: ["2:9 manifest.missing-space", "4:8 manifest.missing-space"]
        ),
        Case(name: "no colon", text: "service\n  port: 80\n", findings: ["1:1 manifest.missing-colon"]),
        Case(
            name: "no dash",
            text: "tags:\n  - a\n  b\n  - c\n",
            findings: ["3:3 manifest.missing-dash"],
            related: 2,
            isRead: false
        ),
        Case(
            name: "an item on the line of its key",
            text: "tags: - a\n      - b\n",
            findings: ["1:7 manifest.same-line"],
            isRead: false
        ),
        Case(
            name: "control characters",
            text: "a: x\u{1}y\nb: \u{E2}\u{8F}\n",
            findings: ["1:5 manifest.control-character", "2:5 manifest.control-character"]
        ),
        Case(
            name: "no-break spaces",
            text: "a:\n\u{A0} b: 1\n  c: 2\n",
            findings: ["2:1 manifest.odd-space"]
        ),
        Case(
            name: "a merge conflict",
            text: "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> main\n",
            findings: ["2:1 manifest.conflict-marker"],
            related: 6
        ),
        Case(
            name: "tabs that stand for four spaces",
            text: "app:\n    stack: a\n\ttopology:\n\t- name: x\n",
            findings: ["3:1 manifest.tab", "4:1 manifest.tab"]
        ),
        Case(
            name: "several causes in one file",
            text: "name: {{x}}-rw\na:\n\tb: 1\nc: 'it's'\nd:\n  - e: 1\n  f: 2\ng: *x\n",
            findings: [
                "1:7 manifest.unquoted-placeholder", "3:1 manifest.tab", "4:7 manifest.unclosed-quote",
                "7:3 manifest.indentation", "8:4 manifest.unquoted-text",
            ]
        ),
        Case(name: "a carriage return as line end", text: "a: 1\rb:\r\tc: 3\r", findings: ["1:9 manifest.tab"]),
    ])
    func namesTheCauseAtItsPlace(_ test: Case) {
        let (tree, diagnostics) = TreeParser.parse(Array(test.text.utf8), file: "m.yaml")
        let found = diagnostics.map { "\($0.span?.line ?? 0):\($0.span?.column ?? 0) \($0.code)" }
        #expect(found == test.findings)
        #expect(diagnostics.allSatisfy { $0.severity == .error })
        let words = "\(diagnostics.first?.message ?? "") \(diagnostics.first?.help ?? "")"
        #expect(test.says.isEmpty || words.contains(test.says), "\(words)")
        if let related = test.related { #expect(diagnostics.first?.related.first?.span.line == related) }
        #expect(tree.documents.isEmpty != test.isRead)
    }

    @Test func aMendedDocumentIsReadAsItWasMeantWithThePlacesOfTheFile() throws {
        let text = "list:\n    - name: {{a}}-r\n    keys: [x]\nlast: ü\n"
        let (tree, _) = TreeParser.parse(Array(text.utf8), file: "m.yaml")
        let root = try #require(tree.documents.first)
        #expect(
            tree.json(root)
                == .object([
                    "list": .array([.object(["name": .string("{{a}}-r"), "keys": .array([.string("x")])])]),
                    "last": .string("ü"),
                ])
        )
        let last = try #require(tree.entry(root, "last"))
        #expect(tree.span(last.value) == SourceSpan(file: "m.yaml", line: 4, column: 7, endLine: 4, endColumn: 8))
        let list = try #require(tree.value(root, "list"))
        let keys = try #require(tree.elements(list).first { _ in true }.flatMap { tree.entry($0, "keys") })
        #expect(tree.span(keys.key).line == 3)
        #expect(tree.span(keys.key).column == 5)
    }

    @Test func aMistakeInADocumentHidesNothingInTheOthers() {
        let text = "a: 'x'y'\n---\nb: 1\n---\nc: @x\n---\nd: \u{1}\n---\ne: 2\n"
        let (tree, diagnostics) = TreeParser.parse(Array(text.utf8), file: "m.yaml")
        #expect(diagnostics.map { $0.span?.line } == [1, 5, 7])
        #expect(tree.documents.count == 5)
    }

    @Test func mistakesInALargeFileAreFoundToo() {
        var text = "resources:\n"
        for number in 0..<20_000 { text += "  - name: r\(number)\n    size: 1\n" }
        text += "  - name: {{x}}-rw\n    size: 1\n  - name: last\n  size: 2\n"
        let (tree, diagnostics) = TreeParser.parse(Array(text.utf8), file: "m.yaml")
        #expect(diagnostics.map { $0.span?.line } == [40_002, 40_005])
        #expect(diagnostics.map(\.code) == ["manifest.unquoted-placeholder", "manifest.indentation"])
        #expect(tree.documents.count == 1)
    }
}
