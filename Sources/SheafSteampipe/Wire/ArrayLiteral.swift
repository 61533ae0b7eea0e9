/// PostgreSQL's text form of an array of texts, such as `{a,"b c",NULL}`.
package enum ArrayLiteral {
    /// The elements of a one-dimensional array; nil stands for null.
    ///
    /// - Throws: `SteampipeError` for anything else.
    package static func elements(of text: String) throws -> [String?] {
        var rest = text.unicodeScalars[...]
        guard rest.popFirst() == "{", rest.popLast() == "}" else { throw unsupported }
        guard !rest.isEmpty else { return [] }
        var elements: [String?] = []
        while true {
            elements.append(try element(&rest))
            guard let separator = rest.popFirst() else { return elements }
            guard separator == "," else { throw unsupported }
        }
    }

    private static func element(_ rest: inout Substring.UnicodeScalarView) throws -> String? {
        let isQuoted = rest.first == "\""
        if isQuoted { rest.removeFirst() }
        var text = String.UnicodeScalarView()
        while let scalar = rest.first {
            if !isQuoted, scalar == "," { break }
            rest.removeFirst()
            if isQuoted, scalar == "\"" { return String(text) }
            if scalar == "\\" {
                guard let next = rest.popFirst() else { throw unsupported }
                text.append(next)
            } else {
                guard isQuoted || (scalar != "{" && scalar != "}") else { throw unsupported }
                text.append(scalar)
            }
        }
        guard !isQuoted else { throw unsupported }
        let plain = String(text)
        return plain.uppercased() == "NULL" ? nil : plain
    }

    private static var unsupported: SteampipeError {
        SteampipeError("steampipe.unsupported-sql", "an array in a pushed-down query cannot be read")
    }

    /// The text form of an array.
    package static func text(of elements: [String]) -> String {
        let quoted = elements.map { element in
            let escaped = element.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
            return "\"\(String(escaped))\""
        }
        return "{\(quoted.joined(separator: ","))}"
    }
}
