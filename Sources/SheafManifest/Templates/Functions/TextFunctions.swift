/// Functions of sprig about texts.
enum TextFunctions {
    static let all: [TemplateFunction] = trimming + cases + parts + tests

    // MARK: Tables

    private static let trimming: [TemplateFunction] = [
        TemplateFunction("trim", 1) { a in try a.make(trim(try a.text(0)) { $0.properties.isWhitespace }) },
        TemplateFunction("trimAll", 2, trimAll),
        TemplateFunction("trimall", 2, trimAll),
        TemplateFunction("trimPrefix", 2) { a in
            let (prefix, text) = (try a.text(0), try a.text(1))
            return try a.make(text.hasBytes(prefix) ? text.droppingBytes(first: prefix.utf8.count) : text)
        },
        TemplateFunction("trimSuffix", 2) { a in
            let (suffix, text) = (try a.text(0), try a.text(1))
            return try a.make(text.endsInBytes(suffix) ? text.droppingBytes(last: suffix.utf8.count) : text)
        },
        TemplateFunction("nospace", 1) { a in
            let kept = try a.text(0).unicodeScalars.filter { !$0.properties.isWhitespace }
            return try a.make(String(String.UnicodeScalarView(kept)))
        },
        TemplateFunction("indent", 2) { a in try a.make(try indented(a)) },
        TemplateFunction("nindent", 2) { a in try a.make("\n" + (try indented(a))) },
    ]

    private static let cases: [TemplateFunction] = [
        TemplateFunction("upper", 1) { a in try a.make(try a.text(0).uppercased()) },
        TemplateFunction("lower", 1) { a in try a.make(try a.text(0).lowercased()) },
        TemplateFunction("title", 1) { a in try a.make(eachWord(try a.text(0)) { $0.uppercased() }) },
        TemplateFunction("untitle", 1) { a in try a.make(eachWord(try a.text(0)) { $0.lowercased() }) },
        TemplateFunction("snakecase", 1) { a in try a.make(words(try a.text(0)).joined(separator: "_")) },
        TemplateFunction("kebabcase", 1) { a in try a.make(words(try a.text(0)).joined(separator: "-")) },
        TemplateFunction("camelcase", 1) { a in
            try a.make(words(try a.text(0)).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined())
        },
        TemplateFunction("initials", 1) { a in
            try a.make(String(try a.text(0).split(whereSeparator: \.isWhitespace).compactMap(\.first)))
        },
    ]

    private static let parts: [TemplateFunction] = [
        TemplateFunction("repeat", 2) { a in
            let (count, text) = (max(0, try a.integer(0)), try a.text(1))
            try a.context.reserve(text: product(count, text.utf8.count))
            return .text(String(repeating: text, count: text.isEmpty ? 0 : count))
        },
        TemplateFunction("substr", 3, substring),
        TemplateFunction("trunc", 2) { a in
            let (count, bytes) = (try a.integer(0), Array(try a.text(1).utf8))
            if count < 0, bytes.count + count > 0 { return try text(bytes.suffix(-count), a) }
            return try text(count >= 0 ? bytes.prefix(count) : bytes[...], a)
        },
        TemplateFunction("abbrev", 2) { a in
            let (width, value) = (try a.integer(0), try a.text(1))
            guard width >= 4, value.unicodeScalars.count > width else { return .text(value) }
            return try a.make(String(String.UnicodeScalarView(value.unicodeScalars.prefix(width - 3))) + "...")
        },
        TemplateFunction("replace", 3, replace),
        TemplateFunction("plural", 3) { a in .text(try a.text(try a.integer(2) == 1 ? 0 : 1)) },
        TemplateFunction("splitList", 2) { a in
            try a.context.list(pieces(try a.text(1), by: try a.text(0), limit: .max).map(TemplateValue.text))
        },
        TemplateFunction("split", 2) { a in try numbered(pieces(try a.text(1), by: try a.text(0), limit: .max), a) },
        TemplateFunction("splitn", 3) { a in
            let limit = try a.integer(1)
            let found = limit == 0 ? [] : pieces(try a.text(2), by: try a.text(0), limit: limit < 0 ? .max : limit)
            return try numbered(found, a)
        },
    ]

    private static let tests: [TemplateFunction] = [
        TemplateFunction("contains", 2) { a in
            let (part, text) = (try a.text(0), try a.text(1))
            return .bool(part.isEmpty || Array(text.utf8).firstRange(of: Array(part.utf8)) != nil)
        },
        TemplateFunction("hasPrefix", 2) { a in .bool(try a.text(1).hasBytes(try a.text(0))) },
        TemplateFunction("hasSuffix", 2) { a in .bool(try a.text(1).endsInBytes(try a.text(0))) },
    ]

    // MARK: Bodies

    /// The product of two sizes, or the largest number where it is larger.
    private static func product(_ left: Int, _ right: Int) -> Int {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }

