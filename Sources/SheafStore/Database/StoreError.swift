import GRDB
package import SheafModel

/// A failure of Sheaf's own records.
package struct StoreError: SheafError {
    package struct Code: Sendable, Hashable {
        fileprivate let name: String

        package static let unavailable = Code(name: "store.unavailable")
        package static let damaged = Code(name: "store.damaged")
        package static let full = Code(name: "store.disk-full")
        package static let newer = Code(name: "store.newer-version")
        package static let leaseHeld = Code(name: "store.lease-held")
        package static let foreignResource = Code(name: "store.foreign-resource")
        package static let neededElsewhere = Code(name: "store.needed-elsewhere")
        package static let snapshotGone = Code(name: "store.snapshot-gone")
        package static let keyUnusable = Code(name: "store.key-unusable")
        package static let keyExchanged = Code(name: "store.key-exchanged")
        package static let unknownSecret = Code(name: "store.unknown-secret")
    }

    package let kind: Code
    package let message: String
    package let hint: String?

    package var code: String { kind.name }

    package var failureClass: FailureClass { kind == .leaseHeld || kind == .keyExchanged ? .busy : .refused }

    package init(_ kind: Code, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    /// Says in words what SQLite says in codes.
    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR:
            self.init(
                .full,
                "the state database \(path) cannot be written: \(error.message ?? "the disk is full or failing")",
                hint: "free some space on its file system; nothing was lost"
            )
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged,
                "the state database \(path) is damaged: \(error.message ?? "not a database")",
                hint: "put back a copy of it, or move it aside to begin anew; nothing was changed"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .unavailable,
                "the state database \(path) is locked by another process for too long",
                hint: "wait for the other command to end and try again"
            )
        default:
            self.init(
                .unavailable,
                "the state database \(path) cannot be used: \(error.message ?? "SQLite code \(error.resultCode.rawValue)")",
                hint: "check the permissions of the folder, or set SHEAF_HOME to another one"
            )
        }
    }
}
