import Glibc
import SheafPostgres
import SheafSystem

/// The folder that an instance keeps between its runs.
///
/// ```
/// lock       held as long as the instance runs
/// password   0600, when none is given
/// boot       the boot of the machine in which `postgres` was made
/// sockets    the folder of the sockets, when it is not `run`
/// run/       sockets
/// postgres/  the database; holds nothing that cannot be made again
/// ```
package struct DataFolder: ~Copyable {
    package let path: String
    private let lock: FileLock

    package var database: String { "\(path)/postgres" }
    private var unfinished: String { "\(path)/postgres.new" }

    /// Opens a folder, making it where it is missing.
    ///
    /// - Throws: `SteampipeError` `steampipe.already-running` when another instance uses it.
    package init(_ path: String) throws {
        try Folder.make(path)
        let real = Folder.real(path) ?? path
        guard let lock = try FileLock.take("\(path)/lock") else {
            throw SteampipeError(
                "steampipe.already-running",
                "another instance runs in \(path)",
                hint: "stop it, or choose another --data-dir",
                exit: .start
            )
        }
        self.path = real
        self.lock = lock
    }

    /// Makes the database ready to start, whatever the instance before this one left behind.
    package func prepare(_ binaries: PostgresBinaries, as user: PostgresUser, environment: [String]) throws {
        try user.own(path)
        try endOrphans()
        try Folder.remove(unfinished)
        // Nothing is synced, so after a crash of the machine the files may be torn: then they are made again.
        let boot = ProcessIdentity.bootID
        if TextFile.read("\(path)/boot") != boot { try Folder.remove(database) }
        if Folder.kind(of: "\(database)/PG_VERSION") == nil {
            try create(binaries, as: user, environment: environment)
            try DurableFile.write(Array(boot.utf8), to: "\(path)/boot")
        }
        // The process that wrote it is dead, and its number may be another's by now.
        unlink("\(database)/postmaster.pid")
        let access = "local all root trust\nlocal all all scram-sha-256\nhost all steampipe all scram-sha-256\n"
        try DurableFile.write(Array(access.utf8), to: "\(database)/pg_hba.conf", isSynced: false)
        try user.own("\(database)/pg_hba.conf")
    }

    /// Runs initdb under a temporary name: a folder with the right name is always whole.
    private func create(_ binaries: PostgresBinaries, as user: PostgresUser, environment: [String]) throws {
        try Folder.remove(database)
        try Folder.make(unfinished)
        try user.own(unfinished)
        var command = user.prefix + [binaries.initdb, "-D", unfinished, "-U", "root"]
        command += ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--no-sync", "--no-instructions"]
        let (code, output) = try ChildProcess.run(command, environment: environment, folder: "/")
        guard code == 0 else {
            let end = output.split(separator: "\n").suffix(3).joined(separator: " ")
            throw SteampipeError("steampipe.initdb", "the database cannot be made: \(end)", exit: .setup)
        }
        guard rename(unfinished, database) == 0 else { throw SystemError("rename \(unfinished)") }
    }

    /// Ends processes of PostgreSQL that outlived their parent: they all have the database as working directory.
    private func endOrphans() throws {
        guard let target = Folder.real(database) else { return }
        for name in Folder.names(in: "/proc") ?? [] {
            guard let pid = Int32(name), let process = ProcessIdentity(of: pid),
                Self.link("/proc/\(pid)/cwd") == target,
                TextFile.read("/proc/\(pid)/comm")?.hasPrefix("postgres") == true
            else { continue }
            process.signal(SIGQUIT)
            if !process.waitForEnd(atMost: .seconds(5)) {
                process.signal(SIGKILL)
                guard process.waitForEnd(atMost: .seconds(5)) else {
                    throw SteampipeError(
                        "steampipe.orphan",
                        "the process \(pid) of an earlier run does not end",
                        exit: .start
                    )
                }
            }
        }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The password of the user steampipe: the given one, or one that is made once and kept.
    package func password(_ given: String?) throws -> String {
        if let given, !given.isEmpty { return given }
        if let kept = TextFile.read("\(path)/password"), !kept.isEmpty { return kept }
        // As Steampipe writes them, such as f9fe_442f_90fb.
        let groups = (0..<3).map { _ in
            (0..<4).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        }
        let made = groups.joined(separator: "_")
        try DurableFile.write(Array(made.utf8), to: "\(path)/password")
        return made
    }

    /// The folder for the sockets, empty and mode 0700.
    ///
    /// Paths of sockets are limited to 107 bytes, so below a long path the folder is a new one in `/tmp`.
    package func socketFolder(as user: PostgresUser) throws -> String {
        try removeSocketFolder()
        var folder = "\(path)/run"
        if folder.utf8.count + "/.s.PGSQL.65535.lock".utf8.count > UnixAddress.longestPath {
            var template = Array("/tmp/sheaf-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw SystemError("make a folder in /tmp") }
            folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // Should the process die before this line, an empty folder stays in /tmp: nothing else can know of it.
            try DurableFile.write(Array(folder.utf8), to: "\(path)/sockets", isSynced: false)
        } else {
            try Folder.make(folder)
        }
        try user.own(folder)
        return folder
    }

    /// Deletes the folder of the sockets, of this run or of one that was killed.
    package func removeSocketFolder() throws {
        try Folder.remove("\(path)/run")
        if let kept = TextFile.read("\(path)/sockets"), kept.hasPrefix("/tmp/sheaf-"), !kept.contains("..") {
            try Folder.remove(kept)
        }
        unlink("\(path)/sockets")
    }
}