    private static func text(_ bytes: ArraySlice<UInt8>, _ a: TemplateArguments) throws -> TemplateValue {
        try a.make(String(decoding: bytes, as: UTF8.self))
    }

    private static func trim(_ text: String, _ isTrimmed: (Unicode.Scalar) -> Bool) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, isTrimmed(first) { scalars.removeFirst() }
        while let last = scalars.last, isTrimmed(last) { scalars.removeLast() }
        return String(scalars)
    }

    private static func trimAll(_ a: TemplateArguments) throws -> TemplateValue {
        let set = Set(try a.text(0).unicodeScalars)
        return try a.make(trim(try a.text(1)) { set.contains($0) })
    }

    /// The text with spaces before each of its lines.
    private static func indented(_ a: TemplateArguments) throws -> String {
        let (spaces, text) = (try a.integer(0), try a.text(1))
        guard spaces >= 0 else { throw a.wrong(0, "a number from 0 on") }
        let lines = 1 + text.utf8.count { $0 == UInt8(ascii: "\n") }
        try a.context.reserve(text: product(lines, spaces))
        let pad = String(repeating: " ", count: spaces)
        return pad + text.replacingBytes("\n", with: "\n" + pad)
    }

    private static func replace(_ a: TemplateArguments) throws -> TemplateValue {
        let (old, new, text) = (try a.text(0), try a.text(1), try a.text(2))
        // Counted before it is made: a long text for each character of a long text would not fit into memory.
        let found = pieces(text, by: old, limit: .max).count
        try a.context.reserve(text: product(found, new.utf8.count))
        return try a.make(text.replacingBytes(old, with: new))
    }

    private static func substring(_ a: TemplateArguments) throws -> TemplateValue {
        let (start, end, bytes) = (try a.integer(0), try a.integer(1), Array(try a.text(2).utf8))
        let last = start < 0 ? min(end, bytes.count) : end < 0 || end > bytes.count ? bytes.count : end
        guard last >= max(0, start), start <= bytes.count else {
            throw TemplateProblem("a part cannot begin at \(start) and end at \(end) of \(bytes.count) bytes")
        }
        return try text(bytes[max(0, start)..<last], a)
    }

    /// Changes the first letter of each word.
    private static func eachWord(_ text: String, _ change: (String) -> String) -> String {
        var result = ""
        var isStart = true
        for character in text {
            result += isStart ? change(String(character)) : String(character)
            isStart = !(character.isLetter || character.isNumber || character == "_" || character == "'")
        }
        return result
    }

    /// The words of a name in any case style, in lower case.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        var wasLower = false
        for character in text {
            let breaks = !(character.isLetter || character.isNumber)
            if breaks || (character.isUppercase && wasLower), !current.isEmpty {
                words.append(current)
                current = ""
            }
            if !breaks { current += character.lowercased() }
            wasLower = character.isLowercase || character.isNumber
        }
        return current.isEmpty ? words : words + [current]
    }

    /// The parts between separators, at most so many; without a separator, the characters.
    static func pieces(_ text: String, by separator: String, limit: Int) -> [String] {
        if separator.isEmpty {
            let scalars = text.unicodeScalars
            guard scalars.count > limit else { return scalars.map { String($0) } }
            return scalars.prefix(limit - 1).map { String($0) } + [String(scalars.dropFirst(limit - 1))]
        }
        var pieces: [String] = []
        var rest = Array(text.utf8)[...]
        let mark = Array(separator.utf8)
        while pieces.count + 1 < limit, let range = rest.firstRange(of: mark) {
            pieces.append(String(decoding: rest[..<range.lowerBound], as: UTF8.self))
            rest = rest[range.upperBound...]
        }
        return pieces + [String(decoding: rest, as: UTF8.self)]
    }

    /// The parts as `_0`, `_1` and so on.
    private static func numbered(_ pieces: [String], _ a: TemplateArguments) throws -> TemplateValue {
        var entries: [String: TemplateValue] = [:]
        for (index, piece) in pieces.enumerated() { entries["_\(index)"] = .text(piece) }
        return try a.context.map(entries)
    }
}

extension String {
    /// Whether the text begins with the bytes of another: equality by canonical equivalence is Swift's, not Go's.
    fileprivate func hasBytes(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    fileprivate func endsInBytes(_ suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }

    fileprivate func droppingBytes(first count: Int) -> String {
        String(decoding: utf8.dropFirst(count), as: UTF8.self)
    }

    fileprivate func droppingBytes(last count: Int) -> String { String(decoding: utf8.dropLast(count), as: UTF8.self) }

    /// The text with each occurrence of another replaced; an empty one stands before every character and at the end.
    fileprivate func replacingBytes(_ old: String, with new: String) -> String {
        guard old.isEmpty else { return TextFunctions.pieces(self, by: old, limit: .max).joined(separator: new) }
        return new + unicodeScalars.map { String($0) + new }.joined()
    }
}
