import SheafManifest
import SheafModel
import Testing

/// JSON that keeps its order.
@Suite struct OrderedJSONTests {
    @Test func keepsTheOrderAndReadsBackAsTheSameValue() throws {
        let text = "b: [1, 2.5, true, null, 'x']\na: {z: \"q\\\"\\u0001\\n\", c: []}\n"
        let (tree, _) = TreeParser.parse(Array(text.utf8), file: "x.yaml")
        let value = OrderedJSON(tree, try #require(tree.documents.first))
        #expect(value.members.map(\.key) == ["b", "a"])
        let (again, diagnostics) = TreeParser.parse(Array(value.jsonText.utf8), file: "x.json")
        #expect(diagnostics.isEmpty)
        #expect(OrderedJSON(again, try #require(again.documents.first)) == value)
        #expect(value.compactText.hasPrefix(#"{ "b": [1, 2.5, true, null, "x"], "a": "#))
    }

    @Test func putsLongListsOnSeveralLines() {
        let words = (0..<40).map { "word\($0)" }
        let lines = OrderedJSON(words).jsonText.split(separator: "\n")
        #expect(lines.count == 42)
        #expect(OrderedJSON(words.prefix(3)).jsonText == #"["word0", "word1", "word2"]"# + "\n")
    }

    @Test func setsAndRemovesMembersInPlace() {
        var value: OrderedJSON = ["a": 1, "b": 2]
        value["a"] = 3
        value["c"] = 4
        value["b"] = nil
        #expect(value == ["a": 3, "c": 4])
    }
}
