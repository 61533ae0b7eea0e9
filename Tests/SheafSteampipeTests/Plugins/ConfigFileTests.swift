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

    @Test(
        arguments: [
            ("<a/>", #"{"a":""}"#),
            ("<?xml version='1.0'?><!DOCTYPE a [<!ELEMENT a ANY>]><!-- c --><a> x &lt;&#65; </a>\n", #"{"a":"x <A"}"#),
            (
                "<r v='1'><i>1</i><n:i k=\"a&amp;b\">2</n:i>text<![CDATA[<&]]></r>",
                ##"{"r":{"-v":"1","i":["1",{"-k":"a&b","#text":"2"}],"#text":"text<&"}}"##
            ),
        ]
    )
    func readsXmlAsSteampipeDoes(text: String, json: String) throws {
        #expect(try XmlDocument.json(text, path: "f.xml") == json)
    }

    @Test(arguments: ["", "x", "<a>", "<a></b>", "<a b></a>", "<a b=1/>", "<a>&no;</a>", "<a/><b/>", "<a><!-- </a>"])
    func refusesWhatIsNoXml(text: String) {
        #expect(throws: SteampipeError.self) { try XmlDocument.json(text, path: "f.xml") }
    }

    @Test func readsToml() throws {
        let text = #"""
            title = "T \u00e9\n" # comment
            hex = 0xff
            int = -1_000
            float = 6.5e2
            yes = true
            day = 1979-05-27 07:32:00Z
            path.'a b'."c" = [1, [2,
              3,], ]
            raw = 'C:\x'
            long = """
            one \
               two
            "quoted" """""

            [server]
            name = "s"
            [server.inner]
            x = {a = 1, b.c = "d"}
            [[item]]
            id = 1
            [[item]]
            id = 2
            [item.more]
            z = ""
            """#
        #expect(
            try TomlDocument.json(text, path: "f.toml")
                == #"{"title":"T é\n","hex":255,"int":-1000,"float":650.0,"yes":true,"day":"1979-05-27T07:32:00Z","#
                + #""path":{"a b":{"c":[1,[2,3]]}},"raw":"C:\\x","long":"one two\n\"quoted\" \"\"","#
                + #""server":{"name":"s","inner":{"x":{"a":1,"b":{"c":"d"}}}},"item":[{"id":1},{"id":2,"more":{"z":""}}]}"#
        )
        #expect(try TomlDocument.json("", path: "f.toml") == "{}")
    }

    @Test(arguments: [
        "a", "a = ", "a = 1\na = 2", "a = 1 b = 2", "[a]\n[a]", "a = [1", "a = \"x", "a = {b = 1}\n[a.c]", "a = nope",
        "a = 1\n[a]", "[[a]]\n[a]", "a.b = 1\n[a]", "= 1", "a = \"\\q\"",
    ])
    func refusesWhatIsNoToml(text: String) {
        #expect(throws: SteampipeError.self) { try TomlDocument.json(text, path: "f.toml") }
    }
}
