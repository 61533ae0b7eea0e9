import SheafModel
import SheafPostgres
import SheafSystem
import Synchronization

/// Runs SQL on a service and shows what comes back, as it comes.
struct QueryRun {
    let service: QueryService
    let text: QueryText
    let settings: QuerySettings
    let form: QueryForm
    /// Whether somebody watches the rows come.
    let isWatched: Bool

    /// - Throws: `PostgresError` for what is wrong with the SQL, `QueryError` for the rest.
    func run(_ interruption: QueryInterruption, notice: (PostgresError) -> Void) throws {
        do {
            try ask(interruption, notice: notice)
        } catch let error as SystemError {
            throw service.unreachable(error.reason)
        }
    }

    private func ask(_ interruption: QueryInterruption, notice: (PostgresError) -> Void) throws {
        let client = try service.connect()
        try interruption.attach(client.canceller)
        try settings.apply(to: client)
        let types = form.needsTypes ? try Self.types(client) : [:]
        var printer: (any ResultPrinter)?
        var isFirst = true
        let output = QueryOutput(isWatched: isWatched)
        // What came before a failure is shown.
        defer { output.flush() }
        try client.run(text.sql) { reply in
            switch reply {
            case .columns(let columns):
                if !isFirst, form.partsResults { output.write("\n") }
                isFirst = false
                printer = form.printer(columns, types: types, output)
            case .row(let row):
                try printer?.row(row)
                output.rowIsWritten()
            case .complete:
                try printer?.end()
                printer = nil
            case .notice(let message): notice(message)
            }
        }
    }

    /// The names of all types by their numbers; those of extensions have other numbers in each database.
    private static func types(_ client: PostgresClient) throws -> [Int: String] {
        var types: [Int: String] = [:]
        for row in try client.query("select oid, typname from pg_catalog.pg_type") {
            guard row.count == 2, let number = row[0].flatMap({ Int($0) }), let name = row[1] else { continue }
            types[number] = name
        }
        return types
    }
}

/// What is set before a query runs.
struct QuerySettings: Hashable {
    var searchPath: [String]?
    var searchPathPrefix: [String] = []
    var timeout: Duration?

    private static let internalSchema = "steampipe_internal"

    func apply(to client: PostgresClient) throws {
        if let timeout { try client.query("set statement_timeout = '\(timeout.components.seconds)s'") }
        guard searchPath != nil || !searchPathPrefix.isEmpty else { return }
        var path = searchPathPrefix
        if let searchPath { path += searchPath } else { path += try Self.current(client) }
        var seen: Set = [Self.internalSchema]
        let names = path.filter { seen.insert($0).inserted } + [Self.internalSchema]
        try client.query("set search_path to \(names.map(Self.quoted).joined(separator: ", "))")
    }

    /// The search path that the service has set, in its order.
    private static func current(_ client: PostgresClient) throws -> [String] {
        let sql = """
            select name from unnest(string_to_array(current_setting('search_path'), ',')) with ordinality path(part, place),
            lateral (select btrim(btrim(part), '"') as name) trimmed order by place
            """
        return try client.query(sql).compactMap { $0.first ?? nil }
    }

    private static func quoted(_ name: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

/// Hands Ctrl-C on to the server.
final class QueryInterruption: Sendable {
    private let state = Mutex<(isInterrupted: Bool, canceller: PostgresClient.Canceller?)>((false, nil))

    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// Says whom to cancel from now on.
    func attach(_ canceller: PostgresClient.Canceller) throws {
        let isInterrupted = state.withLock { state in
            state.canceller = canceller
            return state.isInterrupted
        }
        if isInterrupted { throw QueryError(.interrupted, "interrupted before the query began") }
    }

    /// Ends the query on the server, which then says so to whoever waits for it.
    func interrupt() {
        let canceller = state.withLock { state in
            state.isInterrupted = true
            return state.canceller
        }
        // A server that cannot be reached any more has ended the query too.
        try? canceller?.cancel()
    }
}
