/// Splits a template into words, as Go's `text/template` does.
struct TemplateLexer {
    private let text: TemplateText
    private var position = 0
    private var parentheses: [Int] = []
    private var openedAt = 0
    private var tokens: [TemplateToken] = []

    private init(_ text: TemplateText) { self.text = text }

    /// All words in order; the last is `end` or `broken`.
    static func tokens(of text: TemplateText) -> [TemplateToken] {
        var lexer = TemplateLexer(text)
        do {
            try lexer.run()
            lexer.add(.end, text.count..<text.count)
        } catch {
            lexer.add(.broken(error), error.range)
        }
        return lexer.tokens
    }

    private mutating func add(_ kind: TemplateToken.Kind, _ range: Range<Int>) {
        tokens.append(TemplateToken(kind: kind, range: range))
    }

    private func fault(_ message: String, _ range: Range<Int>, help: String? = nil) -> TemplateFault {
        TemplateFault(.syntax, message, range, help: help)
    }

    // MARK: Text

    private mutating func run() throws(TemplateFault) {
        var trimsNext = false
        while true {
            var start = position
            while position < text.count, !text.has("{{", at: position) { position += 1 }
            var end = position
            if trimsNext {
                while start < end, text.scalars[start].isTemplateSpace { start += 1 }
            }
            let isAtEnd = position >= text.count
            let trims = !isAtEnd && text[position + 2] == "-" && text[position + 3]?.isTemplateSpace == true
            if trims {
                while end > start, text.scalars[end - 1].isTemplateSpace { end -= 1 }
            }
            if end > start { add(.text, start..<end) }
            if isAtEnd { return }
            trimsNext = try action(trims: trims)
        }
    }

    /// Reads from `{{` to `}}`.
    ///
    /// - Returns: Whether the space that follows is to be removed.
    private mutating func action(trims: Bool) throws(TemplateFault) -> Bool {
        openedAt = position
        let markerEnd = position + (trims ? 4 : 2)
        if text.has("/*", at: markerEnd) { return try comment(from: markerEnd) }
        position += trims ? 3 : 2
        add(.open, openedAt..<position)
        parentheses = []
        while true {
            if let close = closing() {
                if let paren = parentheses.last {
                    throw fault("this '(' is not closed before '}}'", paren..<paren + 1, help: "add ')'")
                }
                let start = position
                position += close.length
                add(.close, start..<position)
                return close.trims
            }
            try word()
        }
    }

    private mutating func comment(from start: Int) throws(TemplateFault) -> Bool {
        var index = start + 2
        while index < text.count, !text.has("*/", at: index) { index += 1 }
        guard index < text.count else {
            throw fault("the comment is not closed", openedAt..<start + 2, help: "end it with '*/}}'")
        }
        position = index + 2
        guard let close = closing() else {
            throw fault(
                "a comment must be alone in its action: '}}' or ' -}}' is expected after '*/'",
                index..<index + 2,
                help: "put the comment into an action of its own: {{/* … */}}"
            )
        }
        position += close.length
        return close.trims
    }

    /// The end of an action here, with its length and whether it trims.
    private func closing() -> (length: Int, trims: Bool)? {
        if text.has("}}", at: position) { return (2, false) }
        let trims = text[position]?.isTemplateSpace == true && text.has("-}}", at: position + 1)
        return trims ? (4, true) : nil
    }

    // MARK: Words

    private mutating func word() throws(TemplateFault) {
        let start = position
        guard let first = text[position] else {
            throw fault("the action is not closed", openedAt..<openedAt + 2, help: "add '}}'")
        }
        position += 1
        switch first {
        case _ where first.isTemplateSpace: space(start)
        case "=": add(.assign, start..<position)
        case ":":
            guard text[position] == "=" else { throw fault("':=' is expected", start..<start + 1) }
            position += 1
            add(.declare, start..<position)
        case "|": add(.pipe, start..<position)
        case "\"": try quoted("\"", .string, "the text", start)
        case "'": try quoted("'", .character, "the character", start)
        case "`": try rawString(start)
        case "$": try name(.variable, start)
        case ".":
            if text[position]?.isTemplateDigit == true {
                try number(start)
            } else {
                try name(.field, start)
            }
        case "+", "-", "0"..."9": try number(start)
        case "(":
            parentheses.append(start)
            add(.leftParen, start..<position)
        case ")":
            guard parentheses.popLast() != nil else {
                throw fault("this ')' closes nothing", start..<position, help: "remove it")
            }
            add(.rightParen, start..<position)
        case _ where first.isTemplateWord: try name(.name, start)
        case _ where first.value > 32 && first.value < 127: add(.sign, start..<position)
        default:
            throw fault("the character \(Self.shown(first)) is not allowed in an action", start..<position)
        }
    }

