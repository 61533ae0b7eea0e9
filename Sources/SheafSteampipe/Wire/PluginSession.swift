import SheafPostgres
import SheafSystem

/// One connection of postgres_fdw, from its first message to its last, on one thread.
///
/// It understands what postgres_fdw of PostgreSQL 12 to 17 sends for reading, and answers everything else with an error.
final class PluginSession {
    private struct Prepared {
        var statements: [[SqlToken]]
    }

    private struct Portal {
        var statement: [SqlToken]
        var parameters: [String?]
        var isDescribed = false
    }

    private let socket: WireSocket
    private let catalog: @Sendable () -> Catalog
    private let cancellation: Cancellation
    private var prepared: [String: Prepared] = [:]
    private var portals: [String: Portal] = [:]
    private var cursors: [String: (query: PushedQuery, rows: any QueryCursor)] = [:]
    /// Who will probably be asked for so many rows next.
    private var next: (cursor: String, count: Int)?
    private var status: Character = "I"
    /// After an error in the extended protocol, everything up to the next Sync is left out.
    private var isSkipping = false

    init(_ socket: WireSocket, catalog: @escaping @Sendable () -> Catalog, cancellation: Cancellation) {
        self.socket = socket
        self.catalog = catalog
        self.cancellation = cancellation
    }

    /// Greets the client.
    ///
    /// - Parameters:
    ///   - number: What the client names to cancel a query.
    ///   - secret: What it proves its right to do so with.
    /// - Throws: `SystemError` when the client is gone.
    func greet(number: Int, secret: Int) throws {
        var accepted = WireWriter()
        accepted.int32(0)
        try socket.send(WireMessage("R", accepted.bytes))
        let settings = [
            ("server_version", "15.0"), ("server_encoding", "UTF8"), ("client_encoding", "UTF8"),
            ("DateStyle", "ISO, MDY"), ("IntervalStyle", "postgres"), ("TimeZone", "UTC"),
            ("integer_datetimes", "on"), ("standard_conforming_strings", "on"),
        ]
        for (name, value) in settings {
            var writer = WireWriter()
            writer.string(name)
            writer.string(value)
            try socket.send(WireMessage("S", writer.bytes))
        }
        var key = WireWriter()
        key.int32(number)
        key.int32(secret)
        try socket.send(WireMessage("K", key.bytes))
        try ready()
    }

    /// Answers messages until the client goes.
    func serve() throws {
        while let message = try socket.receive() {
            if message.letter == "X" { return }
            if message.letter == "S" {
                isSkipping = false
                try ready()
                continue
            }
            if isSkipping { continue }
            do {
                try handle(message)
            } catch let error as SteampipeError {
                try report(error)
            } catch let error as PostgresError {
                try report(SteampipeError("steampipe.protocol", error.message))
            } catch let error as SystemError {
                try report(SteampipeError("steampipe.system", "cannot \(error.description)"))
            }
            if message.letter == "Q" { try ready() }
        }
    }

    private func report(_ error: SteampipeError) throws {
        var writer = WireWriter()
        let state = error.code == "steampipe.cancelled" ? "57014" : "HV000"
        for (field, text) in [("S", "ERROR"), ("V", "ERROR"), ("C", state), ("M", error.message)] {
            writer.byte(Character(field).asciiValue ?? 0)
            writer.string(text)
        }
        if let hint = error.hint {
            writer.byte(UInt8(ascii: "H"))
            writer.string(hint)
        }
        writer.byte(0)
        try socket.send(WireMessage("E", writer.bytes))
        if status == "T" { status = "E" }
        isSkipping = true
    }

    private func ready() throws {
        isSkipping = false
        try socket.send(WireMessage("Z", [status.asciiValue ?? 0]))
        try socket.flush()
        if let next { cursors[next.cursor]?.rows.lookAhead(next.count) }
        next = nil
    }

    // MARK: Messages

    private func handle(_ message: WireMessage) throws {
        var reader = WireReader(message.body)
        switch message.letter {
        case "Q":
            cancellation.reset()
            let statements = try SqlToken.statements(of: try reader.string())
            if statements.isEmpty { try socket.send(WireMessage("I")) }
            for statement in statements {
                try PluginStatement(statement, parameters: []).perform(in: self, describing: true)
            }
        case "P": try parse(&reader)
        case "B": try bind(&reader)
        case "D": try describe(&reader)
        case "E": try execute(&reader)
        case "C":
            let kind = try reader.byte()
            let name = try reader.string()
            if kind == UInt8(ascii: "S") { prepared[name] = nil } else { portals[name] = nil }
            try socket.send(WireMessage("3"))
        case "H": try socket.flush()
        default:
            throw SteampipeError("steampipe.protocol", "the message '\(message.letter)' is not supported")
        }
    }

