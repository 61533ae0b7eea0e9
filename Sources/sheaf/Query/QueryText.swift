import Glibc
import SheafModel
import SheafPostgres
import SheafSystem

/// The SQL of a query, and where it comes from.
struct QueryText: Hashable {
    /// A longer text is no query.
    private static let mostBytes = 16 << 20

    /// How messages name it: `SQL`, a file, or `<stdin>`.
    let name: String
    let sql: String

    /// Takes the SQL from the command line, else from a file, else from standard input.
    ///
    /// - Parameters:
    ///   - argument: `-` is standard input.
    ///   - file: `-` is standard input.
    ///   - isTerminal: Whether standard input is a terminal, from which nothing is read unless it is asked for.
    /// - Throws: `QueryError`, `UsageError`.
    init(argument: String?, file: String?, isTerminal: Bool) throws {
        if let argument, argument != "-" {
            name = "SQL"
            sql = argument
        } else if let file, file != "-" {
            name = file
            sql = try Self.text(of: file) { try WholeFile.read(file, limit: Self.mostBytes) }
        } else {
            guard !isTerminal || argument == "-" || file == "-" else {
                throw QueryError(
                    .noStatement,
                    "there is no SQL to run",
                    hint: "give it as an argument, with --file, or on standard input"
                )
            }
            name = "<stdin>"
            sql = try Self.text(of: name) {
                try WholeFile.read(descriptor: STDIN_FILENO, named: "standard input", limit: Self.mostBytes)
            }
        }
        guard sql.contains(where: { !$0.isWhitespace && $0 != ";" }) else {
            throw QueryError(.noStatement, "\(name) has no statement", hint: "write one, such as: select 1")
        }
        guard !sql.utf8.contains(0) else { throw UsageError("\(name) holds a NUL character") }
    }

    private static func text(of name: String, _ read: () throws -> [UInt8]?) throws -> String {
        do {
            guard let bytes = try read() else { throw UsageError("\(name) has more than 16 MiB") }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw UsageError("\(name) is no UTF-8") }
            return text
        } catch let error as SystemError {
            throw UsageError("cannot \(error)")
        }
    }

    /// What PostgreSQL says of the SQL, with its place in the text.
    func diagnostic(_ error: PostgresError) -> Diagnostic {
        let detail = error.detail.map { ": \($0)" } ?? ""
        return Diagnostic(
            code: "query.failed",
            message: "\(error.message)\(detail) (\(error.state))",
            span: error.position.map(span),
            help: error.hint
        )
    }

    /// The word at a character that PostgreSQL counts from 1.
    private func span(at position: Int) -> SourceSpan {
        let scalars = sql.unicodeScalars
        let index = scalars.index(scalars.startIndex, offsetBy: position - 1, limitedBy: scalars.endIndex)
        let place = index ?? scalars.endIndex
        let before = scalars[..<place]
        let line = before.count { $0 == "\n" } + 1
        let column = (before.lastIndex(of: "\n").map { scalars.distance(from: $0, to: place) } ?? before.count + 1)
        let word = scalars[place...].prefix { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
        return SourceSpan(
            file: name,
            line: line,
            column: column,
            endLine: line,
            endColumn: column + max(1, word.count)
        )
    }
}