    private mutating func space(_ start: Int) {
        while text[position]?.isTemplateSpace == true { position += 1 }
        // The last space may belong to ' -}}'.
        if text.has("-}}", at: position) { position -= 1 }
        if position > start { add(.space, start..<position) }
    }

    private mutating func name(_ kind: TemplateToken.Kind, _ start: Int) throws(TemplateFault) {
        while text[position]?.isTemplateWord == true { position += 1 }
        guard isAtTerminator else {
            let sign = text[position].map(Self.shown) ?? ""
            throw fault(
                "\(sign) cannot follow '\(text.string(start..<position))'",
                position..<position + 1,
                help: "put a space before it, or remove it"
            )
        }
        let word = text.string(start..<position)
        switch kind {
        case .field where word == ".": add(.dot, start..<position)
        case .name:
            if let keyword = TemplateToken.Keyword(rawValue: word) {
                add(.keyword(keyword), start..<position)
            } else {
                add(word == "true" || word == "false" ? .bool : .name, start..<position)
            }
        default: add(kind, start..<position)
        }
    }

    /// Whether a name may end here.
    private var isAtTerminator: Bool {
        guard let next = text[position] else { return true }
        return next.isTemplateSpace || ".,|:)(=}".unicodeScalars.contains(next)
    }

    private mutating func number(_ start: Int) throws(TemplateFault) {
        position = start
        scanNumber()
        let isComplex = text[position] == "+" || text[position] == "-"
        if isComplex { scanNumber() }
        if text[position]?.isTemplateWord == true || isComplex {
            while text[position]?.isTemplateWord == true { position += 1 }
            throw fault("'\(text.string(start..<position))' is no number", start..<position)
        }
        add(.number, start..<position)
    }

    private mutating func scanNumber() {
        if text[position] == "+" || text[position] == "-" { position += 1 }
        var digits = "0123456789_"
        if text[position] == "0" {
            position += 1
            switch text[position] {
            case "x", "X": digits = "0123456789abcdefABCDEF_"
            case "o", "O": digits = "01234567_"
            case "b", "B": digits = "01_"
            default: position -= 1
            }
            position += 1
        }
        skip(digits)
        if text[position] == "." {
            position += 1
            skip(digits)
        }
        if digits.utf8.count == 11, text[position] == "e" || text[position] == "E" {
            position += 1
            if text[position] == "+" || text[position] == "-" { position += 1 }
            skip("0123456789_")
        }
    }

    private mutating func skip(_ allowed: String) {
        while let next = text[position], allowed.unicodeScalars.contains(next) { position += 1 }
    }

    private mutating func quoted(
        _ quote: Unicode.Scalar,
        _ kind: TemplateToken.Kind,
        _ what: String,
        _ start: Int
    ) throws(TemplateFault) {
        while let next = text[position], next != "\n" {
            position += 1
            if next == quote {
                add(kind, start..<position)
                return
            }
            if next == "\\", text[position] != nil, text[position] != "\n" { position += 1 }
        }
        throw fault("\(what) is not closed on its line", start..<start + 1, help: "add \(quote)")
    }

    private mutating func rawString(_ start: Int) throws(TemplateFault) {
        while let next = text[position] {
            position += 1
            if next == "`" {
                add(.rawString, start..<position)
                return
            }
        }
        throw fault("the text is not closed", start..<start + 1, help: "add `")
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        scalar.value > 32 && scalar.value != 127 && !(128..<160).contains(scalar.value)
            ? "'\(scalar)'" : "U+\(String(scalar.value, radix: 16, uppercase: true))"
    }
}
