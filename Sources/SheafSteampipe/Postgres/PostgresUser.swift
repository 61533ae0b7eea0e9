import Glibc
import SheafSystem

/// As whom PostgreSQL runs, which refuses to be root.
package enum PostgresUser: Hashable, Sendable {
    /// As whoever runs this program.
    case current
    /// As the user `postgres` in a user namespace of its own; outside, the files stay root's.
    case namespace
    /// As another user, who then owns the files.
    case other(uid: UInt32, gid: UInt32)

    /// Finds what works here.
    ///
    /// - Throws: `SteampipeError` when this is root and there is no user `postgres`.
    package static func find(environment: [String]) throws -> PostgresUser {
        guard geteuid() == 0 else { return .current }
        guard let entry = getpwnam("postgres") else {
            throw SteampipeError(
                "steampipe.no-postgres-user",
                "PostgreSQL does not run as root, and there is no user 'postgres'",
                hint: "run this as an ordinary user, or add the user with 'useradd --system postgres'",
                exit: .setup
            )
        }
        let other = PostgresUser.other(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
        do {
            let trial = try ChildProcess.run(namespaceCommand + ["true"], environment: environment)
            return trial.code == 0 ? .namespace : other
        } catch is SystemError {
            // There is no unshare here.
            return other
        }
    }

    private static let namespaceCommand = ["unshare", "--user", "--map-user=postgres", "--map-group=postgres"]

    /// What to put before a command.
    package var prefix: [String] {
        switch self {
        case .current: []
        case .namespace: Self.namespaceCommand
        case .other(let uid, let gid):
            // Changing the user clears the death signal, so a second setpriv sets it again.
            [
                "setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--init-groups", "--inh-caps=-all", "setpriv",
                "--pdeathsig", "QUIT",
            ]
        }
    }

    /// Gives a file or a folder to the user.
    package func own(_ path: String) throws {
        guard case .other(let uid, let gid) = self else { return }
        guard chown(path, uid, gid) == 0 else { throw SystemError("give \(path) to the user postgres") }
    }
}
