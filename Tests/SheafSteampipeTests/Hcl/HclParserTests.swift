import SheafSteampipe
import Testing

@Suite struct HclParserTests {
    @Test func readsEveryKindOfValue() throws {
        let text = """
            # a comment
            connection "csv" { // another
              plugin = "turbot/csv@latest" /* and
              one more */
              paths = ["a/*.csv", "b\\t\\"c\\u00e9",
                "d",]
              count = -1.5e3
              on = true
              off = false
              nothing = null
              source = plugin.local
              map = { a = 1, "b" : [true] }
              text = <<-EOT
                  first
                    second
                  EOT
            }
            options "database" {
              search_path = "a,b"
            }
            """
        let file = HclParser.parse(text, file: "x.spc")
        #expect(file.problems.isEmpty)
        let block = try #require(file.blocks.first)
        #expect(block.type == "connection")
        #expect(block.labels == ["csv"])
        #expect(block["plugin"]?.value == .string("turbot/csv@latest"))
        #expect(block["paths"]?.value.texts == ["a/*.csv", "b\t\"cé", "d"])
        #expect(block["count"]?.value == .number("-1.5e3"))
        #expect(block["on"]?.value == .bool(true))
        #expect(block["off"]?.value == .bool(false))
        #expect(block["nothing"]?.value == .null)
        #expect(block["source"]?.value == .reference("plugin.local"))
        #expect(block["map"]?.value == .object(["a": .number("1"), "b": .list([.bool(true)])]))
        #expect(block["text"]?.value == .string("first\n  second\n"))
        #expect(block.position == HclPosition(line: 2, column: 1))
        #expect(file.blocks.last?["search_path"]?.value == .string("a,b"))
    }

    @Test(arguments: [
        ("connection \"a\" {\n  plugin = \n}", "x:2:12: expected a value for 'plugin', found the end of the line"),
        ("connection \"a\" {\n  plugin = \"csv\n}", "x:2:12: the string is not closed with '\"'"),
        ("connection \"a\" {\n  p = csv\n}", "x:2:7: 'csv' is no value; write \"csv\" for the text"),
        ("connection \"a\" {\n  p = file(\"a\")\n}", "x:2:7: functions such as 'file(…)' are not supported"),
        ("connection \"a\" {\n  p = 1\n  p = 2\n}", "x:3:3: 'p' is set twice, first in line 2"),
        ("connection \"a\" {\n  p = [1 2]\n}", "x:2:10: expected ',' or ']' in the list 'p', found 2"),
        ("connection \"a\" {\n  p = 1", "x:1:1: the block 'connection' is not closed with '}'"),
        ("p = 1", "x:1:1: the attribute 'p' stands outside any block"),
        (
            "connection \"a\" {\n  p = \"${x}\"\n}",
            "x:2:7: templates such as ${…} are not supported; write $${ for the text"
        ),
        ("/* open", "x:1:1: the comment is not closed with '*/'"),
        (
            "connection \"a\" {\n  p = 1 q = 2\n}",
            "x:2:9: expected the end of the line after the value of 'p', found 'q'"
        ),
        (
            "connection \"a\" {\n  p = <<EOT\nx\n}",
            "x:2:7: the text after '<<EOT' is not closed with 'EOT' on a line of its own"
        ),
        ("connection \"a\" { ; }", "x:1:18: the character ';' has no meaning here"),
    ])
    func saysWhereAndWhatIsWrong(text: String, problem: String) {
        #expect(HclParser.parse(text, file: "x").problems.first?.description == problem)
    }

    @Test func keepsTheBlocksAroundABrokenOne() {
        let text = "connection \"a\" {\n p = 1\n}\nconnection \"b\" {\n p = \n}\nconnection \"c\" {\n p = 2\n}\n"
        let file = HclParser.parse(text, file: "x")
        #expect(file.blocks.map(\.labels) == [["a"], ["b"], ["c"]])
        #expect(file.blocks.map { $0.problem == nil } == [true, false, true])
        #expect(file.problems.count == 1)
    }

    @Test func endsOnAnyText() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "connection", "\"a\"", "{", "}", "=", "[", "]", ",", "\n", "\"", "<<E", "/*", "1", "-", ".", "é", "\\",
        ]
        for _ in 0..<300 {
            let text = (0..<20).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined(separator: " ")
            _ = HclParser.parse(text, file: "x")
        }
    }
}
