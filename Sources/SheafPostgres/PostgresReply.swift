/// A column of a result.
package struct PostgresColumn: Hashable, Sendable {
    package var name: String
    /// The number of its type in `pg_type`.
    package var type: Int

    package init(name: String, type: Int) {
        self.name = name
        self.type = type
    }
}

/// What the server says while it runs statements, in its order.
package enum PostgresReply: Hashable, Sendable {
    /// A result begins.
    case columns([PostgresColumn])
    /// A row of the result, as texts; nil is the null of SQL.
    case row([String?])
    /// A statement is done, such as `SELECT 3`.
    case complete(String)
    case notice(PostgresError)
}
