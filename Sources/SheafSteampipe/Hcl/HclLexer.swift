/// A piece of a configuration file.
package struct HclToken: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case identifier(String)
        case string(String)
        case number(String)
        case symbol(Character)
        case newline
        case end
        /// Text that is no token, with the reason.
        case invalid(String)
    }

    package var kind: Kind
    package var position: HclPosition

    /// The token as a message shows it.
    package var shown: String {
        switch kind {
        case .identifier(let name): "'\(name)'"
        case .string(let text): "\"\(text)\""
        case .number(let text): text
        case .symbol(let symbol): "'\(symbol)'"
        case .newline: "the end of the line"
        case .end: "the end of the file"
        case .invalid(let reason): reason
        }
    }
}

/// Splits the text of a configuration file into tokens.
package struct HclLexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1

    /// All tokens of a text; the last one is `end`.
    package static func tokens(of text: String) -> [HclToken] {
        var lexer = HclLexer(text)
        var tokens: [HclToken] = []
        while true {
            let token = lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    @discardableResult
    private mutating func advance() -> Unicode.Scalar? {
        guard let scalar = peek() else { return nil }
        index += 1
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        return scalar
    }

    private var position: HclPosition { HclPosition(line: line, column: column) }

    private mutating func next() -> HclToken {
        if let problem = skipBlanksAndComments() { return problem }
        let start = position
        guard let scalar = peek() else { return HclToken(kind: .end, position: start) }
        if scalar == "\n" {
            advance()
            return HclToken(kind: .newline, position: start)
        }
        if scalar == "\"" { return HclToken(kind: quotedString(), position: start) }
        if scalar == "<", peek(1) == "<" { return HclToken(kind: heredoc(), position: start) }
        if Self.isDigit(scalar) || (scalar == "-" && peek(1).map(Self.isDigit) == true) {
            return HclToken(kind: number(), position: start)
        }
        if Self.startsName(scalar) { return HclToken(kind: .identifier(name()), position: start) }
        advance()
        guard "{}[]=,:.()".unicodeScalars.contains(scalar) else {
            return HclToken(kind: .invalid("the character '\(scalar)' has no meaning here"), position: start)
        }
        return HclToken(kind: .symbol(Character(scalar)), position: start)
    }

    private mutating func skipBlanksAndComments() -> HclToken? {
        while let scalar = peek() {
            if scalar == " " || scalar == "\t" || scalar == "\r" {
                advance()
            } else if scalar == "#" || (scalar == "/" && peek(1) == "/") {
                while let other = peek(), other != "\n" { advance() }
            } else if scalar == "/", peek(1) == "*" {
                let start = position
                advance()
                advance()
                while peek() != nil, !(peek() == "*" && peek(1) == "/") { advance() }
                guard peek() != nil else {
                    return HclToken(kind: .invalid("the comment is not closed with '*/'"), position: start)
                }
                advance()
                advance()
            } else {
                return nil
            }
        }
        return nil
    }

    private mutating func quotedString() -> HclToken.Kind {
        advance()
        var text = String.UnicodeScalarView()
        var problem: String?
        while let scalar = peek(), scalar != "\n" {
            advance()
            if scalar == "\"" { return problem.map { .invalid($0) } ?? .string(String(text)) }
            if scalar == "\\" {
                if let escaped = escape() {
                    text.append(escaped)
                } else {
                    problem =
                        problem ?? "unknown escape in the string (known: \\n \\r \\t \\\" \\\\ \\uXXXX \\UXXXXXXXX)"
                }
            } else if scalar == "$" || scalar == "%", peek() == "{" {
                problem =
                    problem
                    ?? "templates such as \(scalar){…} are not supported; write \(scalar)\(scalar){ for the text"
            } else if scalar == "$" || scalar == "%", peek() == scalar, peek(1) == "{" {
                advance()
                advance()
                text.append(scalar)
                text.append("{")
            } else {
                text.append(scalar)
            }
        }
        return .invalid("the string is not closed with '\"'")
    }

    private mutating func escape() -> Unicode.Scalar? {
        switch advance() {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "\"": return "\""
        case "\\": return "\\"
        case "u": return codePoint(digits: 4)
        case "U": return codePoint(digits: 8)
        default: return nil
        }
    }

    private mutating func codePoint(digits: Int) -> Unicode.Scalar? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = peek(), let digit = Character(scalar).hexDigitValue else { return nil }
            advance()
            value = value << 4 | UInt32(digit)
        }
        return Unicode.Scalar(value)
    }

    private mutating func heredoc() -> HclToken.Kind {
        advance()
        advance()
        let isIndented = peek() == "-"
        if isIndented { advance() }
        guard let first = peek(), Self.startsName(first) else { return .invalid("a name must follow '<<'") }
        let mark = name()
        while let scalar = peek(), scalar != "\n" {
            guard scalar == "\r" || scalar == " " else { return .invalid("nothing may follow '<<\(mark)' on its line") }
            advance()
        }
        advance()
        var lines: [String] = []
        while peek() != nil {
            var text = String.UnicodeScalarView()
            while let scalar = peek(), scalar != "\n" {
                advance()
                text.append(scalar)
            }
            let whole = String(text).last == "\r" ? String(String(text).dropLast()) : String(text)
            // The newline behind the mark stays: it ends the attribute.
            if whole.drop(while: { $0 == " " || $0 == "\t" }) == mark {
                return .string(Self.joined(lines, isIndented: isIndented))
            }
            lines.append(whole)
            advance()
        }
        return .invalid("the text after '<<\(mark)' is not closed with '\(mark)' on a line of its own")
    }

    private static func joined(_ lines: [String], isIndented: Bool) -> String {
        let indents = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " || $0 == "\t" }.count }
        let indent = isIndented ? indents.min() ?? 0 : 0
        return lines.map { $0.dropFirst(indent) + "\n" }.joined()
    }

    private mutating func number() -> HclToken.Kind {
        var text = ""
        while let scalar = peek(), Self.isNumberPart(scalar, after: text.last) {
            advance()
            text.unicodeScalars.append(scalar)
        }
        return Double(text) == nil ? .invalid("'\(text)' is no number") : .number(text)
    }

    private mutating func name() -> String {
        var text = ""
        while let scalar = peek(), Self.startsName(scalar) || Self.isDigit(scalar) || scalar == "-" {
            advance()
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func startsName(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }

    private static func isNumberPart(_ scalar: Unicode.Scalar, after last: Character?) -> Bool {
        if isDigit(scalar) || scalar == "." || scalar == "e" || scalar == "E" { return true }
        return (scalar == "-" && (last == nil || last == "e" || last == "E")) || (scalar == "+" && last == "e")
    }
}
