/// `printf` of Go: fills the verbs of a format with values.
struct GoFormat {
    /// What stands between `%` and the verb.
    private struct Directive {
        var isLeft = false
        var hasPlus = false
        var hasSpace = false
        var hasZero = false
        var isSharp = false
        var width: Int?
        var precision: Int?
    }

    /// Go refuses larger widths and precisions as well, though only from a million on.
    private static let widest = 100_000

    private let context: TemplateContext
    private let arguments: [TemplateValue]
    private var index = 0
    private var isReordered = false
    private var result = ""

    /// The format filled with the arguments; what does not fit together shows in the text, as in Go.
    static func text(
        _ format: String,
        _ arguments: [TemplateValue],
        _ context: TemplateContext
    ) throws -> String {
        var formatter = GoFormat(context: context, arguments: arguments)
        try formatter.run(format)
        return formatter.result
    }

    private init(context: TemplateContext, arguments: [TemplateValue]) {
        self.context = context
        self.arguments = arguments
    }

    private mutating func append(_ text: String) throws {
        try context.reserve(text: text.utf8.count)
        guard result.utf8.count + text.utf8.count <= context.limits.textLength else {
            throw TemplateProblem("a text would be longer than \(context.limits.textLength) bytes", kind: .limit)
        }
        result += text
    }

    private mutating func run(_ format: String) throws {
        var rest = Substring(format).unicodeScalars
        while !rest.isEmpty {
            let plain = rest.prefix { $0 != "%" }
            try append(String(plain))
            rest = rest.dropFirst(plain.count)
            guard rest.popFirst() != nil else { break }
            let directive = readDirective(&rest)
            guard let verb = rest.popFirst() else {
                try append("%!(NOVERB)")
                break
            }
            try append(try fill(verb, directive))
        }
        guard !isReordered, index < arguments.count else { return }
        var extra: [String] = []
        for value in arguments[index...] {
            extra.append("\(value.goType)=\(try GoText.text(value, context))")
        }
        try append("%!(EXTRA \(extra.joined(separator: ", ")))")
    }

    // MARK: Reading

    private mutating func readDirective(_ rest: inout Substring.UnicodeScalarView) -> Directive {
        var directive = Directive()
        flags: while let flag = rest.first {
            switch flag {
            case "-": directive.isLeft = true
            case "+": directive.hasPlus = true
            case " ": directive.hasSpace = true
            case "0": directive.hasZero = true
            case "#": directive.isSharp = true
            default: break flags
            }
            rest.removeFirst()
        }
        readIndex(&rest)
        directive.width = readNumber(&rest)
        if let width = directive.width, width < 0 {
            directive.isLeft = true
            directive.width = -width
        }
        if rest.first == "." {
            rest.removeFirst()
            readIndex(&rest)
            directive.precision = max(0, readNumber(&rest) ?? 0)
        }
        readIndex(&rest)
        return directive
    }

    /// `[2]`: the argument to go on with.
    private mutating func readIndex(_ rest: inout Substring.UnicodeScalarView) {
        guard rest.first == "[" else { return }
        let digits = rest.dropFirst().prefix(while: \.isTemplateDigit)
        let after = rest.dropFirst(1 + digits.count)
        guard after.first == "]", let number = Int(String(digits)), number > 0 else { return }
        index = number - 1
        isReordered = true
        rest = after.dropFirst()
    }

    /// A number, or `*` for one among the arguments.
    private mutating func readNumber(_ rest: inout Substring.UnicodeScalarView) -> Int? {
        if rest.first == "*" {
            rest.removeFirst()
            guard arguments.indices.contains(index), case .integer(let value) = arguments[index] else { return nil }
            index += 1
            return Int(min(max(value, -Int64(Self.widest)), Int64(Self.widest)))
        }
        let digits = rest.prefix(while: \.isTemplateDigit)
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty ? nil : min(Int(String(digits)) ?? Self.widest, Self.widest)
    }

    // MARK: Filling

    private mutating func fill(_ verb: Unicode.Scalar, _ directive: Directive) throws -> String {
        if verb == "%" { return "%" }
        guard arguments.indices.contains(index) else { return "%!\(verb)(\(isReordered ? "BADINDEX" : "MISSING"))" }
        let value = arguments[index]
        index += 1
        if verb == "T" { return pad(value.goType, directive) }
        if verb == "v", !directive.isSharp { return try generic(value, directive) }
        return try formatted(value, verb, directive) ?? bad(verb, value)
    }

    private func bad(_ verb: Unicode.Scalar, _ value: TemplateValue) throws -> String {
        if value.isNothing { return "%!\(verb)(<nil>)" }
        return "%!\(verb)(\(value.goType)=\(try GoText.text(value, context)))"
    }

    private func generic(_ value: TemplateValue, _ directive: Directive) throws -> String {
        switch value {
        case .integer(let number): return integer(number, 10, directive)
        case .number(let number): return try decimal(number, "g", directive)
        case .text(let text): return pad(cut(text, directive), directive)
        default: return pad(try GoText.text(value, context), directive)
        }
    }

