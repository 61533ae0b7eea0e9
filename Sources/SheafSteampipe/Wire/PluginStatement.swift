/// A statement of postgres_fdw.
enum PluginStatement {
    case set
    case begin
    case commit
    case rollback
    case savepoint
    case release
    case rollbackToSavepoint
    case declare(String, PushedQuery)
    case fetch(Int, String)
    case rewind(String)
    case close(String?)
    case explain([SqlToken])
    case deallocate

    /// Reads a statement.
    ///
    /// - Throws: `SteampipeError` for everything that is not in the list above.
    init(_ tokens: [SqlToken], parameters: [String?]) throws {
        let words = tokens.prefix(6).map { token in if case .word(let word) = token { word } else { "" } }
        switch words.first {
        case "set": self = .set
        case "start" where words.dropFirst().first == "transaction": self = .begin
        case "begin": self = .begin
        case "commit", "end": self = .commit
        case "abort": self = .rollback
        case "rollback": self = words.contains("to") ? .rollbackToSavepoint : .rollback
        case "savepoint": self = .savepoint
        case "release": self = .release
        case "deallocate": self = .deallocate
        case "explain": self = .explain(Array(tokens.dropFirst()))
        case "close" where tokens.count == 2: self = .close(words[1] == "all" ? nil : words[1])
        case "declare" where words.count > 4 && words[2] == "cursor" && words[3] == "for":
            self = .declare(words[1], try PushedQuery(Array(tokens.dropFirst(4)), parameters: parameters))
        case "fetch" where words.count == 4 && words[2] == "from":
            guard case .number(let text) = tokens[1], let count = Int(text) else { throw Self.unsupported(words) }
            self = .fetch(count, words[3])
        case "move" where words.count == 5 && words[1] == "backward" && words[2] == "all":
            self = .rewind(words[4])
        default: throw Self.unsupported(words)
        }
    }

    private static func unsupported(_ words: [String]) -> SteampipeError {
        SteampipeError(
            "steampipe.unsupported-sql",
            "the statement '\(words.filter { !$0.isEmpty }.joined(separator: " ").uppercased())' is not supported: "
                + "tables of plugins can only be read"
        )
    }

    /// Whether rows come back.
    var hasRows: Bool {
        switch self {
        case .fetch, .explain: true
        default: false
        }
    }

    /// Does what the statement says, and tells that it is done.
    ///
    /// When describing, the columns are told before the rows.
    func perform(in session: PluginSession, describing: Bool) throws {
        switch self {
        case .set: try session.complete("SET")
        case .begin:
            session.begin()
            try session.complete("START TRANSACTION")
        case .commit:
            session.end()
            try session.complete("COMMIT")
        case .rollback:
            session.end()
            try session.complete("ROLLBACK")
        case .rollbackToSavepoint:
            session.recover()
            try session.complete("ROLLBACK")
        case .savepoint: try session.complete("SAVEPOINT")
        case .release: try session.complete("RELEASE")
        case .deallocate: try session.complete("DEALLOCATE")
        case .declare(let name, let query):
            try session.declare(name, query)
            try session.complete("DECLARE CURSOR")
        case .fetch(let count, let name):
            let sent = try session.fetch(count, from: name, describing: describing)
            try session.complete("FETCH \(sent)")
        case .rewind(let name):
            try session.rewind(name)
            try session.complete("MOVE 0")
        case .close(let name):
            session.close(name)
            try session.complete("CLOSE CURSOR")
        case .explain(let tokens):
            try session.explain(tokens, describing: describing)
            try session.complete("EXPLAIN")
        }
    }
}
