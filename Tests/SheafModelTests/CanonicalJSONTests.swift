import FoundationEssentials
import SheafModel
import Testing

@Suite struct CanonicalJSONTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    private static let values: [JSONValue] = [
        .null, .bool(true), .integer(0), .integer(.max), .integer(.min), .number(1.5), .number(-0.001), .number(1e300),
        .string(""), .string("a/b \"c\" \\ \u{1F600} \u{0}\n"), .array([]), .object([:]),
        .array([.null, .bool(false), .array([.integer(1)])]),
        .object(["a": .object(["b": .array([.string("c")])]), "": .null]),
    ]

    @Test(arguments: values)
    func whatIsEncodedDecodesToTheSame(_ value: JSONValue) throws {
        let data = try CanonicalJSON.encode(value)
        #expect(try CanonicalJSON.decode(JSONValue.self, from: data) == value)
        #expect(try CanonicalJSON.decode(JSONValue.self, from: CanonicalJSON.pretty(value)) == value)
        #expect(try CanonicalJSON.encode(CanonicalJSON.decode(JSONValue.self, from: data)) == data)
    }

    @Test func keysStandInTheOrderOfTheirBytes() throws {
        let keys = [
            "b", "a", "B", "aa", "a.b", "a-b", "a_b", "10", "9", "", "ä", "z", "é", "Z", "\u{FFFD}", "\u{1F600}",
        ]
        let value = JSONValue.object(Dictionary(uniqueKeysWithValues: keys.map { ($0, .null) }))
        let expected = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try text(value) == "{" + expected.map { "\"\($0)\":null" }.joined(separator: ",") + "}")
    }

    @Test func equalValuesGiveEqualBytes() throws {
        let pairs = (0..<100).map { ("key\($0)", JSONValue.integer(Int64($0))) }
        let one = JSONValue.object(Dictionary(uniqueKeysWithValues: pairs))
        let other = JSONValue.object(Dictionary(uniqueKeysWithValues: pairs.reversed()))
        #expect(try CanonicalJSON.encode(one) == CanonicalJSON.encode(other))
    }

    @Test func slashesAreNotEscapedAndThereIsNoWhiteSpace() throws {
        #expect(try text(JSONValue.object(["a/b": .array([.integer(1), .string("c/d")])])) == "{\"a/b\":[1,\"c/d\"]}")
    }

    @Test func numbersThatJSONCannotHoldAreRefused() {
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(JSONValue.number(.infinity)) }
    }

    @Test func wholeNumbersStayWhole() throws {
        let data = Data("[1, -9223372036854775808, 9223372036854775807, 1.0, 1e2]".utf8)
        let value = try CanonicalJSON.decode(JSONValue.self, from: data)
        #expect(value.arrayValue?.prefix(3) == [.integer(1), .integer(.min), .integer(.max)])
    }
}

@Suite struct JSONValueTests {
    @Test func accessorsAnswerForTheirOwnKindOnly() {
        let object = JSONValue.object(["a": .integer(1)])
        #expect(object["a"] == .integer(1))
        #expect(object["b"] == nil)
        #expect(JSONValue.array([])["a"] == nil)
        #expect(JSONValue.string("x").stringValue == "x")
        #expect(JSONValue.integer(1).stringValue == nil)
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(object.objectValue?.count == 1)
        #expect(JSONValue.number(1).integerValue == nil)
    }

    @Test func scalarsHaveTheTextOfAnEnvironmentVariable() {
        #expect(JSONValue.bool(false).scalarText == "false")
        #expect(JSONValue.integer(-3).scalarText == "-3")
        #expect(JSONValue.number(1.5).scalarText == "1.5")
        #expect(JSONValue.string("x").scalarText == "x")
        #expect(JSONValue.null.scalarText == nil)
        #expect(JSONValue.array([]).scalarText == nil)
    }
}