    private func parse(_ reader: inout WireReader) throws {
        let name = try reader.string()
        prepared[name] = Prepared(statements: try SqlToken.statements(of: try reader.string()))
        try socket.send(WireMessage("1"))
    }

    private func bind(_ reader: inout WireReader) throws {
        let portal = try reader.string()
        let name = try reader.string()
        guard let statement = prepared[name] else {
            throw SteampipeError("steampipe.protocol", "there is no prepared statement '\(name)'")
        }
        guard statement.statements.count == 1, let tokens = statement.statements.first else {
            throw SteampipeError("steampipe.protocol", "a prepared statement must be one statement")
        }
        for _ in 0..<(try reader.int16()) where try reader.int16() != 0 {
            throw SteampipeError("steampipe.protocol", "binary parameters are not supported")
        }
        var parameters: [String?] = []
        for _ in 0..<(try reader.int16()) { parameters.append(try reader.value()) }
        portals[portal] = Portal(statement: tokens, parameters: parameters)
        try socket.send(WireMessage("2"))
    }

    private func describe(_ reader: inout WireReader) throws {
        guard try reader.byte() == UInt8(ascii: "P") else {
            throw SteampipeError("steampipe.protocol", "statements cannot be described, only portals")
        }
        let name = try reader.string()
        guard var portal = portals[name] else {
            throw SteampipeError("steampipe.protocol", "there is no portal '\(name)'")
        }
        portal.isDescribed = true
        portals[name] = portal
        let statement = try PluginStatement(portal.statement, parameters: portal.parameters)
        // Statements with rows describe them when they run; nothing else is sent in between.
        if !statement.hasRows { try socket.send(WireMessage("n")) }
    }

    private func execute(_ reader: inout WireReader) throws {
        let name = try reader.string()
        guard let portal = portals[name] else {
            throw SteampipeError("steampipe.protocol", "there is no portal '\(name)'")
        }
        cancellation.reset()
        try PluginStatement(portal.statement, parameters: portal.parameters)
            .perform(in: self, describing: portal.isDescribed)
    }

    // MARK: What statements do

    func begin() { status = "T" }

    func end() {
        cursors.removeAll()
        status = "I"
    }

    /// Goes back to a savepoint: the transaction can be used again.
    func recover() { if status == "E" { status = "T" } }

    func declare(_ name: String, _ query: PushedQuery) throws {
        cursors[name] = (query, try query.open(in: catalog(), cancellation))
    }

    func close(_ name: String?) {
        if let name { cursors[name] = nil } else { cursors.removeAll() }
    }

    /// Starts a cursor again from its first row.
    func rewind(_ name: String) throws {
        let query = try cursor(name).query
        cursors[name] = nil
        try declare(name, query)
    }

    func fetch(_ count: Int, from name: String, describing: Bool) throws -> Int {
        let rows = try cursor(name).rows
        if describing { try describe(rows.resultColumns) }
        let sent = try rows.fetch(count, into: socket.output)
        next = sent == count ? (name, count) : nil
        return sent
    }

    /// The answer to EXPLAIN, from which postgres_fdw takes its estimates.
    func explain(_ tokens: [SqlToken], describing: Bool) throws {
        let cost = QueryCost(of: tokens, catalog: catalog())
        if describing { try describe(["QUERY PLAN"]) }
        try send(["Foreign Scan  (cost=1.00..\(cost.total).00 rows=\(cost.rows) width=64)"])
    }

    func complete(_ tag: String) throws {
        var writer = WireWriter()
        writer.string(tag)
        try socket.send(WireMessage("C", writer.bytes))
    }

    private func cursor(_ name: String) throws -> (query: PushedQuery, rows: any QueryCursor) {
        guard let cursor = cursors[name] else {
            throw SteampipeError("steampipe.protocol", "there is no cursor '\(name)'")
        }
        return cursor
    }

    private func describe(_ columns: [String]) throws {
        let textType = 25
        var writer = WireWriter()
        writer.int16(columns.count)
        for column in columns {
            writer.string(column)
            writer.int32(0)
            writer.int16(0)
            writer.int32(textType)
            writer.int16(-1)
            writer.int32(-1)
            writer.int16(0)
        }
        try socket.send(WireMessage("T", writer.bytes))
    }

    private func send(_ row: [String]) throws {
        var message = RowMessage(in: socket.output, columns: row.count, bytes: row.reduce(0) { $0 + $1.utf8.count })
        for value in row { message.value(Array(value.utf8)) }
        message.finish()
    }
}