    /// A value by a verb; nil when they do not fit.
    private func formatted(
        _ value: TemplateValue,
        _ verb: Unicode.Scalar,
        _ directive: Directive
    ) throws -> String? {
        switch value {
        case .missing, .null: return nil
        case .bool(let flag): return verb == "t" || verb == "v" ? pad(flag ? "true" : "false", directive) : nil
        case .integer(let number): return self.number(number, verb, directive)
        case .number(let number):
            switch verb {
            case "e", "E", "f", "F", "g", "G", "v": return try decimal(number, verb, directive)
            default: return nil
            }
        case .text(let text): return self.text(text, verb, directive)
        case .list(let list):
            return "[\(try parts(list.elements, verb, directive).joined(separator: " "))]"
        case .map(let map):
            let keys = map.sortedKeys
            let values = try parts(keys.map { map.entries[$0] ?? .null }, verb, directive)
            let names = try parts(keys.map(TemplateValue.text), verb, directive)
            return "map[\(zip(names, values).map { "\($0):\($1)" }.joined(separator: " "))]"
        case .record(let record):
            return "{\(try parts(record.fields.map(\.value), verb, directive).joined(separator: " "))}"
        }
    }

    private func parts(
        _ values: [TemplateValue],
        _ verb: Unicode.Scalar,
        _ directive: Directive
    ) throws -> [String] {
        var texts: [String] = []
        for value in values {
            try context.spend()
            let text = try formatted(value, verb, directive) ?? bad(verb, value)
            try context.reserve(text: text.utf8.count)
            texts.append(text)
        }
        return texts
    }

    private func text(_ text: String, _ verb: Unicode.Scalar, _ directive: Directive) -> String? {
        let cut = cut(text, directive)
        switch verb {
        case "s": return pad(cut, directive)
        case "v": return pad(GoText.quoted(cut), directive)
        case "q":
            let canBeRaw =
                directive.isSharp && !cut.unicodeScalars.contains { $0 == "`" || $0.value < 32 && $0 != "\t" }
            return pad(canBeRaw ? "`\(cut)`" : GoText.quoted(cut), directive)
        case "x", "X":
            let digits = cut.utf8.map { byte in
                let hex = String(byte, radix: 16, uppercase: verb == "X")
                return hex.utf8.count < 2 ? "0" + hex : hex
            }
            return pad(digits.joined(separator: directive.hasSpace ? " " : ""), directive)
        default: return nil
        }
    }

    private func cut(_ text: String, _ directive: Directive) -> String {
        guard let precision = directive.precision else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision)))
    }

    private func number(_ value: Int64, _ verb: Unicode.Scalar, _ directive: Directive) -> String? {
        switch verb {
        case "d", "v": return integer(value, 10, directive)
        case "b": return integer(value, 2, directive, prefix: "0b")
        case "o": return integer(value, 8, directive, prefix: "0")
        case "O": return integer(value, 8, directive, prefix: "0o", always: true)
        case "x": return integer(value, 16, directive, prefix: "0x")
        case "X": return integer(value, 16, directive, prefix: "0X", uppercase: true)
        case "c": return pad(Self.character(value).map(String.init) ?? "\u{FFFD}", directive)
        case "q": return pad(GoText.quoted(Self.character(value) ?? "\u{FFFD}"), directive)
        case "U":
            let digits = String(value, radix: 16, uppercase: true)
            return pad("U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits, directive)
        default: return nil
        }
    }

    private static func character(_ value: Int64) -> Unicode.Scalar? {
        UInt32(exactly: value).flatMap(Unicode.Scalar.init)
    }

    private func integer(
        _ value: Int64,
        _ radix: Int,
        _ directive: Directive,
        prefix: String = "",
        always: Bool = false,
        uppercase: Bool = false
    ) -> String {
        var digits = String(value.magnitude, radix: radix, uppercase: uppercase)
        if let precision = directive.precision {
            digits = precision == 0 && value == 0 ? "" : Self.zeros(digits, to: precision)
        }
        if always || directive.isSharp { digits = prefix + digits }
        return signed(digits, isNegative: value < 0, directive, padsZeros: directive.precision == nil)
    }

    private func decimal(
        _ value: Double,
        _ verb: Unicode.Scalar,
        _ directive: Directive
    ) throws -> String {
        // An exact conversion works through up to a thousand digits as many times.
        try context.spend(directive.precision == nil && verb != "f" ? 10 : 2000)
        let places = directive.precision
        let magnitude = value.isNaN ? value : value.magnitude
        var text =
            switch verb {
            case "e", "E": GoNumber.scientific(magnitude, places ?? 6)
            case "f", "F": GoNumber.fixed(magnitude, places: places ?? 6)
            default: GoNumber.general(magnitude, precision: places)
            }
        if verb == "E" || verb == "G" { text = text.uppercased() }
        if text.hasPrefix("+") { text.removeFirst() }
        return signed(text, isNegative: value < 0, directive, padsZeros: value.isFinite)
    }

    private func signed(_ digits: String, isNegative: Bool, _ directive: Directive, padsZeros: Bool) -> String {
        let sign = isNegative ? "-" : directive.hasPlus ? "+" : directive.hasSpace ? " " : ""
        guard directive.hasZero, padsZeros, !directive.isLeft, let width = directive.width else {
            return pad(sign + digits, directive)
        }
        return sign + Self.zeros(digits, to: width - sign.utf8.count)
    }

    private static func zeros(_ digits: String, to width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private func pad(_ text: String, _ directive: Directive) -> String {
        guard let width = directive.width else { return text }
        let space = String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
        return directive.isLeft ? text + space : space + text
    }
}
