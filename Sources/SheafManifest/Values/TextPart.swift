/// A piece of a scalar's text: something to fill in, or what stands between.
enum TextPart: Hashable, Sendable {
    case literal(String)
    /// `${{ … }}`: what stands inside, and the whole as written.
    case expression(inside: String, written: String)
    /// `$NAME` or `${NAME}`: the name, and the whole as written.
    case variable(name: String, written: String)

    /// Takes a text apart.
    ///
    /// `$${{ … }}` stands for `${{ … }}`, and `$${NAME}` for `${NAME}`. All else that begins with a dollar sign, such
    /// as `$5`, `$$`, `$(…)` and `${NAME:-…}`, is left as it is.
    ///
    /// - Parameters:
    ///   - text: A scalar's text.
    ///   - variables: Whether names from the environment count.
    /// - Returns: The parts in order; joined as written they differ from the text in escapes only.
    static func parts(of text: String, variables: Bool) -> [TextPart] {
        var parts: [TextPart] = []
        var literal = ""
        var rest = text[...]
        func flush() {
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
        }
        while let dollar = rest.firstIndex(of: "$") {
            literal += rest[..<dollar]
            rest = rest[dollar...]
            let (part, length) = next(rest, variables: variables)
            if case .literal(let text) = part {
                literal += text
            } else {
                flush()
                parts.append(part)
            }
            rest = rest.dropFirst(length)
        }
        literal += rest
        flush()
        return parts
    }

    /// The part at a dollar sign, and how many characters it takes.
    private static func next(_ rest: Substring, variables: Bool) -> (TextPart, Int) {
        if rest.hasPrefix("$${{") { return (.literal("${{"), 4) }
        if rest.hasPrefix("${{") {
            guard let end = rest.firstRange(of: "}}") else { return (.literal("${{"), 3) }
            let written = String(rest[..<end.upperBound])
            return (.expression(inside: String(rest[..<end.lowerBound].dropFirst(3)), written: written), written.count)
        }
        guard variables else { return (.literal("$"), 1) }
        if rest.hasPrefix("$$") {
            if let name = braced(rest.dropFirst()) { return (.literal("${\(name)}"), name.count + 4) }
            return (.literal("$$"), 2)
        }
        if let name = braced(rest) { return (.variable(name: name, written: "${\(name)}"), name.count + 3) }
        let name = name(rest.dropFirst())
        return name.isEmpty ? (.literal("$"), 1) : (.variable(name: name, written: "$\(name)"), name.count + 1)
    }

    private static func braced(_ rest: Substring) -> String? {
        guard rest.hasPrefix("${") else { return nil }
        let name = name(rest.dropFirst(2))
        return !name.isEmpty && rest.dropFirst(2 + name.count).first == "}" ? name : nil
    }

    /// The longest name at the start of a text; empty where there is none.
    private static func name(_ rest: Substring) -> String {
        guard let first = rest.utf8.first, first == UInt8(ascii: "_") || isLetter(first) else { return "" }
        let end = rest.utf8.prefix { $0 == UInt8(ascii: "_") || isLetter($0) || (48...57).contains($0) }.endIndex
        return String(rest[..<end])
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}
