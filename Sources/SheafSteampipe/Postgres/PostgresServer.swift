import Glibc
package import SheafSystem

/// A running PostgreSQL, child of this process.
package final class PostgresServer: Sendable {
    /// How a server is started.
    package struct Setting: Sendable {
        package var binaries: PostgresBinaries
        package var user: PostgresUser
        package var environment: [String]
        package var database: String
        package var socketFolder: String
        package var port: Int
        /// How long a start may take.
        package var limit: Duration
    }

    private let process: ChildProcess

    /// Becomes readable when the server ends.
    package var ended: Descriptor { process.ended }

    /// Starts a server and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - setting: How.
    ///   - addresses: Where it listens besides the unix socket; empty for nowhere.
    ///   - log: For what the server says.
    /// - Throws: `SteampipeError` when it ends or takes too long.
    package init(_ setting: Setting, addresses: String, log: ServiceLog) throws {
        let output = try Descriptor.pipe()
        process = try ChildProcess(
            setting.user.prefix + Self.arguments(setting, addresses: addresses),
            environment: setting.environment,
            folder: "/",
            output: output.write,
            errors: output.write,
            deathSignal: SIGQUIT
        )
        let read = output.read
        do {
            try Self.waitUntilReady(read, process, limit: setting.limit)
        } catch {
            process.signal(SIGKILL)
            _ = process.wait()
            throw error
        }
        try BlockingThread.start {
            // An unreadable pipe ends the relay; the server is watched by its process.
            var lines = OutputLines()
            while let bytes = try? read.read(), !bytes.isEmpty {
                for line in lines.add(bytes) { log.write("postgres: \(line)") }
            }
        }.detach()
    }

    private static func arguments(_ setting: Setting, addresses: String) -> [String] {
        let settings = [
            "listen_addresses=\(addresses)", "unix_socket_directories=\(setting.socketFolder)",
            "unix_socket_permissions=0700", "logging_collector=off", "log_destination=stderr", "log_min_messages=log",
            "log_min_error_statement=panic", "lc_messages=C", "password_encryption=scram-sha-256",
            // Nothing in the database is worth a sync: all of it is made again from the configuration.
            "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=64MB", "autovacuum=off",
            "shared_buffers=32MB", "max_connections=100", "TimeZone=UTC", "log_timezone=UTC", "jit=off",
        ]
        return [setting.binaries.postgres, "-D", setting.database, "-p", String(setting.port)]
            + settings.flatMap { ["-c", $0] }
    }

    private static func waitUntilReady(_ read: Descriptor, _ process: ChildProcess, limit: Duration) throws {
        let deadline = ContinuousClock.now + limit
        var lines = OutputLines()
        var said: [String] = []
        while true {
            let left = max(.zero, deadline - .now).components
            var entries = [read.number, process.ended.number].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = poll(
                &entries,
                2,
                Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000)
            )
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                throw SteampipeError("steampipe.start-timeout", "PostgreSQL took too long to start", exit: .start)
            }
            let new = entries[0].revents == 0 ? [] : lines.add(try read.read())
            said += new
            if new.contains(where: { $0.contains("ready to accept connections") }) { return }
            if entries[1].revents != 0, entries[0].revents == 0 || new.isEmpty {
                let reasons = said.filter { $0.contains("FATAL") || $0.contains("ERROR") || $0.contains("LOG") }
                throw SteampipeError(
                    "steampipe.start",
                    "PostgreSQL did not start: \(reasons.suffix(3).joined(separator: " "))",
                    exit: .start
                )
            }
        }
    }

    /// Ends the server: sessions are cut, changes are kept.
    package func stop() {
        for (signal, seconds) in [(SIGINT, 10), (SIGQUIT, 6), (SIGKILL, 6)] {
            process.signal(signal)
            var entry = pollfd(fd: process.ended.number, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, Int32(seconds * 1000)) == 1 { break }
        }
        _ = process.wait()
    }
}

/// Splits output into lines.
struct OutputLines {
    private var rest: [UInt8] = []

    /// The lines that are whole with these bytes.
    mutating func add(_ bytes: [UInt8]) -> [String] {
        rest += bytes
        guard let end = rest.lastIndex(of: 10) else { return [] }
        defer { rest.removeSubrange(...end) }
        return rest[..<end].split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    }
}
