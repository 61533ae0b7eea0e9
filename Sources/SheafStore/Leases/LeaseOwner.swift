package import FoundationEssentials
import GRDB
import SheafModel
package import SheafSystem

/// Who holds a lease: one process of one boot of one machine.
package struct LeaseOwner: Sendable, Hashable {
    package var host: String
    package var bootID: String
    package var process: ProcessIdentity
    package var user: String
    /// Such as `apply`.
    package var operation: String
    package var since: Date

    package init(
        host: String,
        bootID: String,
        process: ProcessIdentity,
        user: String,
        operation: String,
        since: Date
    ) {
        self.host = host
        self.bootID = bootID
        self.process = process
        self.user = user
        self.operation = operation
        self.since = since
    }

    /// This process.
    package static func current(user: String, operation: String, now: Date) -> LeaseOwner {
        LeaseOwner(
            host: hostName,
            bootID: ProcessIdentity.bootID,
            process: .current,
            user: user,
            operation: operation,
            since: now
        )
    }

    private static var hostName: String {
        TextFile.read("/proc/sys/kernel/hostname")?.split(separator: "\n").first.map(String.init) ?? "localhost"
    }

    /// Whether the owner has provably ended.
    ///
    /// An owner on another machine counts as alive.
    package var isDead: Bool {
        guard host == Self.hostName else { return false }
        return bootID != ProcessIdentity.bootID || !process.isAlive
    }

    /// Whether both are the same process.
    func isSameProcess(as other: LeaseOwner) -> Bool {
        host == other.host && bootID == other.bootID && process == other.process
    }
}

extension Store {
    /// Takes the lease of a bundle, also from an owner that is dead.
    ///
    /// - Throws: `StoreError` with code `store.lease-held` when a living process has it.
    package func takeLease(of bundle: String, as owner: LeaseOwner) throws {
        try write { database in
            let holder = try Self.leaseOwner(of: bundle, in: database)
            if let holder, !holder.isDead, !holder.isSameProcess(as: owner) {
                throw Self.held(bundle, by: holder)
            }
            try logRecovery(of: bundle, from: holder, by: owner, in: database)
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO lease (bundle, host, boot_id, pid, start_time, operation, user, since)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    bundle, owner.host, owner.bootID, owner.process.pid, Int64(bitPattern: owner.process.startTime),
                    owner.operation, owner.user, owner.since.milliseconds,
                ]
            )
        }
    }

    private static func held(_ bundle: String, by holder: LeaseOwner) -> StoreError {
        StoreError(
            .leaseHeld,
            "'\(bundle)' is being changed by '\(holder.operation)' of \(holder.user)"
                + " (process \(holder.process.pid) on \(holder.host)) since \(holder.since.formatted(.iso8601))",
            hint: "wait until it has ended and try again"
        )
    }

    /// Writes down whose transaction is found open by who takes the lease now.
    private func logRecovery(
        of bundle: String,
        from holder: LeaseOwner?,
        by owner: LeaseOwner,
        in database: Database
    ) throws {
        let open = try Int.fetchOne(
            database,
            sql: "SELECT revision FROM journal WHERE bundle = ? AND state <> 'closed'",
            arguments: [bundle]
        )
        guard let open else { return }
        var detail = EventDetail()
        detail.owner = holder.map { holder in
            EventDetail.Owner(
                host: holder.host,
                pid: holder.process.pid,
                user: holder.user,
                operation: holder.operation
            )
        }
        try log(.recovering, bundle: bundle, revision: open, detail, by: owner.user, in: database)
    }

    /// Gives the lease back; nothing happens when this process does not hold it.
    package func returnLease(of bundle: String, from owner: LeaseOwner) throws {
        try write { database in
            guard let holder = try Self.leaseOwner(of: bundle, in: database), holder.isSameProcess(as: owner) else {
                return
            }
            try database.execute(sql: "DELETE FROM lease WHERE bundle = ?", arguments: [bundle])
        }
    }

    /// Who holds the lease of a bundle, dead or alive.
    package func leaseOwner(of bundle: String) throws -> LeaseOwner? {
        try read { try Self.leaseOwner(of: bundle, in: $0) }
    }

    private static func leaseOwner(of bundle: String, in database: Database) throws -> LeaseOwner? {
        try Row.fetchOne(database, sql: "SELECT * FROM lease WHERE bundle = ?", arguments: [bundle]).map { row in
            LeaseOwner(
                host: row["host"],
                bootID: row["boot_id"],
                process: ProcessIdentity(pid: row["pid"], startTime: UInt64(bitPattern: row["start_time"])),
                user: row["user"],
                operation: row["operation"],
                since: Date(milliseconds: row["since"])
            )
        }
    }
}
