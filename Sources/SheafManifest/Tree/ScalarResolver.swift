internal import SheafModel

/// Reads plain scalars by the core schema of YAML 1.2.
///
/// So `yes`, `no`, `on` and `off` are strings, as are timestamps and numbers that no JSON number holds exactly.
enum ScalarResolver {
    /// The type of a plain scalar, from its bytes.
    static func type(of text: UnsafeBufferPointer<UInt8>) -> YAMLTree.ScalarType {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            switch resolve(String(decoding: text, as: UTF8.self)) {
            case .null: return .null
            case .bool: return .boolean
            case .integer: return .integer
            case .number: return .number
            default: return .text
            }
        default: return .text
        }
    }

    static func resolve(_ text: String) -> JSONValue {
        guard let first = text.utf8.first else { return .null }
        switch text {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let mayBeNumber =
            isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
            || first == UInt8(ascii: ".")
        guard mayBeNumber else { return .string(text) }
        return integer(text) ?? decimal(text) ?? .string(text)
    }

    private static func integer(_ text: String) -> JSONValue? {
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map(JSONValue.integer) }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map(JSONValue.integer) }
        // Int64 accepts exactly [-+]?[0-9]+ and refuses what is too large, which then stays a text.
        return Int64(text).map(JSONValue.integer)
    }

    private static func decimal(_ text: String) -> JSONValue? {
        var rest = Substring(text)
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction: Substring = ""
        var hasPoint = false
        if rest.hasPrefix(".") {
            hasPoint = true
            fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var hasExponent = false
        if let mark = rest.first, mark == "e" || mark == "E" {
            hasExponent = true
            rest.removeFirst()
            if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
            guard !rest.isEmpty, rest.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            rest = ""
        }
        guard rest.isEmpty, hasPoint || hasExponent, let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
