/// A piece of the SQL that postgres_fdw writes.
package enum SqlToken: Hashable, Sendable {
    /// A bare word, in lower case.
    case word(String)
    /// A name in double quotes.
    case quoted(String)
    case text(String)
    case number(String)
    case parameter(Int)
    case symbol(String)

    /// Splits SQL into tokens.
    ///
    /// - Throws: `SteampipeError` for anything that postgres_fdw does not write.
    package static func tokens(of sql: String) throws -> [SqlToken] {
        var scanner = SqlScanner(sql)
        var tokens: [SqlToken] = []
        while let token = try scanner.next() { tokens.append(token) }
        return tokens
    }

    /// The statements of a text, each without its semicolon.
    package static func statements(of sql: String) throws -> [[SqlToken]] {
        try tokens(of: sql).split(separator: .symbol(";")).map(Array.init)
    }
}

private struct SqlScanner {
    private var rest: Substring.UnicodeScalarView

    init(_ sql: String) { rest = Substring(sql).unicodeScalars }

    mutating func next() throws -> SqlToken? {
        while let scalar = rest.first, scalar.properties.isWhitespace { rest.removeFirst() }
        guard let scalar = rest.first else { return nil }
        switch scalar {
        case "'":
            rest.removeFirst()
            return .text(try delimited(by: "'", hasEscapes: false))
        case "\"":
            rest.removeFirst()
            return .quoted(try delimited(by: "\"", hasEscapes: false))
        case "$":
            rest.removeFirst()
            guard let number = Int(take { ("0"..."9").contains($0) }) else { throw Self.unknown("$") }
            return .parameter(number)
        case "0"..."9":
            return .number(take { ("0"..."9").contains($0) || $0 == "." })
        case "(", ")", ",", ".", ";", "[", "]":
            rest.removeFirst()
            return .symbol(String(scalar))
        case ":":
            guard rest.starts(with: "::".unicodeScalars) else { throw Self.unknown(":") }
            rest.removeFirst(2)
            return .symbol("::")
        default:
            return try wordOrOperator(scalar)
        }
    }

    private mutating func wordOrOperator(_ scalar: Unicode.Scalar) throws -> SqlToken {
        if scalar == "E" || scalar == "e", rest.dropFirst().first == "'" {
            rest.removeFirst(2)
            return .text(try delimited(by: "'", hasEscapes: true))
        }
        if scalar == "_" || scalar.properties.isAlphabetic {
            return .word(
                take { $0 == "_" || $0 == "$" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }.lowercased()
            )
        }
        let symbol = take { "=<>!~*+-/%|&^#@?`".unicodeScalars.contains($0) }
        guard !symbol.isEmpty else { throw Self.unknown(String(scalar)) }
        return .symbol(symbol)
    }

    private mutating func take(while fits: (Unicode.Scalar) -> Bool) -> String {
        let part = rest.prefix(while: fits)
        rest.removeFirst(part.count)
        return String(String.UnicodeScalarView(part))
    }

    private mutating func delimited(by quote: Unicode.Scalar, hasEscapes: Bool) throws -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote {
                guard rest.first == quote else { return String(text) }
                rest.removeFirst()
            } else if hasEscapes, scalar == "\\" {
                // postgres_fdw doubles backslashes and escapes nothing else.
                guard rest.popFirst() == "\\" else { throw Self.unknown("\\") }
            }
            text.append(scalar)
        }
        throw SteampipeError("steampipe.unsupported-sql", "a quote in the pushed-down query is not closed")
    }

    private static func unknown(_ text: String) -> SteampipeError {
        SteampipeError("steampipe.unsupported-sql", "'\(text)' in a pushed-down query is not supported")
    }
}
