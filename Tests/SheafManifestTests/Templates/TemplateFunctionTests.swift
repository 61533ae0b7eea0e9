import SheafManifest
import SheafModel
import Testing

/// What the functions of sprig and of the platform give.
@Suite struct TemplateFunctionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var template: String
        var result: String
        var testDescription: String { template }

        init(_ template: String, _ result: String) {
            self.template = template
            self.result = result
        }
    }

    static let texts = [
        Case("{{trim `  a `}}|{{trimAll `$` `$a$`}}|{{trimPrefix `a-` `a-b`}}|{{trimSuffix `-b` `a-b`}}", "a|a|b|a"),
        Case(
            "{{upper `aé`}} {{lower `AÉ`}} {{title `hello big world`}} {{untitle `Ab Cd`}}",
            "AÉ aé Hello Big World ab cd"
        ),
        Case("{{replace ` ` `-` `a b c`}} {{replace `` `.` `ab`}}", "a-b-c .a.b."), Case("{{repeat 3 `ab`}}", "ababab"),
        Case("{{contains `b` `abc`}} {{hasPrefix `a` `abc`}} {{hasSuffix `a` `abc`}}", "true true false"),
        Case("{{quote `a` 1 nil true}} {{squote `a` 1}} {{quote .nowhere}}", "\"a\" \"1\" \"true\" 'a' '1' "),
        Case("{{`a\nb` | indent 2}}", "  a\n  b"), Case("x:{{`a\nb` | nindent 2}}", "x:\n  a\n  b"),
        Case(
            "{{trunc 3 `abcdef`}} {{trunc -2 `abcdef`}} {{substr 1 3 `abcdef`}} {{abbrev 5 `abcdefgh`}}",
            "abc ef bc ab..."
        ),
        Case("{{nospace ` a b `}} {{cat `a` 1 nil `b`}} {{plural `one` `many` 1}}", "ab a 1 b one"),
        Case(
            "{{snakecase `FirstName`}} {{camelcase `http_server`}} {{kebabcase `FirstName`}} {{initials `First Try`}}",
            "first_name HttpServer first-name FT"
        ),
        Case(
            "{{splitList `,` `a,b,c`}} {{(split `$` `a$b`)._1}} {{splitn `:` 2 `a:b:c`}}",
            "[a b c] b map[_0:a _1:b:c]"
        ),
        Case("{{index (splitn `:` 4 `workflow:v1:scan:public`) `_2`}}", "scan"),
        Case("{{toString 1}}{{toString .list}}", "1[3 4 5]"),
        Case("{{b64enc `héllo`}} {{b64dec `aGk=`}}", "aMOpbGxv hi"),
        Case("{{sha256sum `a` | trunc 8}}", "ca978112"),
        Case("{{base `/a/b.yaml`}} {{dir `/a/b`}} {{ext `a.yml`}} {{clean `a//b/../c`}}", "b.yaml /a .yml a/c"),
    ]

    static let lists = [
        Case("{{list 1 `a` true}} {{list | len}}", "[1 a true] 0"),
        Case("{{join `,` .list}} {{join `-` `x`}}", "3,4,5 x"),
        Case("{{first .words}} {{last .words}} {{rest .words}} {{initial .words}}", "b c [a c] [b a]"),
        Case("{{append .list 6}} {{prepend .list 2}} {{concat .list .words}}", "[3 4 5 6] [2 3 4 5] [3 4 5 b a c]"),
        Case(
            "{{reverse .words}} {{sortAlpha .words}} {{uniq (list 1 2 1)}} {{without .list 4}}",
            "[c a b] [a b c] [1 2] [3 5]"
        ),
        Case("{{has 4 .list}} {{has 9 .list}} {{compact (list 0 1 ``)}}", "true false [1]"),
        Case("{{until 3}} {{untilStep 3 9 3}} {{seq 3}} {{seq 1 2 5}}", "[0 1 2] [3 6] 1 2 3 1 3 5"),
        Case("{{chunk 2 .list}}", "[[3 4] [5]]"), Case("{{first .none}}", "<no value>"),
    ]

    static let maps = [
        Case("{{dict `a` 1 `b`}}", "map[a:1 b:]"), Case("{{get .map `one`}}{{get .map `x`}}.", "1."),
        Case("{{hasKey .map `one`}} {{hasKey .map `x`}} {{hasKey .nowhere `x`}}", "true false false"),
        Case(
            "{{keys .map}} {{values .map}} {{pick .map `one`}} {{omit .map `one` `two`}}",
            "[one three two] [1 3 2] map[one:1] map[three:3]"
        ),
        Case("{{$d := dict}}{{$_ := set $d `k` 1}}{{$d.k}}{{$_ := unset $d `k`}}{{len $d}}", "10"),
        Case("{{dig `list` `x` `none` .deep}} {{dig `text` `none` .deep}}", "none t"),
        Case("{{pluck `one` .map .nomap}}", "[1]"),
        Case(
            "{{merge (dict `a` 1) (dict `a` 2 `b` 3)}} {{mergeOverwrite (dict `a` 1) (dict `a` 2)}}",
            "map[a:1 b:3] map[a:2]"
        ),
        Case("{{$a := dict `x` (dict `y` 1)}}{{$b := deepCopy $a}}{{$_ := set $b.x `y` 2}}{{$a.x.y}}{{$b.x.y}}", "12"),
    ]

    static let numbers = [
        Case("{{add 1 2 3}} {{add1 4}} {{sub 5 2}} {{mul 2 3 4}} {{div 7 2}} {{mod 7 4}}", "6 5 3 24 3 3"),
        Case("{{int `42`}} {{int 3.9}} {{int `x`}} {{int64 true}} {{atoi `7`}} {{float64 `1.5`}}", "42 3 0 1 7 1.5"),
        Case("{{max 1 5 3}} {{min 4 2 8}} {{floor 1.9}} {{ceil 1.1}} {{round 2.345 2}}", "5 2 1 2 2.35"),
        Case("{{addf 1.5 2}} {{mulf 2.5 2}} {{divf 5 2}}", "3.5 5 2.5"),
    ]

    static let defaults = [
        Case("{{default `d` .empty}} {{.nowhere | default `d`}} {{default `d` 0}} {{default `d` `x`}}", "d d d x"),
        Case("{{empty 0}} {{empty .list}} {{coalesce 0 `` `a`}} {{coalesce 0}}", "true false a <no value>"),
        Case("{{ternary `a` `b` true}} {{false | ternary `a` `b`}} {{all 1 0}} {{any 1 0}}", "a b false true"),
        Case(
            "{{required `needed` .text}} {{kindOf .list}} {{typeOf .map}} {{kindIs `string` .text}}",
            "hello slice map[string]interface {} true"
        ),
        Case(
            "{{toJson .deep}} {{toRawJson `<a>`}} {{toJson `<a>`}}",
            #"{"list":[{"name":"x"},{"name":"y"}],"null":null,"text":"t"} "<a>" "\u003ca\u003e""#
        ),
        Case("{{toPrettyJson .map}}", "{\n  \"one\": 1,\n  \"three\": 3,\n  \"two\": 2\n}"),
        Case("{{(fromJson `{\"a\": [1]}`).a}}", "[1]"),
    ]

    static let platform = [
        Case("{{DataOsFqdn}} {{ DataOsFqdn | upper }}", "host.test HOST.TEST"),
        Case(
            "{{hasNested .deep `text`}} {{hasNested . `deep.text`}} {{hasNested . `deep.x.y`}} {{hasNested .nowhere `a`}}",
            "true true false false"
        ),
        Case(
            "{{getNested . `deep.text`}} {{getNested . `deep.x`}} {{range getNested .deep `list`}}{{.name}}{{end}}",
            "t <no value> xy"
        ),
        Case("{{getMapValue .map `one`}} {{getMapValue .map `x`}}", "1 <no value>"),
        Case(
            "{{$a := resolve `dataos://lake:retail/city?acl=r`}}{{$a.Depot}} {{$a.Collection}} {{$a.Dataset}} {{$a.Type}} {{$a.Format}} {{$a.Abfss.Account}} "
                + "{{$a.Abfss.RelativePath}}",
            "lake retail city abfss iceberg acc /x"
        ),
        Case(
            "{{$a := resolve `dataos://other:c/d`}}{{$a.Depot}}/{{$a.Dataset}} {{$a.Type}}{{if $a.Abfss}}x{{end}}",
            "other/d <no value>"
        ),
        Case(
            "{{getMapValue (resolve `dataos://stream:c/d`).Resolution `isPersistent`}} {{(resolve `dataos://stream:c/d`).Pulsar.Tenant}}",
            "true public"
        ),
    ]

    static let instance = StackPlatform(
        fqdn: "host.test",
        depots: [
            "lake": [
                "type": "ABFSS",
                "abfss": ["account": "acc", "container": "con", "relativePath": "/x", "format": "iceberg"],
            ],
            "stream": ["type": "PULSAR", "spec": ["tenant": "public", "isPersistent": true]],
        ]
    )

    @Test(arguments: texts + lists + maps + numbers + defaults + platform)
    func givesWhatSprigGives(_ test: Case) {
        #expect(Template.run(test.template, platform: Self.instance) == .text(test.result))
    }

    static let faults = [
        Case("{{indent `a` `b`}}", "value 1:10 argument 1 of 'indent' must be a whole number, but is the text 'a'"),
        Case("{{.number | indent 2}}", "value 1:13 argument 2 of 'indent' must be a text, but is the number 17"),
        Case("{{required `a name is needed` .empty}}", "value 1:3 a name is needed"),
        Case("{{div 1 0}}", "value 1:9 a number cannot be divided by zero"),
        Case("{{b64dec `?`}}", "value 1:10"), Case("{{fromJson `{`}}", "value 1:12"),
        Case("{{resolve `x`}}", "value 1:11 argument 1 of 'resolve' must be an address"),
        Case("{{hasKey .text `a`}}", "value 1:10 argument 1 of 'hasKey' must be a mapping, but is the text 'hello'"),
        Case("{{join}}", "value 1:3 'join' takes 2 arguments, not 0"),
        Case("{{getNested .text `a`}}", "value 1:13"),
        Case("{{(resolve `dataos://lake:a/b`).Gcs.Bucket}}", "value 1:3"),
        Case(
            "{{(resolve `dataos://lake:a/b`).Abfs}}",
            "value 1:3 the result of 'resolve' for dataos://lake has no field 'Abfs'"
        ), Case("{{substr 4 2 `abc`}}", "value 1:3"),
    ]

    @Test(arguments: faults)
    func pointsToTheArgumentThatIsWrong(_ test: Case) {
        guard case .fault(let found) = Template.run(test.template, platform: Self.instance) else {
            Issue.record("no fault in \(test.template)")
            return
        }
        #expect(found.hasPrefix(test.result))
    }

    @Test func everyFunctionStandsInTheDocumentationAndNoOther() throws {
        let rows = try Repository.text("docs/stack-templates.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        let names = rows.flatMap { row in
            (row.split(separator: "|").first ?? "").split(separator: "`").filter { $0.contains { $0.isLetter } }
        }
        #expect(names.map(String.init).sorted() == TemplateEngine.functionNames)
    }

    // MARK: YAML

    struct Value: Sendable {
        var value: JSONValue
        var yaml: String
    }

    static let yaml: [Value] = [
        Value(
            value: ["b": 1, "a": ["x", 2, true, .null], "c": [:], "d": []],
            yaml: "a:\n- x\n- 2\n- true\n- null\nb: 1\nc: {}\nd: []"
        ),
        Value(value: ["a": [["k": 1, "l": ["x"]], ["k": 2]]], yaml: "a:\n- k: 1\n  l:\n  - x\n- k: 2"),
        Value(value: [["a", "b"], [["c"]]], yaml: "- - a\n  - b\n- - - c"),
        Value(
            value: [
                "a": "true", "b": "1.0", "c": "", "d": "yes", "e": "null", "f": "2024-01-02", "g": "12:30", "h": "0x1F",
                "i": "1e3", "j": "~",
            ],
            yaml:
                "a: \"true\"\nb: \"1.0\"\nc: \"\"\nd: \"yes\"\ne: \"null\"\nf: \"2024-01-02\"\ng: \"12:30\"\nh: \"0x1F\"\ni: \"1e3\"\nj: \"~\""
        ),
        Value(
            value: [
                "a": "x: y", "b": "*x", "c": " x", "d": "x #y", "e": "it's", "f": "- x", "g": "-x", "h": "a:b",
                "i": "{x}", "j": "'x",
            ],
            yaml: "a: 'x: y'\nb: '*x'\nc: ' x'\nd: 'x #y'\ne: it's\nf: '- x'\ng: -x\nh: a:b\ni: '{x}'\nj: '''x'"
        ),
        Value(
            value: ["a": "l1\nl2\n", "b": "l1\nl2", "c": ["x\ny"], "d": " a\nb", "e": "a\n\n", "f": "a \nb"],
            yaml:
                "a: |\n  l1\n  l2\nb: |-\n  l1\n  l2\nc:\n- |-\n  x\n  y\nd: |2-\n   a\n  b\ne: |+\n  a\n\nf: \"a \\nb\""
        ),
        Value(
            value: [
                "dataos://a:b/c": "tab\there", "1": .number(1.5), "n": .number(2_000_000), "s": .number(0.0000001),
            ],
            yaml: "\"1\": 1.5\ndataos://a:b/c: \"tab\\there\"\n\"n\": 2000000\ns: 1e-07"
        ),
    ]

    @Test(arguments: yaml)
    func writesYAMLInTheStyleOfThePlatform(_ test: Value) {
        #expect(Template.run("{{ toYaml . }}", test.value) == .text(test.yaml))
    }

    @Test(arguments: yaml)
    func theYAMLReadsBackAsTheSameValue(_ test: Value) throws {
        let text = try #require(Template.run("value:{{ toYaml . | nindent 2 }}\n", test.value).text)
        let (documents, diagnostics) = ManifestParser.parse(Array(text.utf8), file: "t.yaml")
        #expect(diagnostics.isEmpty)
        let read = try #require(documents.first?["value"]?.json)
        // Whole numbers come back as such, whatever they were.
        #expect(read == test.value || test.yaml.contains("2000000"))
    }

    // MARK: Limits

    struct Attack: Sendable, CustomTestStringConvertible {
        var template: String
        var testDescription: String { String(template.prefix(60)) }
    }

    static let attacks = [
        "{{range 100000000}}{{end}}", "{{range until 1000000000}}{{end}}", "{{repeat 1000000000 `x`}}",
        "{{$x := `x`}}{{range 64}}{{$x = print $x $x}}{{end}}",
        "{{$x := list}}{{range 64}}{{$x = concat $x $x (list 1)}}{{end}}",
        "{{$x := list 1}}{{range 64}}{{$x = list $x $x}}{{end}}{{$x}}",
        "{{$x := list 1}}{{range 64}}{{$x = list $x $x}}{{end}}{{toJson $x}}",
        "{{$x := list 1}}{{range 64}}{{$x = list $x $x}}{{end}}{{toYaml $x}}",
        "{{$x := list 1}}{{range 1000}}{{$x = list $x}}{{end}}",
        "{{$d := dict}}{{$_ := set $d `d` $d}}{{$d}}", "{{$d := dict}}{{$_ := set $d `d` $d}}{{toYaml $d}}",
        "{{$d := dict}}{{$_ := set $d `d` $d}}{{toJson $d}}", "{{$d := dict}}{{$_ := set $d `d` $d}}{{deepCopy $d}}",
        "{{$d := dict}}{{$e := dict}}{{$_ := set $d `x` $d}}{{$_ := set $e `x` $e}}{{deepEqual $d $e}}",
        "{{define `a`}}{{template `a`}}{{end}}{{template `a`}}",
        "{{define `a`}}{{template `b`}}{{template `b`}}{{end}}{{define `b`}}{{template `a`}}{{end}}{{template `a`}}",
        "{{indent 1000000000 `x`}}", "{{printf `%999999999d` 1 | repeat 1000}}",
        "{{replace `` (repeat 100000 `y`) (repeat 100000 `x`)}}",
        "{{range 1000}}{{range 1000}}{{range 1000}}{{range 1000}}{{end}}{{end}}{{end}}{{end}}",
        "{{range 100000}}{{printf `%.90000f` 1e-300}}{{end}}", "{{seq 1 1000000000}}",
        "{{untilStep 0 9223372036854775807 1}}",
        "{{range 100000}}{{repeat 4000000 `x` | upper | len}}{{end}}",
        "{{range 10000}}{{`0123456789` | repeat 1000}}{{end}}",
        String(repeating: "{{if 1}}", count: 100_000), "{{" + String(repeating: "(", count: 100_000),
        "{{if 0}}" + String(repeating: "{{else if 0}}", count: 10_000) + "{{end}}",
        String(repeating: "{{$x := 1}}", count: 50_000), String(repeating: "x", count: 2_000_000),
    ].map(Attack.init)

    @Test(arguments: attacks)
    func aHostileTemplateIsStopped(_ attack: Attack) {
        guard case .fault(let found) = Template.run(attack.template) else {
            Issue.record("was not stopped")
            return
        }
        #expect(found.hasPrefix("limit ") || found.hasPrefix("syntax "))
    }

    @Test func aChainOfMapsWithoutEndIsReleased() {
        let template =
            "{{$root := dict}}{{$at := $root}}{{range 50000}}{{$new := dict}}{{$_ := set $at `n` $new}}{{$at = $new}}{{end}}"
        #expect(Template.run(template + "done") == .text("done"))
    }
}
