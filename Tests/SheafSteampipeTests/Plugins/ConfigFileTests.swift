import SheafSteampipe
import Testing

@Suite struct ConfigFileTests {
    @Test func readsSectionsKeysAndComments() throws {
        let text = """
            top = 1
            ; about the server
            [server]
            # the port
            port : 80 ; not 81
            name = "a # b"
            long = one \\
            two
            port = 90
            """
        let file = try IniFile(text, path: "x.ini")
        #expect(file.sections.map(\.name) == ["DEFAULT", "server"])
        #expect(file.sections[1].comment == "; about the server")
        #expect(file.sections[0].keys.map(\.value) == ["1"])
        #expect(file.sections[1].keys.map(\.name) == ["port", "name", "long"])
        #expect(file.sections[1].keys.map(\.value) == ["90", "a # b", "one two"])
    }

    @Test func tellsTheLineThatIsNoIni() {
        #expect(throws: SteampipeError("steampipe.invalid-ini", "fail to read file: x:2: the section is not closed")) {
            try IniFile("a=1\n[b\n", path: "x")
        }
    }

    @Test func findsTheLeavesOfYaml() throws {
        let leaves = try YamlDocument("a:\n  b-c: 1\n  d: [x, null]\ne: {}\n", path: "x").leaves
        #expect(leaves.map(\.keyPath) == ["a.b_c", "a.d.0", "a.d.1", "e"])
        #expect(leaves.map(\.value) == ["1", "x", nil, "{}"])
        #expect(leaves.map(\.tag) == ["!!int", "!!str", "!!null", "!!map"])
        #expect(leaves[0].keysJson == "[\"a\",\"b-c\"]")
        #expect(leaves[0].line == 2)
        #expect(leaves[0].column == 8)
    }

    @Test func turnsYamlIntoJson() throws {
        let document = try YamlDocument("a: 'x\"y'\nb: [1, 2.5, true, ~, '1']\nc: &x {d: e}\nf: *x\n", path: "x")
        #expect(
            try document.json()
                == "{\"a\":\"x\\\"y\",\"b\":[1,2.5,true,null,\"1\"],\"c\":{\"d\":\"e\"},\"f\":{\"d\":\"e\"}}"
        )
    }
}
