/// A query that postgres_fdw has pushed down, as far as it is understood.
///
/// postgres_fdw does not check again what it pushes, so what is not understood here is an error, never a guess.
package struct PushedQuery: Hashable, Sendable {
    package enum Targets: Hashable, Sendable {
        case columns([String])
        /// One null for each row: the query needs to know only how many there are.
        case nulls
        case count
    }

    package var targets: Targets
    package var schema: String
    package var table: String
    package var condition: Condition?
    package var limit: Int?
    package var offset = 0

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - tokens: The query from `SELECT` on.
    ///   - parameters: What `$1`, `$2`, … stand for.
    /// - Throws: `SteampipeError` for anything that is not understood.
    package init(_ tokens: [SqlToken], parameters: [String?] = []) throws {
        var parser = PushedQueryParser(tokens: tokens, parameters: parameters)
        self = try parser.query()
    }

    init(targets: Targets, schema: String, table: String) {
        self.targets = targets
        self.schema = schema
        self.table = table
    }
}

private struct PushedQueryParser {
    private let tokens: [SqlToken]
    private let parameters: [String?]
    private var index = 0

    init(tokens: [SqlToken], parameters: [String?]) {
        self.tokens = tokens
        self.parameters = parameters
    }

    // MARK: The query

    mutating func query() throws -> PushedQuery {
        try expect(.word("select"))
        let targets = try targets()
        try expect(.word("from"))
        let schema = try name()
        try expect(.symbol("."))
        var query = PushedQuery(targets: targets, schema: schema, table: try name())
        if take(.word("where")) { query.condition = try disjunction() }
        if take(.word("limit")) { query.limit = try count() }
        if take(.word("offset")) { query.offset = try count() ?? 0 }
        guard index == tokens.count else { throw unsupported() }
        return query
    }

    private mutating func targets() throws -> PushedQuery.Targets {
        if take(.word("null")) { return .nulls }
        if peek == .word("count"), peek(1) == .symbol("(") {
            index += 2
            try expect(.symbol("*"))
            try expect(.symbol(")"))
            return .count
        }
        var names = [try name()]
        while take(.symbol(",")) { names.append(try name()) }
        return .columns(names)
    }

    /// A number with its cast; nil for the null that means no limit.
    private mutating func count() throws -> Int? {
        defer { skipCast() }
        switch next() {
        case .number(let text):
            guard let value = Int(text) else { throw unsupported() }
            return value
        case .text(let text):
            guard let value = Int(text), value >= 0 else { throw unsupported() }
            return value
        case .parameter(let number):
            guard let text = try parameter(number) else { return nil }
            guard let value = Int(text), value >= 0 else { throw unsupported() }
            return value
        case .word("null"): return nil
        default: throw unsupported()
        }
    }

    // MARK: Conditions

