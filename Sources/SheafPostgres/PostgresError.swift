/// An error, or a notice, that PostgreSQL has reported.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Such as `ERROR` or `NOTICE`, always in English.
    package let severity: String
    /// The five characters of SQLSTATE.
    package let state: String
    package let message: String
    package let detail: String?
    package let hint: String?
    /// Which character of the SQL it is about, the first being 1.
    package let position: Int?

    package init(
        severity: String = "ERROR",
        state: String,
        message: String,
        detail: String? = nil,
        hint: String? = nil,
        position: Int? = nil
    ) {
        self.severity = severity
        self.state = state
        self.message = message
        self.detail = detail
        self.hint = hint
        self.position = position
    }

    /// Reads the fields of an error or a notice.
    init(_ reader: inout WireReader) throws {
        var fields: [Character: String] = [:]
        while case let field = try reader.byte(), field != 0 {
            fields[Character(UnicodeScalar(field))] = try reader.string()
        }
        self.init(
            severity: fields["V"] ?? fields["S"] ?? "ERROR",
            state: fields["C"] ?? "",
            message: fields["M"] ?? "",
            detail: fields["D"],
            hint: fields["H"],
            position: fields["P"].flatMap { Int($0) }
        )
    }

    package var description: String { "\(message) (\(state))" }

    /// What the other side said is not the wire protocol, or not the part of it that is spoken here.
    package static func protocolViolation(_ message: String) -> PostgresError {
        PostgresError(state: "08P01", message: message)
    }

    /// Whether the server ended the statement because it was asked to.
    package var isCancellation: Bool { state == "57014" }
}
