import SheafManifest
import SheafModel
import Testing

/// What Go's `text/template` does, by examples.
@Suite struct TemplateLanguageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var template: String
        var result: String
        var testDescription: String { template }

        init(_ template: String, _ result: String) {
            self.template = template
            self.result = result
        }
    }

    static let textAndTrimming = [
        Case("", ""), Case("plain } {  text", "plain } {  text"), Case("a{{/* note */}}b", "ab"),
        Case("a {{- /* note */ -}} b", "ab"), Case("{{/* two\nlines */}}x", "x"),
        Case("x \r\n\t{{- 3}}", "x3"), Case("{{3 -}}\n\n\ty", "3y"), Case("x\n{{-  3   -}}\ny", "x3y"),
        Case("{{-3}}", "-3"), Case("{{- -3 -}} ", "-3"), Case("a{{ 3 }} b", "a3 b"),
        Case("  {{- if true }} a {{ end -}}  ", " a "), Case("{{\"{{\"}}x{{`}}`}}", "{{x}}"),
        Case("{{ \"x\"\n|\nprintf\n}}", "x"), Case("{{ $x \n := \n 1 \n }}{{$x}}", "1"),
        Case("a\n{{- range .list }}\n- {{ . }}\n{{- end }}\nb", "a\n- 3\n- 4\n- 5\nb"),
    ]

    static let literals = [
        Case("{{\"a\\tb\\x41\\u00e9\\101\"}}", "a\tbAéA"), Case("{{`raw \\n`}}", "raw \\n"), Case("{{'a'}}", "97"),
        Case("{{'\\n'}}{{'\\''}}{{'パ'}}", "103912497"),
        Case("{{0x1F}} {{0b101}} {{0o17}} {{017}} {{1_000}}", "31 5 15 15 1000"),
        Case("{{1.5}} {{1e3}} {{.5}} {{-2.50}} {{1e6}} {{1e-7}} {{123456.0}}", "1.5 1000 0.5 -2.5 1e+06 1e-07 123456"),
        Case("{{true}} {{false}}", "true false"), Case("{{printf `%T %T %T` 1 1.0 0xef}}", "int float64 int"),
    ]

    static let values = [
        Case(
            "{{.}}",
            "map[deep:map[list:[map[name:x] map[name:y]] null:<nil> text:t] empty: half:0.5 list:[3 4 5] "
                + "map:map[one:1 three:3 two:2] million:1e+06 no:false nomap:map[] none:[] null:<nil> number:17 text:hello "
                + "words:[b a c] yes:true zero:0]"
        ),
        Case("{{.text}} {{.number}} {{.million}} {{.yes}} {{.list}}", "hello 17 1e+06 true [3 4 5]"),
        Case("{{$.text}} {{$.deep.text}}", "hello t"), Case("{{.nowhere}}", "<no value>"),
        Case("{{.null}}", "<no value>"), Case("{{.nowhere.at.all}}", "<no value>"), Case("{{(.deep).text}}", "t"),
        Case("{{(index .deep.list 1).name}}", "y"), Case("{{print nil}} {{print .null}}", "<nil> <nil>"),
        Case("{{with $x := .deep}}{{$x.text}}{{end}}", "t"), Case("{{$x := .null}}{{$x.any}}", "<no value>"),
        Case("{{(dict \"a\" 1).a}}", "1"),
    ]

    static let truth = [
        Case("{{if true}}T{{else}}F{{end}}", "T"), Case("{{if 1}}T{{else}}F{{end}}", "T"),
        Case("{{if 0}}T{{else}}F{{end}}", "F"), Case("{{if 0.0}}T{{else}}F{{end}}", "F"),
        Case("{{if ``}}T{{else}}F{{end}}", "F"), Case("{{if .none}}T{{else}}F{{end}}", "F"),
        Case("{{if .nomap}}T{{else}}F{{end}}", "F"), Case("{{if .nowhere}}T{{else}}F{{end}}", "F"),
        Case("{{if .null}}T{{else}}F{{end}}", "F"), Case("{{if .map}}T{{else}}F{{end}}", "T"),
        Case("{{if not .nowhere.x}}T{{else}}F{{end}}", "T"),
        Case("{{if eq 1 3}}1{{else if eq 2 3}}2{{else if eq 3 3}}3{{else}}4{{end}}", "3"),
        Case("{{if false}}1{{else if false}}2{{else}}4{{end}}", "4"),
        Case("{{and false 0}} {{and 1 0}} {{and 0 true}} {{and 1 1}}", "false 0 0 1"),
        Case("{{or 0 0}} {{or 1 0}} {{or 0 true}} {{or 1 1}}", "0 1 true 1"),
        Case("{{or .none \"empty\"}} {{or .list \"empty\"}}", "empty [3 4 5]"),
        Case("{{or 1 (fail `never`)}} {{and 0 (fail `never`)}}", "1 0"), Case("{{1 | or 0}} {{0 | and 1}}", "1 0"),
        Case("{{and true 1 `hi` | not}}", "false"), Case("{{not 0}}{{not true}}", "truefalse"),
    ]

    static let branches = [
        Case("{{with .text}}{{.}}{{else}}none{{end}}", "hello"),
        Case("{{with .empty}}{{.}}{{else}}{{.text}}{{end}}", "hello"),
        Case("{{with .empty}}1{{else with .deep}}{{.text}}{{else}}3{{end}}", "t"),
        Case("{{if $x := true}}{{with $x := .number}}{{$x}},{{end}}{{$x}}{{end}}", "17,true"),
        Case("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"),
        Case("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"),
        Case("{{range .list}}<{{.}}>{{end}}", "<3><4><5>"), Case("{{range .none}}x{{else}}none{{end}}", "none"),
        Case("{{range .nowhere}}x{{else}}none{{end}}", "none"), Case("{{range .map}}{{.}},{{end}}", "1,3,2,"),
        Case("{{range $k, $v := .map}}{{$k}}={{$v}};{{end}}", "one=1;three=3;two=2;"),
        Case("{{range $i, $e := .words}}{{$i}}{{$e}}{{end}}", "0b1a2c"),
        Case("{{range $e := .list}}{{$e}}{{end}}", "345"),
        Case("{{range 3}}{{.}}{{end}}", "012"), Case("{{range $i := 2}}{{$i}}{{else}}none{{end}}", "01"),
        Case("{{range .list}}{{if eq . 4}}{{break}}{{end}}{{.}}{{end}}", "3"),
        Case("{{range .list}}{{if eq . 4}}{{continue}}{{end}}{{.}}{{end}}", "35"),
        Case("{{range .list}}{{range $.words}}{{break}}{{end}}{{.}}{{end}}", "345"),
        Case("{{$last := 0}}{{range $last = .list}}{{end}}{{$last}}", "5"),
        Case("{{$n := 0}}{{range .list}}{{$n = add $n .}}{{end}}{{$n}}", "12"),
        Case("{{range .deep.list}}{{.name}}{{$.text}} {{end}}", "xhello yhello "),
    ]

    static let templates = [
        Case("{{define \"a\"}}[{{.}}]{{end}}{{template \"a\" .text}}", "[hello]"),
        Case("{{template \"a\"}}{{define \"a\"}}[{{.}}]{{end}}", "[<no value>]"),
        Case("{{block \"b\" .number}}<{{.}}>{{end}}{{template \"b\" 2}}", "<17><2>"),
        Case("{{define \"c\"}}{{$.text}}{{end}}{{with .deep}}{{template \"c\" .}}{{end}}", "t"),
        Case("{{define `n`}}{{if .}}{{.}}{{template `n` (sub . 1)}}{{end}}{{end}}{{template `n` 3}}", "321"),
        Case("{{define \"d\"}} {{end}}{{define \"d\"}}x{{end}}{{template \"d\"}}", "x"),
    ]

    static let builtins = [
        Case("{{len .list}} {{len .map}} {{len \"é\"}}", "3 3 2"),
        Case("{{index .list 1}} {{index .map \"two\"}} {{index .deep.list 0 \"name\"}}", "4 2 x"),
        Case("{{index .map \"none\"}}", "<no value>"), Case("{{index `x` 0}}", "120"),
        Case("{{index .list}}", "[3 4 5]"),
        Case("{{slice .words 1}} {{slice .words 0 1}} {{slice `abcd` 1 3}}", "[a c] [b] bc"),
        Case("{{eq 1 1}} {{eq 1 2}} {{eq `x` `x`}} {{eq 3 4 5 3}} {{eq 1.5 1.5}}", "true false true true true"),
        Case("{{eq .nowhere nil}} {{eq .text nil}} {{eq .nowhere `x`}} {{ne .null 1}}", "true false false true"),
        Case("{{eq (index `x` 0) 'x'}}", "true"),
        Case("{{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt 2 1}} {{ge 1 2}}", "true true true true false"),
        Case("{{lt `xy` `xyz`}} {{gt 1.5 0.5}}", "true true"), Case("{{print 1 2 `a` 3}}", "1 2a3"),
        Case("{{print `a` `b`}}{{println 1 `x`}}", "ab1 x\n"),
        Case("{{html `<a href=\"x\">&'</a>`}}", "&lt;a href=&#34;x&#34;&gt;&amp;&#39;&lt;/a&gt;"),
        Case("{{urlquery `a b/c?é`}}", "a+b%2Fc%3F%C3%A9"), Case("{{printf `%d %d` (1) (2 | add 3)}}", "1 5"),
        Case("{{`x` | printf `%s-%s` `a`}}", "a-x"), Case("{{`aaa` | printf}}", "aaa"),
    ]

    @Test(
        arguments: textAndTrimming + literals + values + truth + branches + templates + builtins
    )
    func writesWhatGoWrites(_ test: Case) { #expect(Template.run(test.template) == .text(test.result)) }

    static let formats = [
        Case("{{printf `%d|%5d|%-5d|%05d|%+d|% d` 42 42 42 42 42 42}}", "42|   42|42   |00042|+42| 42"),
        Case("{{printf `%x %X %#x %o %b %c %q %U` 255 255 255 8 5 'A' 'A' 'A'}}", "ff FF 0xff 10 101 A 'A' U+0041"),
        Case("{{printf `%s|%6s|%-6s|%.2s|%q` `abc` `abc` `abc` `abc` `a\"b`}}", "abc|   abc|abc   |ab|\"a\\\"b\""),
        Case("{{printf `%x % X` `hi` `hi`}}", "6869 68 69"), Case("{{printf `%t %v` true false}}", "true false"),
        Case("{{printf `%f %.2f %8.3f|%G` 1.5 2.345 3.14159 1e-10}}", "1.500000 2.35    3.142|1E-10"),
        Case("{{printf `%e %.3e %g %.3g` 123456.789 0.00012345 1e21 1234.5}}", "1.234568e+05 1.234e-04 1e+21 1.23e+03"),
        Case("{{printf `%6.2f|%-8.1f|%+.1f|%08.2f` 3.14159 2.0 1.0 -3.5}}", "  3.14|2.0     |+1.0|-0003.50"),
        Case("{{printf `%v %v %v` .list .map nil}}", "[3 4 5] map[one:1 three:3 two:2] <nil>"),
        Case("{{printf `%s %d` .words .list}}", "[b a c] [3 4 5]"), Case("{{printf `%5.1f%%` 99.55}}", " 99.5%"),
        Case("{{printf `%d` `x`}} {{printf `%s` 3}} {{printf `%s` nil}}", "%!d(string=x) %!s(int=3) %!s(<nil>)"),
        Case("{{printf `%d`}} {{printf `x` 1}} {{printf `%`}}", "%!d(MISSING) x%!(EXTRA int=1) %!(NOVERB)"),
        Case("{{printf `%[2]s %[1]s` `a` `b`}} {{printf `%*d` 5 42}}", "b a    42"),
        Case("{{printf `%08b` 5}}", "00000101"),
    ]

    @Test(arguments: formats)
    func formatsAsGoFormats(_ test: Case) { #expect(Template.run(test.template) == .text(test.result)) }

    static let faults = [
        Case("{{}}", "syntax 1:3 the action has no value"),
        Case("hello{{range", "syntax 1:6 the action is not closed"),
        Case("a\n  {{end}}", "syntax 2:5 this 'end' belongs to nothing"),
        Case("{{else}}", "syntax 1:3 this 'else' belongs to nothing"),
        Case("{{if .x}}a{{else}}b{{else}}c{{end}}", "syntax 1:22 'if' has a second 'else'"),
        Case("hello{{range .x}}", "syntax 1:8 this 'range' has no {{end}}"),
        Case("{{if .x}}{{else}}", "syntax 1:3 this 'if' has no {{end}}"),
        Case("{{ .x", "syntax 1:1 the action is not closed"), Case("{{ (.x }}", "syntax 1:4 this '(' is not closed"),
        Case("{{ .x) }}", "syntax 1:6 this ')' closes nothing"),
        Case("{{/* a }}", "syntax 1:1 the comment is not closed"),
        Case("{{ /* a */ }}", "syntax 1:4 a comment must begin right after"),
        Case("{{/* a */ x }}", "syntax 1:8 a comment must be alone"),
        Case("{{ \"a }}", "syntax 1:4 the text is not closed"),
        Case("hello\n\n{{`x\n\n}}", "syntax 3:3 the text is not closed"),
        Case("{{ 'ab' }}", "syntax 1:4 'ab' is not exactly one character"),
        Case("{{ 1x }}", "syntax 1:4 '1x' is no number"),
        Case("{{ 0x_ }}", "syntax 1:4 '0x_' is no number"),
        Case("{{ \"a\\q\" }}", "syntax 1:4 a backslash begins no known escape"),
        Case("{{$x}}", "syntax 1:3 there is no variable '$x' here"),
        Case("{{with $x := 4}}{{end}}{{$x}}", "syntax 1:26 there is no variable"),
        Case("{{$x = 1}}", "syntax 1:3 there is no variable '$x'"),
        Case("{{define \"a\"}}{{$x}}{{end}}", "syntax 1:17 there is no variable"),
        Case("{{printf 3, 4}}", "syntax 1:11 ',' is not expected"), Case("{{printf 3`x`}}", "syntax 1:11"),
        Case("{{printf `x`.}}", "syntax 1:13"),
        Case("{{$x := 1}}{{$x!2}}", "syntax 1:16 '!' cannot follow '$x'"), Case("{{$x := 1}}{{$x+2}}", "syntax 1:16"),
        Case("{{$x += 1}}", "syntax 1:3"), Case("{{with $v, $u := 3}}{{end}}", "syntax 1:10 too many variables"),
        Case("{{range $u, $v, $w := 3}}{{end}}", "syntax 1:15 too many variables"),
        Case("{{range $x := $y := 3}}{{end}}", "syntax 1:"),
        Case("{{.x | }}", "syntax 1:6 nothing follows this '|'"), Case("{{12|.}}", "syntax 1:6 '.' is no function"),
        Case("{{.|printf|\"error\"}}", "syntax 1:12 '\"error\"' is no function"),
        Case("{{printf `%d` ( ) }}", "syntax 1:17 the parentheses has no value"),
        Case("{{true.x}}", "syntax 1:3 'true' has no fields"), Case("{{\"a\".x}}", "syntax 1:3"),
        Case("{{nil.x}}", "syntax 1:3"), Case("{{..x}}", "syntax 1:3"),
        Case("{{break}}", "syntax 1:3 'break' stands outside"),
        Case("{{range .}}{{else}}{{continue}}{{end}}", "syntax 1:22 'continue' stands outside"),
        Case("{{range .}}{{define \"a\"}}{{break}}{{end}}{{end}}", "syntax 1:14 'define' may stand only at the top"),
        Case("{{template .x}}", "syntax 1:12 '.x' is not expected"),
        Case("{{block \"a\"}}x{{end}}", "syntax 1:12 'block' has no value"),
        Case("{{define \"a\"}}x{{end}}{{define \"a\"}}y{{end}}", "syntax 1:25 the template 'a' is defined twice"),
        Case("{{ .a # .b }}", "syntax 1:7 '#' is not expected"), Case("{{ \u{1} }}", "syntax 1:4 the character U+1"),
        Case("{{ toYml . }}", "unknownFunction 1:4 there is no function 'toYml'"),
        Case("{{ .a.toYaml . }}", "value 1:4 '.a.toYaml' is no function"),
        Case("{{3 2}}", "value 1:3 '3' is no function"),
        Case("{{$x := 1}}{{3 | $x}}", "value 1:18 '$x' is no function"),
        Case("{{nil}}", "syntax 1:3 'nil' is no command"),
        Case("{{if nil}}x{{end}}", "value 1:6 'nil' alone"), Case("{{(nil).x}}", "value 1:4 'nil' alone"),
        Case("{{.deep.null.x}}", "value 1:3 '.deep.null' is empty, so it has no 'x'"),
        Case("{{.list.x}}", "value 1:3 '.list' is a list, so it has no 'x'"),
        Case("{{.text.x}}", "value 1:3 '.text' is the text 'hello', so"),
        Case("{{index .list 10}}", "value 1:15 there is no element 10: the last one is 2"),
        Case("{{index .list `x`}}", "value 1:15 argument 2 of 'index'"),
        Case("{{index nil 1}}", "value 1:9"), Case("{{index .map 10}}", "value 1:14"),
        Case("{{len 3}}", "value 1:7 argument 1 of 'len' must be"),
        Case("{{eq 2 2.0}}", "value 1:8 'eq' cannot compare the number 2"), Case("{{eq `x` 1}}", "value 1:10"),
        Case("{{lt true true}}", "value 1:11 'lt' cannot compare"),
        Case("{{lt .nowhere 1}}", "value 1:6 argument 1 of 'lt'"),
        Case("{{eq .list .list}}", "value 1:12"), Case("{{eq 1}}", "value 1:3 'eq' takes at least 2 arguments, not 1"),
        Case("{{range .text}}{{end}}", "value 1:9 'range' cannot go over"),
        Case("{{template \"a\"}}", "value 1:3 there is no template 'a'"),
        Case("{{true | printf}}", "value 1:10 argument 1 of 'printf'"),
        Case("{{slice .list 2 1}}", "value 1:3 a part cannot begin at 2"),
        Case(
            "{{upper .nowhere}}",
            "value 1:9 argument 1 of 'upper' must be a text, but there is none: the mapping has no key 'nowhere'"
        ),
        Case("{{upper .null}}", "value 1:9 argument 1 of 'upper' must be a text, but is nothing"),
        Case("{{fail `no way`}}", "value 1:3 no way"),
        Case("{{regexMatch `a` `b`}}", "unsupported 1:3 Sheaf cannot run"),
    ]

    @Test(arguments: faults)
    func pointsToWhatIsWrong(_ test: Case) {
        guard case .fault(let found) = Template.run(test.template) else {
            Issue.record("no fault in \(test.template)")
            return
        }
        #expect(found.hasPrefix(test.result), "\(test.template)")
    }

    @Test func allUnknownFunctionsAndVariablesAreReportedAtOnce() {
        let template = "{{ foo . }}\n{{ $x }}\n{{ bar }}"
        let (text, faults) = TemplateEngine.render(template, data: .null)
        #expect(text == nil)
        #expect(faults.map { TemplateText(template).place(of: $0.range.lowerBound).line } == [1, 2, 3])
    }

    @Test(arguments: [
        Case("{{ toYml . }}", "did you mean 'toYaml'?"), Case("{{ . | ident 2 }}", "did you mean 'indent'?"),
        Case("{{ $volume := 1 }}{{ $volum }}", "did you mean '$volume'?"),
        Case("{{ Stamp }}", "a field of the data begins with a dot: '.Stamp'"),
        Case("{{ if .a == 1 }}{{ end }}", "compare with 'eq', declare with ':='"),
        Case("{{define `head`}}{{end}}{{template `haed`}}", "did you mean 'head'?"),
    ])
    func suggestsWhatMayBeMeant(_ test: Case) {
        #expect(TemplateEngine.render(test.template, data: .null).faults.first?.help == test.result)
    }
}
