/// A client of PostgreSQL for one thread: simple queries, texts, rows as they come.
package final class PostgresClient {
    /// Where a server is.
    package enum Address: Hashable, Sendable {
        case socket(String)
        /// A port of this machine.
        case port(Int)

        func connect() throws -> WireSocket {
            switch self {
            case .socket(let path): try WireSocket(connectingTo: path)
            case .port(let port): try WireSocket(connectingToLocalPort: port)
            }
        }
    }

    /// Whom to be, and where.
    package struct Login: Hashable, Sendable {
        package var user: String
        package var database: String
        /// Nil where the server trusts this machine.
        package var password: String?

        package init(user: String, database: String, password: String? = nil) {
            self.user = user
            self.database = database
            self.password = password
        }
    }

    /// Ends what a session runs, from any thread.
    package struct Canceller: Hashable, Sendable {
        fileprivate var address: Address
        fileprivate var number: Int
        fileprivate var secret: Int

        /// Asks the server to end the statement that runs now; without effect when none does.
        ///
        /// - Throws: `SystemError` when the server cannot be asked.
        package func cancel() throws {
            let socket = try address.connect()
            var request = WireWriter()
            for value in [16, 80_877_102, number, secret] { request.int32(value) }
            socket.send(bytes: request.bytes)
            try socket.flush()
        }
    }

    private static let protocolVersion = 196_608

    private let socket: WireSocket
    package private(set) var canceller: Canceller

    /// Connects.
    ///
    /// - Parameters:
    ///   - address: Where the server is.
    ///   - login: Whom to be.
    ///   - readLimit: How many seconds the server may be silent; nil for ever.
    /// - Throws: `SystemError`, `PostgresError`.
    package init(_ address: Address, as login: Login, readLimit: Int? = nil) throws {
        socket = try address.connect()
        canceller = Canceller(address: address, number: 0, secret: 0)
        if let readLimit { socket.setReadLimit(seconds: readLimit) }
        var startup = WireWriter()
        startup.int32(Self.protocolVersion)
        let settings = [
            "user", login.user, "database", login.database, "application_name", "sheaf", "client_encoding", "UTF8",
        ]
        for text in settings { startup.string(text) }
        startup.byte(0)
        var length = WireWriter()
        length.int32(startup.bytes.count + 4)
        socket.send(bytes: length.bytes + startup.bytes)
        try socket.flush()
        var scram = login.password.map { ScramLogin(password: $0) }
        try answer { message in
            switch message.letter {
            case "R": try authenticate(message, &scram)
            case "K":
                var reader = WireReader(message.body)
                canceller.number = try reader.int32()
                canceller.secret = try reader.int32()
            default: return
            }
        }
    }

    // MARK: Login

    private func authenticate(_ message: WireMessage, _ scram: inout ScramLogin?) throws {
        var reader = WireReader(message.body)
        let request = try reader.int32()
        if request == 0 { return }
        guard var login = scram else {
            throw PostgresError(state: "28P01", message: "the server asks for a password, and none is known")
        }
        switch request {
        case 10:
            var mechanisms: [String] = []
            while case let name = try reader.string(), !name.isEmpty { mechanisms.append(name) }
            guard mechanisms.contains(ScramLogin.mechanism) else { throw Self.unknownLogin }
            var writer = WireWriter()
            writer.string(ScramLogin.mechanism)
            writer.value(login.first)
            try socket.send(WireMessage("p", writer.bytes))
        case 11: try socket.send(WireMessage("p", Array(login.answer(to: reader.text()).utf8)))
        case 12: try login.verify(reader.text())
        default: throw Self.unknownLogin
        }
        scram = login
        try socket.flush()
    }

    private static let unknownLogin = PostgresError(
        state: "28000",
        message: "the server asks for the password in a way that is not known"
    )

    // MARK: Statements

    /// Runs statements and gives the rows of them all.
    ///
    /// - Throws: `PostgresError` for the first that fails; those behind it do not run.
    @discardableResult
    package func query(_ sql: String) throws -> [[String?]] {
        var rows: [[String?]] = []
        try run(sql) { reply in
            if case .row(let row) = reply { rows.append(row) }
        }
        return rows
    }

    /// Runs statements and tells what comes of them, with no more than one row in memory.
    ///
    /// - Parameters:
    ///   - sql: Statements with `;` between them; they are one transaction.
    ///   - handle: Is told of everything in its order. When it throws, the client is of no use any more.
    /// - Throws: `PostgresError` for the first that fails; those behind it do not run.
    package func run(_ sql: String, _ handle: (PostgresReply) throws -> Void) throws {
        var writer = WireWriter()
        writer.string(sql)
        try socket.send(WireMessage("Q", writer.bytes))
        try socket.flush()
        try answer { message in
            if let reply = try reply(message) { try handle(reply) }
        }
    }

    private func reply(_ message: WireMessage) throws -> PostgresReply? {
        var reader = WireReader(message.body)
        switch message.letter {
        case "T":
            return .columns(
                try (0..<reader.int16()).map { _ in
                    let name = try reader.string()
                    try reader.skip(6)
                    let type = try reader.int32()
                    try reader.skip(8)
                    return PostgresColumn(name: name, type: type)
                }
            )
        case "D": return .row(try (0..<reader.int16()).map { _ in try reader.value() })
        case "C": return .complete(try reader.string())
        case "N": return .notice(try PostgresError(&reader))
        case "G":
            var reason = WireWriter()
            reason.string("there is nothing to copy from")
            try socket.send(WireMessage("f", reason.bytes))
            try socket.flush()
            return nil
        case "H": throw PostgresError(state: "0A000", message: "COPY … TO STDOUT is not supported; use SELECT")
        default: return nil
        }
    }

    /// Handles messages until the server is ready for the next query.
    private func answer(_ handle: (WireMessage) throws -> Void) throws {
        var failure: PostgresError?
        while let message = try socket.receive() {
            switch message.letter {
            case "Z":
                if let failure { throw failure }
                return
            case "E":
                var reader = WireReader(message.body)
                let error = try PostgresError(&reader)
                failure = failure ?? error
            default: try handle(message)
            }
        }
        throw failure ?? PostgresError(state: "08006", message: "PostgreSQL has closed the connection")
    }
}
