import FoundationEssentials
import SheafManifest
import SheafModel
import Testing
import sheaf

/// Reads a JSON value by keys and indices, for expectations.
extension JSONValue {
    fileprivate subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    fileprivate subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    fileprivate var count: Int? {
        guard case .array(let elements) = self else { return nil }
        return elements.count
    }
}

@Suite struct DiagnosticFormatTests {
    private func span(_ line: Int, _ column: Int, _ endLine: Int, _ endColumn: Int, file: String = "a b/日.yaml")
        -> SourceSpan
    {
        SourceSpan(file: file, line: line, column: column, endLine: endLine, endColumn: endColumn)
    }

    private var sample: Diagnostic {
        Diagnostic(
            code: ManifestCode.duplicateKey.rawValue,
            message: "100% wrong: a, b\nand c",
            span: span(3, 2, 3, 5),
            help: "remove one",
            related: [.init(message: "first defined here", span: span(1, 2, 1, 5))],
            fix: .init(title: "remove it", replacing: span(3, 2, 4, 1), by: "x", isSafe: true)
        )
    }

    private func json(_ value: some Encodable) throws -> JSONValue {
        try CanonicalJSON.decode(JSONValue.self, from: CanonicalJSON.encode(value))
    }

    @Test func aRecordHasTheFixAndTheOtherPlaces() throws {
        let record = try json(DiagnosticRecord(sample))
        #expect(record["fix"]?["isSafe"] == .bool(true))
        #expect(record["fix"]?["title"] == .string("remove it"))
        #expect(record["fix"]?["edits"]?[0]?["endLine"] == .integer(4))
        #expect(record["fix"]?["edits"]?[0]?["replacement"] == .string("x"))
        #expect(record["related"]?[0]?["line"] == .integer(1))
        #expect(record["related"]?[0]?["message"] == .string("first defined here"))
    }

    @Test func aRecordLeavesOutWhatIsNotThere() throws {
        let text = String(
            decoding: try CanonicalJSON.encode(DiagnosticRecord(Diagnostic(code: "x.y", message: "m"))),
            as: UTF8.self
        )
        #expect(text == #"{"code":"x.y","message":"m","severity":"error"}"#)
    }

    @Test func aLogHasARuleForEachCodeAndAResultForEachFinding() throws {
        let place = span(1, 1, 1, 2, file: "/x")
        let other = Diagnostic(code: "graph.cycle", severity: .warning, message: "m", span: place)
        let log = try json(DiagnosticSarif([sample, other, sample], version: "1.2.3"))
        #expect(log["version"] == .string("2.1.0"))
        let run = try #require(log["runs"]?[0])
        #expect(run["columnKind"] == .string("unicodeCodePoints"))
        let driver = try #require(run["tool"]?["driver"])
        #expect(driver["version"] == .string("1.2.3"))
        #expect(driver["rules"]?.count == 2)
        #expect(driver["rules"]?[1]?["id"] == .string("manifest.duplicate-key"))
        #expect(driver["rules"]?[1]?["shortDescription"]?["text"] == .string("A mapping has a key twice."))
        #expect(
            driver["rules"]?[1]?["helpUri"] == .string("urn:sheaf:docs:diagnostics.md#manifestduplicate-key")
        )
        #expect(run["results"]?.count == 3)
        #expect(run["results"]?[0]?["ruleIndex"] == .integer(1))
        #expect(run["results"]?[1]?["level"] == .string("warning"))
        let file = run["results"]?[1]?["locations"]?[0]?["physicalLocation"]?["artifactLocation"]?["uri"]
        #expect(file == .string("file:///x"))
    }

    @Test func aResultHasItsPlacesAndItsFix() throws {
        let log = try json(DiagnosticSarif([sample], version: "1"))
        let result = try #require(log["runs"]?[0]?["results"]?[0])
        let place = try #require(result["locations"]?[0]?["physicalLocation"])
        #expect(place["artifactLocation"]?["uri"] == .string("a%20b/%E6%97%A5.yaml"))
        #expect(place["region"]?["startLine"] == .integer(3))
        #expect(place["region"]?["endColumn"] == .integer(5))
        #expect(result["relatedLocations"]?[0]?["id"] == .integer(0))
        #expect(result["relatedLocations"]?[0]?["message"]?["text"] == .string("first defined here"))
        let change = try #require(result["fixes"]?[0]?["artifactChanges"]?[0])
        #expect(change["replacements"]?[0]?["deletedRegion"]?["endLine"] == .integer(4))
        #expect(change["replacements"]?[0]?["insertedContent"]?["text"] == .string("x"))
    }

    @Test func aRunWithoutFindingsHasAnEmptyListOfResults() throws {
        let log = try json(DiagnosticSarif([], version: "1"))
        #expect(log["runs"]?[0]?["results"]?.count == 0)
    }

    @Test func anAnnotationEscapesWhatEndsItsParts() {
        let text = DiagnosticAnnotations.render([sample])
        #expect(
            text == """
                ::error file=a b/日.yaml,line=3,endLine=3,col=2,endColumn=5,title=manifest.duplicate-key::100%25 wrong: a, b%0A\
                and c%0Afirst defined here: a b/日.yaml:1:2%0Ahelp: remove one

                """
        )
        let odd = Diagnostic(code: "x.y", severity: .note, message: "m\r", span: span(1, 1, 2, 1, file: "a:b,c%"))
        #expect(
            DiagnosticAnnotations.render([odd]) == "::notice file=a%3Ab%2Cc%25,line=1,endLine=2,title=x.y::m%0D\n"
        )
    }

    @Test func anAnnotationWithoutAPlaceHasItsTitleOnly() {
        let text = DiagnosticAnnotations.render([Diagnostic(code: "x.y", severity: .warning, message: "m")])
        #expect(text == "::warning title=x.y::m\n")
    }
}
