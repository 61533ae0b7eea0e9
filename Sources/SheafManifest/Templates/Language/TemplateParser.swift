internal import SheafModel

/// Builds a template's tree, as Go's `text/template` does.
///
/// Reading ends at the first error of syntax. Unknown functions and variables are collected, since what follows them
/// can be read.
struct TemplateParser {
    /// Deeper nesting of actions or parentheses is refused: reading and running are recursive.
    static let depthLimit = 100

    /// More variables in reach at once are refused: each use looks for its variable among them.
    static let variableLimit = 1_000

    /// Longer templates are refused.
    static let lengthLimit = 1 << 20

    let text: TemplateText
    let isKnownFunction: (String) -> Bool
    let functionNames: [String]
    var faults: [TemplateFault] = []
    /// The variables in reach, innermost last.
    var variables = ["$"]
    var depth = 0

    private var tokens: [TemplateToken]
    private var index = 0
    private var rangeDepth = 0
    private var definitions: [String: [TemplateNode]] = [:]

    /// Parses a template.
    ///
    /// - Parameters:
    ///   - text: The template.
    ///   - library: The functions that it may call.
    /// - Returns: The tree, nil when there are faults, and the faults in the order of the text.
    static func parse(
        _ text: TemplateText,
        library: FunctionLibrary = .standard
    ) -> (tree: TemplateTree?, faults: [TemplateFault]) {
        guard text.count <= lengthLimit else {
            let message = "the template is longer than \(lengthLimit) characters"
            return (nil, [TemplateFault(.limit, message, 0..<1)])
        }
        var parser = TemplateParser(text, library)
        do {
            let root = try parser.root()
            guard parser.faults.isEmpty else { return (nil, parser.faults) }
            return (TemplateTree(text: text, root: root, definitions: parser.definitions), [])
        } catch {
            return (nil, parser.faults + [error])
        }
    }

    private init(_ text: TemplateText, _ library: FunctionLibrary) {
        self.text = text
        isKnownFunction = library.knows
        functionNames = library.names
        tokens = TemplateLexer.tokens(of: text)
    }

    // MARK: Words

    /// The next word, which stays.
    var peeked: TemplateToken { tokens[min(index, tokens.count - 1)] }

    mutating func next() -> TemplateToken {
        let token = peeked
        index += 1
        return token
    }

    mutating func skipSpace() {
        while case .space = peeked.kind { index += 1 }
    }

    mutating func nextWord() -> TemplateToken {
        skipSpace()
        return next()
    }

    /// Where reading is, to come back to.
    var mark: Int {
        get { index }
        set { index = newValue }
    }

    func unexpected(_ token: TemplateToken, in context: String, help: String? = nil) -> TemplateFault {
        switch token.kind {
        case .broken(let fault): return fault
        case .end: return TemplateFault(.syntax, "the template ends in the middle of \(context)", token.range)
        case .close:
            return TemplateFault(.syntax, "\(context) is not complete before '}}'", token.range, help: help)
        case .sign where text.has("/*", at: token.range.lowerBound):
            let range = token.range.lowerBound..<token.range.lowerBound + 2
            return TemplateFault(
                .syntax,
                "a comment must begin right after '{{' or '{{- '",
                range,
                help: "write {{/* … */}} or {{- /* … */ -}}"
            )
        default:
            let word = text.string(token.range)
            return TemplateFault(.syntax, "'\(word)' is not expected in \(context)", token.range, help: help)
        }
    }

    mutating func expectClose(_ context: String) throws(TemplateFault) {
        let token = nextWord()
        guard token.kind == .close else { throw unexpected(token, in: context) }
    }

    // MARK: Lists of parts

    private enum Ending {
        case end
        case `else`(at: Range<Int>)
    }

    private mutating func root() throws(TemplateFault) -> [TemplateNode] {
        var nodes: [TemplateNode] = []
        while peeked.kind != .end {
            let start = mark
            if case .open = peeked.kind {
                _ = next()
                if nextWord().kind == .keyword(.define) {
                    try definition()
                    continue
                }
                mark = start
            }
            if let (ending, range) = try part(&nodes) {
                let word = if case .end = ending { "end" } else { "else" }
                throw TemplateFault(.syntax, "this '\(word)' belongs to nothing", range, help: "remove it")
            }
        }
        return nodes
    }

