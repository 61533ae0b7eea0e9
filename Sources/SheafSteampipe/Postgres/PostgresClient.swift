/// An error that PostgreSQL has reported.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five characters of SQLSTATE.
    package let state: String
    package let message: String

    package var description: String { "\(message) (\(state))" }
}

/// A small client of PostgreSQL over its unix socket: no password, simple queries, texts.
package final class PostgresClient {
    private let socket: WireSocket

    /// Connects.
    ///
    /// - Parameters:
    ///   - path: The socket file.
    ///   - user: Must be trusted by `pg_hba.conf`.
    ///   - database: Its name.
    /// - Throws: `SystemError`, `PostgresError`.
    package init(path: String, user: String, database: String) throws {
        socket = try WireSocket(connectingTo: path)
        socket.setReadLimit(seconds: 60)
        var startup = WireWriter()
        startup.int32(196_608)
        for text in ["user", user, "database", database, "application_name", "sheaf"] { startup.string(text) }
        startup.byte(0)
        var length = WireWriter()
        length.int32(startup.bytes.count + 4)
        socket.send(bytes: length.bytes + startup.bytes)
        try socket.flush()
        _ = try answer()
    }

    /// Runs statements and gives the rows of them all.
    ///
    /// - Throws: `PostgresError` for the first that fails; those behind it do not run.
    @discardableResult
    package func query(_ sql: String) throws -> [[String?]] {
        var writer = WireWriter()
        writer.string(sql)
        try socket.send(WireMessage("Q", writer.bytes))
        try socket.flush()
        return try answer()
    }

    private func answer() throws -> [[String?]] {
        var rows: [[String?]] = []
        var failure: PostgresError?
        while let message = try socket.receive() {
            var reader = WireReader(message.body)
            switch message.letter {
            case "Z":
                if let failure { throw failure }
                return rows
            case "E":
                let error = try Self.error(&reader)
                failure = failure ?? error
            case "D":
                var row: [String?] = []
                for _ in 0..<(try reader.int16()) { row.append(try reader.value()) }
                rows.append(row)
            case "R":
                guard try reader.int32() == 0 else {
                    throw SteampipeError("steampipe.protocol", "PostgreSQL asks for a password on its socket")
                }
            default: continue
            }
        }
        throw failure.map { $0 as any Error }
            ?? SteampipeError("steampipe.connection-lost", "PostgreSQL has closed the connection")
    }

    private static func error(_ reader: inout WireReader) throws -> PostgresError {
        var state = ""
        var message = ""
        while true {
            let field = try reader.byte()
            if field == 0 { return PostgresError(state: state, message: message) }
            let text = try reader.string()
            if field == UInt8(ascii: "C") { state = text }
            if field == UInt8(ascii: "M") { message = text }
        }
    }
}
