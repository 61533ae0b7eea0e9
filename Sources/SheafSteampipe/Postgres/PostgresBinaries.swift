import Glibc

/// The programs of an installed PostgreSQL.
package struct PostgresBinaries: Hashable, Sendable {
    /// The folder that holds `initdb` and `postgres`.
    package var folder: String

    package var initdb: String { "\(folder)/initdb" }
    package var postgres: String { "\(folder)/postgres" }

    /// Looks for PostgreSQL: in `SHEAF_POSTGRESQL_BIN`, where Debian and Red Hat put it (the newest), and in PATH.
    ///
    /// - Parameter environment: When it has `SHEAF_POSTGRESQL_BIN`, nothing else is looked at.
    /// - Returns: The first folder that has all programs.
    /// - Throws: `SteampipeError` `steampipe.postgres-missing`.
    package static func find(environment: [String: String]) throws -> PostgresBinaries {
        let folders = environment["SHEAF_POSTGRESQL_BIN"].map { [$0] } ?? installed + inPath(environment)
        let complete = folders.lazy.map(PostgresBinaries.init).first { binaries in
            access(binaries.initdb, X_OK) == 0 && access(binaries.postgres, X_OK) == 0
        }
        guard let complete else {
            throw SteampipeError(
                "steampipe.postgres-missing",
                "PostgreSQL is not installed; run 'apt-get install postgresql'",
                exit: .setup
            )
        }
        return complete
    }

    /// By version, the newest first; older ones than 12 have too old a postgres_fdw.
    private static var installed: [String] {
        let debian = (Folder.names(in: "/usr/lib/postgresql") ?? []).compactMap { name in
            Int(name).map { ($0, "/usr/lib/postgresql/\(name)/bin") }
        }
        let redHat = (Folder.names(in: "/usr") ?? []).compactMap { name in
            name.hasPrefix("pgsql-") ? Int(name.dropFirst(6)).map { ($0, "/usr/\(name)/bin") } : nil
        }
        return (debian + redHat).filter { $0.0 >= 12 }.sorted { $0.0 > $1.0 }.map(\.1)
    }

    private static func inPath(_ environment: [String: String]) -> [String] {
        (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    }
}
