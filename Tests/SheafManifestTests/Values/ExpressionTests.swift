import SheafModel
import Testing

@testable import SheafManifest

@Suite struct ExpressionTests {
    @Test(arguments: [
        (" values.image.tag ", "values.image.tag"),
        ("values.hosts[0].name", "values.hosts[0].name"),
        ("values[\"a key\"]['b.c']", "values[\"a key\"][\"b.c\"]"),
        ("values[\"plain\"]", "values.plain"),
        ("secrets.DB_PASSWORD", "secrets.DB_PASSWORD"),
        ("bundle.version", "bundle.version"),
        ("git.commit", "git.commit"),
        ("values", "values"),
    ])
    func pathsAreRead(_ inside: String, _ text: String) throws {
        guard case .expression(let expression) = Expression.read(inside) else {
            Issue.record("'\(inside)' is not read")
            return
        }
        #expect(expression.text == text)
    }

    @Test(arguments: [
        "values.", "values.a b", "values.a + 1", "values[x]", "values[0", "values[\"a]", "values.a ?? 1", "secrets",
        "secrets.a.b", "secrets[\"a b\"]", "values.0",
    ])
    func whatBeginsAsAnExpressionMustBeOne(_ inside: String) {
        guard case .malformed(let reason) = Expression.read(inside) else {
            Issue.record("'\(inside)' is taken")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: ["x", "value.a", "\"k\": \"v\"", "", ".Values.a", "Values.a", "env.HOME", "valuesx"])
    func otherPlaceholdersAreForeign(_ inside: String) {
        guard case .foreign = Expression.read(inside) else {
            Issue.record("'\(inside)' is taken")
            return
        }
    }

    @Test(arguments: [
        ("plain", ["plain"]),
        ("${{ values.a }}", ["<${{ values.a }}>"]),
        ("a ${{x}}-${{y}} b", ["a ", "<${{x}}>", "-", "<${{y}}>", " b"]),
        ("$HOME/x:${USER}s", ["<$HOME>", "/x:", "<${USER}>", "s"]),
        ("$5 $$ $(x) ${A:-b} ${!x} a$ ${", ["$5 $$ $(x) ${A:-b} ${!x} a$ ${"]),
        ("$${HOME} $$HOME $${{ x }}", ["${HOME} $$HOME ${{ x }}"]),
        ("${{ open", ["${{ open"]),
        ("é$É", ["é$É"]),
    ])
    func textsAreTakenApart(_ text: String, _ expected: [String]) {
        let parts = TextPart.parts(of: text, variables: true).map { part in
            switch part {
            case .literal(let text): text
            case .expression(_, let written), .variable(_, let written): "<\(written)>"
            }
        }
        #expect(parts == expected)
    }

    @Test func withoutVariablesADollarSignIsJustThat() {
        #expect(TextPart.parts(of: "$A ${B} $${C}", variables: false) == [.literal("$A ${B} $${C}")])
    }

    @Test(arguments: [
        ("a=1", "a", JSONValue.integer(1)), ("a.b=true", "a.b", .bool(true)), ("a=", "a", .string("")),
        ("a=null", "a", .null), ("a=x=y", "a", .string("x=y")), ("[\"a b\"].c=1.50", "[\"a b\"].c", .number(1.5)),
        ("a=no", "a", .string("no")),
    ])
    func settingsAreTypedAsYAMLTypesThem(_ text: String, _ path: String, _ value: JSONValue) throws {
        let setting = try #require(ValueSetting(text))
        #expect(setting.name == "--set \(path)")
        #expect(setting.value.value == value)
        #expect(try #require(ValueSetting(text, isText: true)).value.value.stringValue != nil)
    }

    @Test(arguments: ["a", "=1", "a..b=1", "a[0]=1", "a b=1", ".a=1"])
    func aSettingNeedsAPath(_ text: String) { #expect(ValueSetting(text) == nil) }
}
