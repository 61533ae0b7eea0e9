import FoundationEssentials
import SheafModel
import Testing
import Yams
import sheaf

@Suite struct YAMLTextTests {
    @Test func writesBlocksWithSortedKeys() {
        let value = JSONValue.object([
            "name": "shop", "empty": .array([]), "none": .object([:]), "count": .integer(3), "ratio": .number(0.5),
            "is live": .bool(true), "nothing": .null,
            "list": .array(["a", .object(["b": "c", "a": .array([.array(["x", "y"])])]), .array([])]),
        ])
        #expect(
            YAMLText.render(value) == """
                count: 3
                empty: []
                is live: true
                list:
                  - a
                  - a:
                      - - x
                        - "y"
                    b: c
                  - []
                name: shop
                none: {}
                nothing: null
                ratio: 0.5

                """
        )
    }

    @Test(arguments: [
        "", " ", "null", "Null", "~", "true", "No", "off", "y", "1", "1.0", "0x1F", "1e3", "12:30:45", "2024-01-01",
        "-", "- a", "a: b", "a:", "a #b", "#a", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "{a}", "[a]", "a,b",
        "'a'",
        "\"a\"", "a\nb", "a\r\nb", "a\tb", " a", "a ", "\u{0}", "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{2028}",
        "a\u{FEFF}", "\u{FFFE}", "é", "日本", "🙂", "a\\b", "...", "---", "?", "<<", "=", ".inf", ".NaN", "running:1",
        "service:site:shop", "sha256:00ff", "/var/lib/x", "a@b.c", "Infinity", "nan", "inf", "0o17", "1_000", "+1",
    ])
    func readsEveryTextBackAsText(text: String) throws {
        let value = JSONValue.object([text: .string(text), "list": .array([.string(text)])])
        #expect(try parse(YAMLText.render(value)) == value)
        #expect(try parse(YAMLText.render(.string(text))) == .string(text))
    }

    @Test(
        arguments: [
            .integer(.min), .integer(.max), .integer(0), .integer(-1), .number(1e20), .number(-1.5e-7), .number(0.1),
            .number(1e300), .number(.leastNonzeroMagnitude), .number(-0.0), .null, .bool(false),
            .array([]), .object([:]),
        ] as [JSONValue]
    )
    func readsEveryScalarBack(value: JSONValue) throws {
        #expect(try parse(YAMLText.render(value)) == value)
        #expect(try parse(YAMLText.render(.object(["k": value]))) == .object(["k": value]))
    }

    @Test func writesKeysOfAnyLength() throws {
        let value = JSONValue.object([String(repeating: "k", count: 3000): .object(["a": .array(["b"])])])
        #expect(try parse(YAMLText.render(.array([value]))) == .array([value]))
    }

    @Test(arguments: 0..<300) func readsBackWhatItWrote(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let value = JSONValue.random(depth: 4, using: &random)
        let text = YAMLText.render(value)
        #expect(try parse(text) == value, "\(text)")
        #expect(YAMLText.render(value) == text)
    }

    private func parse(_ text: String) throws -> JSONValue {
        JSONValue(yaml: try #require(try Yams.compose(yaml: text)))
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue {
    /// What Yams takes a node for.
    fileprivate init(yaml node: Node) {
        switch node {
        case .mapping(let mapping):
            let members = mapping.map { ($0.key.scalar?.string ?? "", JSONValue(yaml: $0.value)) }
            self = .object(Dictionary(members) { $1 })
        case .sequence(let sequence): self = .array(sequence.map { JSONValue(yaml: $0) })
        case .scalar(let scalar): self.init(node, scalar.string)
        case .alias: self = .null
        }
    }

    private init(_ node: Node, _ text: String) {
        switch node.tag.description {
        case Tag.Name.int.rawValue: self = Int64(text).map { .integer($0) } ?? .null
        case Tag.Name.float.rawValue: self = Double(text).map { .number($0) } ?? .null
        case Tag.Name.bool.rawValue: self = .bool(text == "true")
        case Tag.Name.null.rawValue: self = .null
        case Tag.Name.str.rawValue: self = .string(text)
        default: self = .array([.string(node.tag.description), .string(text)])
        }
    }

    fileprivate static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(.random(in: .min ... .max, using: &random))
        case 3: .number(.random(in: -1e9...1e9, using: &random))
        case 4...6: .string(text(using: &random))
        case 7:
            .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (text(using: &random), .random(depth: depth - 1, using: &random))
                    }
                ) { $1 }
            )
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let alphabet = Array("ab1 :-#'\"\\\n\t{}[],&*?|>%@`.~=<!é日🙂\u{85}\u{2028}\u{1}".unicodeScalars)
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            if let scalar = alphabet.randomElement(using: &random) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}

/// SplitMix64: the same values for the same seed.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