    private mutating func body(of opening: Range<Int>, _ word: String) throws(TemplateFault) -> ([TemplateNode], Ending)
    {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw TemplateFault(.limit, "actions are nested more than \(Self.depthLimit) deep", opening)
        }
        var nodes: [TemplateNode] = []
        while peeked.kind != .end {
            if let (ending, _) = try part(&nodes) { return (nodes, ending) }
        }
        throw TemplateFault(.syntax, "this '\(word)' has no {{end}}", opening, help: "add {{end}}")
    }

    /// Reads one part and appends it, or tells of the `end` or `else` that it is.
    private mutating func part(_ nodes: inout [TemplateNode]) throws(TemplateFault) -> (Ending, Range<Int>)? {
        let token = nextWord()
        switch token.kind {
        case .text:
            nodes.append(.text(token.range))
            return nil
        case .open: return try action(&nodes)
        default: throw unexpected(token, in: "the text")
        }
    }

    private mutating func action(_ nodes: inout [TemplateNode]) throws(TemplateFault) -> (Ending, Range<Int>)? {
        let start = mark
        let token = nextWord()
        guard case .keyword(let keyword) = token.kind else {
            mark = start
            skipSpace()
            let pipeline = try pipeline("the action", allowsSecondVariable: false)
            _ = next()
            nodes.append(.action(pipeline))
            return nil
        }
        switch keyword {
        case .end:
            try expectClose("'end'")
            return (.end, token.range)
        case .else:
            skipSpace()
            // 'else if' and 'else with' stay: the branch reads on from there.
            if ![.keyword(.if), .keyword(.with)].contains(peeked.kind) { try expectClose("'else'") }
            return (.else(at: token.range), token.range)
        case .if: nodes.append(.conditional(try branch(token, "if")))
        case .with: nodes.append(.scope(try branch(token, "with")))
        case .range: nodes.append(.loop(try loop(token)))
        case .template: nodes.append(try call(token))
        case .block: nodes.append(try block(token))
        case .break, .continue: nodes.append(try jump(token, keyword))
        case .define:
            throw TemplateFault(
                .syntax,
                "'define' may stand only at the top of a template, in no other action",
                token.range
            )
        case .null: throw TemplateFault(.syntax, "'nil' is no command", token.range)
        }
        return nil
    }

    // MARK: Branches

    private mutating func branch(_ token: TemplateToken, _ word: String) throws(TemplateFault) -> TemplateNode.Branch {
        let outer = variables.count
        defer { variables.removeLast(variables.count - outer) }
        let pipeline = try pipeline("'\(word)'", allowsSecondVariable: false)
        _ = next()
        let (body, ending) = try body(of: token.range, word)
        var otherwise: [TemplateNode] = []
        if case .else(let place) = ending {
            if peeked.kind == .keyword(word == "if" ? .if : .with) {
                otherwise = [try elseBranch(word)]
            } else if case .keyword = peeked.kind {
                throw unexpected(peeked, in: "'else' of '\(word)'")
            } else {
                otherwise = try lastBody(of: token.range, word, elseAt: place)
            }
        }
        return TemplateNode.Branch(pipeline: pipeline, body: body, otherwise: otherwise, range: token.range)
    }

    /// `else if` is an `if` of its own in the `else`, which needs no `end`.
    private mutating func elseBranch(_ word: String) throws(TemplateFault) -> TemplateNode {
        depth += 1
        defer { depth -= 1 }
        let token = next()
        guard depth <= Self.depthLimit else {
            throw TemplateFault(.limit, "more than \(Self.depthLimit) branches follow each other", token.range)
        }
        let nested = try branch(token, word)
        return word == "if" ? .conditional(nested) : .scope(nested)
    }

    private mutating func lastBody(
        of opening: Range<Int>,
        _ word: String,
        elseAt place: Range<Int>
    ) throws(TemplateFault) -> [TemplateNode] {
        let (nodes, ending) = try body(of: opening, word)
        guard case .else(let second) = ending else { return nodes }
        throw TemplateFault(
            .syntax,
            "'\(word)' has a second 'else'; the first is in line \(text.place(of: place.lowerBound).line)",
            second,
            help: "remove it, or write 'else if'"
        )
    }

    private mutating func loop(_ token: TemplateToken) throws(TemplateFault) -> TemplateNode.Branch {
        let outer = variables.count
        defer { variables.removeLast(variables.count - outer) }
        let pipeline = try pipeline("'range'", allowsSecondVariable: true)
        _ = next()
        let (nodes, ending) = try loopBody(of: token.range)
        var otherwise: [TemplateNode] = []
        if case .else(let place) = ending {
            if case .keyword = peeked.kind { throw unexpected(peeked, in: "'else' of 'range'") }
            otherwise = try lastBody(of: token.range, "range", elseAt: place)
        }
        return TemplateNode.Branch(pipeline: pipeline, body: nodes, otherwise: otherwise, range: token.range)
    }

    private mutating func loopBody(of opening: Range<Int>) throws(TemplateFault) -> ([TemplateNode], Ending) {
        rangeDepth += 1
        defer { rangeDepth -= 1 }
        return try body(of: opening, "range")
    }

    private mutating func jump(
        _ token: TemplateToken,
        _ keyword: TemplateToken.Keyword
    ) throws(TemplateFault) -> TemplateNode {
        guard rangeDepth > 0 else {
            throw TemplateFault(.syntax, "'\(keyword.rawValue)' stands outside of any 'range'", token.range)
        }
        try expectClose("'\(keyword.rawValue)'")
        return keyword == .break ? .leave : .next
    }

    // MARK: Named templates

    private mutating func templateName(_ context: String) throws(TemplateFault) -> String {
        let token = nextWord()
        guard token.kind == .string || token.kind == .rawString else {
            throw unexpected(token, in: context, help: "write the template's name in quotes")
        }
        return try string(token)
    }

    /// The text that a quoted word stands for.
    func string(_ token: TemplateToken) throws(TemplateFault) -> String {
        let written = text.string(token.range)
        if token.kind == .rawString { return String(written.dropFirst().dropLast()).replacing("\r", with: "") }
        guard let value = TemplateLiteral.string(written) else {
            throw TemplateFault(
                .syntax,
                "a backslash begins no known escape here",
                token.range,
                help: "write \\\\ for a backslash, or use `…`"
            )
        }
        return value
    }

    private mutating func definition() throws(TemplateFault) {
        let opening = tokens[mark - 1].range
        let name = try templateName("'define'")
        try expectClose("'define'")
        try define(name, opening, "define")
    }

    /// Reads the body of a named template, in which only `$` is known and no loop goes on.
    private mutating func define(_ name: String, _ opening: Range<Int>, _ word: String) throws(TemplateFault) {
        let outer = (variables, rangeDepth)
        (variables, rangeDepth) = (["$"], 0)
        defer { (variables, rangeDepth) = outer }
        let (nodes, ending) = try body(of: opening, word)
        if case .else(let range) = ending {
            throw TemplateFault(.syntax, "'\(word)' has no 'else'", range, help: "remove it")
        }
        let isBlank = nodes.allSatisfy { $0.isBlank(in: text) }
        if let known = definitions[name], !known.allSatisfy({ $0.isBlank(in: text) }) {
            if isBlank { return }
            throw TemplateFault(.syntax, "the template '\(name)' is defined twice", opening)
        }
        definitions[name] = nodes
    }

    private mutating func call(_ token: TemplateToken) throws(TemplateFault) -> TemplateNode {
        let name = try templateName("'template'")
        skipSpace()
        var argument: TemplatePipeline?
        if peeked.kind != .close { argument = try pipeline("'template'", allowsSecondVariable: false) }
        try expectClose("'template'")
        return .call(name: name, argument: argument, range: token.range)
    }

    private mutating func block(_ token: TemplateToken) throws(TemplateFault) -> TemplateNode {
        let name = try templateName("'block'")
        let argument = try pipeline("'block'", allowsSecondVariable: false)
        try expectClose("'block'")
        try define(name, token.range, "block")
        return .call(name: name, argument: argument, range: token.range)
    }
}
