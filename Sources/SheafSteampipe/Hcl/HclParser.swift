/// Reads the part of HCL that `.spc` files use: blocks, attributes, literals, lists, objects, heredocs, comments.
///
/// It never throws: what is wrong is collected with its place, and reading goes on behind the block it is in.
package struct HclParser {
    private let file: String
    private let tokens: [HclToken]
    private var index = 0

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - text: The whole content.
    ///   - name: The file's name as messages show it.
    /// - Returns: The blocks, and what is wrong.
    package static func parse(_ text: String, file name: String) -> HclFile {
        var parser = HclParser(file: name, tokens: HclLexer.tokens(of: text))
        return parser.parseFile()
    }

    private init(file: String, tokens: [HclToken]) {
        self.file = file
        self.tokens = tokens
    }

    private var token: HclToken { tokens[min(index, tokens.count - 1)] }

    private mutating func advance() { index += 1 }

    private func failure(_ message: String, at position: HclPosition? = nil) -> HclError {
        HclError(file: file, position: position ?? token.position, message: message)
    }

    private func expected(_ what: String) -> HclError {
        if case .invalid(let reason) = token.kind { return failure(reason) }
        return failure("expected \(what), found \(token.shown)")
    }

    private mutating func skipNewlines() { while token.kind == .newline { advance() } }

    private mutating func parseFile() -> HclFile {
        var result = HclFile(name: file)
        skipNewlines()
        while token.kind != .end {
            let start = index
            var block: HclBlock?
            do throws(HclError) {
                var read = try header()
                block = read
                try body(into: &read)
                block = read
            } catch {
                block?.problem = error
                result.problems.append(error)
                skipBlock(from: start)
                block?.end = tokens[max(start, index - 1)].position
            }
            if let block { result.blocks.append(block) }
            skipNewlines()
        }
        return result
    }

    /// Goes behind the block that begins at a token: to its closing bracket, or to the next line when it has none.
    private mutating func skipBlock(from start: Int) {
        index = start
        var depth = 0
        while token.kind != .end {
            let kind = token.kind
            // A block of the outermost level at the start of a line: the bracket of this one was forgotten.
            if index > start, token.position.column == 1, case .identifier(let name) = kind,
                ["connection", "plugin", "options"].contains(name)
            {
                return
            }
            advance()
            if kind == .symbol("{") { depth += 1 }
            if kind == .symbol("}") { depth -= 1 }
            if depth <= 0, kind == .symbol("}") || kind == .newline { return }
        }
    }

    private mutating func header() throws(HclError) -> HclBlock {
        guard case .identifier(let type) = token.kind else { throw expected("a block such as connection \"name\" {") }
        let position = token.position
        advance()
        var labels: [String] = []
        while true {
            switch token.kind {
            case .string(let label), .identifier(let label):
                labels.append(label)
                advance()
            case .symbol("{"):
                advance()
                return HclBlock(type: type, labels: labels, position: position, end: position)
            case .symbol("=") where labels.isEmpty:
                throw failure("the attribute '\(type)' stands outside any block", at: position)
            default:
                throw expected("'{'")
            }
        }
    }

    private mutating func body(into block: inout HclBlock) throws(HclError) {
        while true {
            skipNewlines()
            let position = token.position
            switch token.kind {
            case .symbol("}"):
                block.end = position
                advance()
                guard token.kind == .newline || token.kind == .end || token.kind == .symbol("}") else {
                    throw expected("the end of the line after '}'")
                }
                return
            case .identifier(let name):
                if index + 1 < tokens.count, tokens[index + 1].kind == .symbol("=") {
                    try attribute(name, at: position, into: &block)
                } else {
                    var inner = try header()
                    try body(into: &inner)
                    block.blocks.append(inner)
                }
            case .end:
                throw failure("the block '\(block.type)' is not closed with '}'", at: block.position)
            default:
                throw expected("an attribute or '}'")
            }
        }
    }

    private mutating func attribute(
        _ name: String,
        at position: HclPosition,
        into block: inout HclBlock
    ) throws(HclError) {
        advance()
        advance()
        if let earlier = block[name] {
            throw failure("'\(name)' is set twice, first in line \(earlier.position.line)", at: position)
        }
        let valuePosition = token.position
        let value = try value(for: name)
        block.attributes.append(
            HclAttribute(name: name, value: value, position: position, valuePosition: valuePosition)
        )
        guard token.kind == .newline || token.kind == .end || token.kind == .symbol("}") else {
            throw expected("the end of the line after the value of '\(name)'")
        }
    }

    private mutating func value(for name: String) throws(HclError) -> HclValue {
        let position = token.position
        switch token.kind {
        case .string(let text):
            advance()
            return .string(text)
        case .number(let text):
            advance()
            return .number(text)
        case .identifier(let word):
            advance()
            return try named(word, at: position)
        case .symbol("["):
            advance()
            return .list(try elements(of: name))
        case .symbol("{"):
            advance()
            return .object(try members(of: name))
        default:
            throw expected("a value for '\(name)'")
        }
    }

    private mutating func named(_ word: String, at position: HclPosition) throws(HclError) -> HclValue {
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: break
        }
        if token.kind == .symbol("(") {
            throw failure("functions such as '\(word)(…)' are not supported", at: position)
        }
        var path = word
        while token.kind == .symbol(".") {
            advance()
            guard case .identifier(let part) = token.kind else { throw expected("a name after '.'") }
            advance()
            path += "." + part
        }
        guard path != word else {
            throw failure("'\(word)' is no value; write \"\(word)\" for the text", at: position)
        }
        return .reference(path)
    }

    private mutating func elements(of name: String) throws(HclError) -> [HclValue] {
        var elements: [HclValue] = []
        while true {
            skipNewlines()
            if token.kind == .symbol("]") { break }
            elements.append(try value(for: name))
            skipNewlines()
            if token.kind == .symbol(",") {
                advance()
            } else if token.kind != .symbol("]") {
                throw expected("',' or ']' in the list '\(name)'")
            }
        }
        advance()
        return elements
    }

    private mutating func members(of name: String) throws(HclError) -> [String: HclValue] {
        var members: [String: HclValue] = [:]
        while true {
            skipNewlines()
            if token.kind == .symbol("}") { break }
            let key: String
            switch token.kind {
            case .identifier(let word), .string(let word): key = word
            default: throw expected("a key or '}' in the object '\(name)'")
            }
            advance()
            guard token.kind == .symbol("=") || token.kind == .symbol(":") else { throw expected("'=' after '\(key)'") }
            advance()
            members[key] = try value(for: key)
            if token.kind == .symbol(",") { advance() }
        }
        advance()
        return members
    }
}