    private mutating func disjunction() throws -> Condition {
        var parts = [try conjunction()]
        while take(.word("or")) { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws -> Condition {
        var parts = [try negation()]
        while take(.word("and")) { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws -> Condition {
        if take(.word("not")) { return .not(try negation()) }
        // A bracket opens a condition or an operand: which one shows only further on.
        let start = index
        if take(.symbol("(")) {
            let inner = try? disjunction()  // Losing the error is right: the text is read again as an operand.
            if let inner, take(.symbol(")")) { return inner }
            index = start
        }
        return try predicate()
    }

    private mutating func predicate() throws -> Condition {
        let left = try operand()
        if take(.word("is")) {
            let isNegated = take(.word("not"))
            if take(.word("null")) { return isNegated ? .not(.isNull(left)) : .isNull(left) }
            try expect(.word("distinct"))
            try expect(.word("from"))
            let condition = Condition.isDistinct(left, try operand())
            return isNegated ? .not(condition) : condition
        }
        guard case .symbol(let symbol) = next(), let comparison = Condition.Comparison(rawValue: symbol) else {
            index -= 1
            throw unsupported()
        }
        if peek == .word("any") || peek == .word("all") {
            let isAll = next() == .word("all")
            try expect(.symbol("("))
            let elements = try list()
            try expect(.symbol(")"))
            return .list(left, comparison, elements, isAll: isAll)
        }
        return .compare(left, comparison, try operand())
    }

    private mutating func list() throws -> [ConditionOperand] {
        if take(.symbol("(")) {
            defer { skipCast() }
            let elements = try list()
            try expect(.symbol(")"))
            return elements
        }
        if take(.word("array")) {
            try expect(.symbol("["))
            var elements: [ConditionOperand] = []
            while !take(.symbol("]")) {
                if !elements.isEmpty { try expect(.symbol(",")) }
                elements.append(try operand())
            }
            skipCast()
            return elements
        }
        if take(.word("select")) { return try laterValue().map { _ in [.later] } ?? [.later] }
        switch try operand() {
        case .constant(let text?): return try ArrayLiteral.elements(of: text).map { .constant($0) }
        case .constant(nil): return [.constant(nil)]
        case .later: return [.later]
        case .column: throw unsupported()
        }
    }

    private mutating func operand() throws -> ConditionOperand {
        defer { skipCast() }
        if take(.symbol("(")) {
            if take(.word("select")) {
                let later = try laterValue() ?? .later
                try expect(.symbol(")"))
                return later
            }
            let inner = try operand()
            try expect(.symbol(")"))
            return inner
        }
        switch peek {
        case .text(let text):
            index += 1
            return .constant(text)
        case .parameter(let number):
            index += 1
            return .constant(try parameter(number))
        case .word("null"):
            index += 1
            return .constant(nil)
        case .word(let word) where peek(1) != .symbol("(") && !["array", "any", "all", "case", "not"].contains(word):
            index += 1
            return .column(word)
        case .quoted(let name):
            index += 1
            return .column(name)
        default: throw unsupported()
        }
    }

    /// The rest of `SELECT null::type`, with which planning stands for a value that is not known yet.
    private mutating func laterValue() throws -> ConditionOperand? {
        try expect(.word("null"))
        skipCast()
        return .later
    }

    // MARK: Tokens

    private func parameter(_ number: Int) throws -> String? {
        guard parameters.indices.contains(number - 1) else { throw unsupported() }
        return parameters[number - 1]
    }

    private mutating func skipCast() {
        let types: [SqlToken] = [.word("text"), .word("bigint"), .word("integer")]
        while peek == .symbol("::"), let type = peek(1), types.contains(type) {
            index += 2
            if peek == .symbol("["), peek(1) == .symbol("]") { index += 2 }
        }
    }

    private mutating func name() throws -> String {
        switch next() {
        case .word(let name), .quoted(let name): return name
        default:
            index -= 1
            throw unsupported()
        }
    }

    private var peek: SqlToken? { peek(0) }

    private func peek(_ ahead: Int) -> SqlToken? { index + ahead < tokens.count ? tokens[index + ahead] : nil }

    private mutating func next() -> SqlToken? {
        defer { index += 1 }
        return peek
    }

    private mutating func take(_ token: SqlToken) -> Bool {
        guard peek == token else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ token: SqlToken) throws {
        guard take(token) else { throw unsupported() }
    }

    private func unsupported() -> SteampipeError {
        let shown = peek.map { "'\($0.shown)'" } ?? "the end"
        return SteampipeError(
            "steampipe.unsupported-sql",
            "this condition on a key column is not supported (at \(shown) of the pushed-down query)",
            hint: "write the column as (column collate \"C\") to have the condition checked by PostgreSQL"
        )
    }
}

extension SqlToken {
    /// The token as it was written, for messages.
    var shown: String {
        switch self {
        case .word(let text), .number(let text), .symbol(let text): text
        case .quoted(let text): "\"\(text)\""
        case .text: "'…'"
        case .parameter(let number): "$\(number)"
        }
    }
}
