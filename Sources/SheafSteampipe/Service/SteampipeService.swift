import CLinux
import Glibc
import SheafSystem

/// The service: from the command line to the end of its PostgreSQL.
///
/// One thread, the caller's, starts everything and then waits for signals, changes and the end of the server. Whatever
/// it has started ends with it, however it ends.
package struct SteampipeService {
    /// How long to wait for more changes after the first.
    private static let quietMilliseconds: Int32 = 100
    private static let retryMilliseconds: Int32 = 1000
    /// The variables of PostgreSQL and of commands that programs need to run.
    private static let serverEnvironment = ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C", "LC_ALL=C"]

    private let options: ServiceOptions
    private let environment: [String: String]
    private let configFolder: String
    private let log = ServiceLog(descriptor: STDERR_FILENO)
    private let output = ServiceLog(descriptor: STDOUT_FILENO)

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - arguments: Those behind the program's name.
    ///   - environment: That of the program.
    /// - Returns: The exit code.
    package static func main(arguments: [String], environment: [String: String]) -> Int32 {
        if arguments.contains("--help") || arguments.contains("-h") {
            ServiceLog(descriptor: STDOUT_FILENO).write(ServiceOptions.usage)
            return 0
        }
        do {
            let options = try ServiceOptions(arguments: arguments, environment: environment)
            try SteampipeService(options, environment: environment).run()
            return 0
        } catch let error as SteampipeError {
            ServiceLog().write("Error: \(error)")
            return error.exit.rawValue
        } catch {
            ServiceLog().write("Error: \(error)")
            return SteampipeError.Exit.setup.rawValue
        }
    }

    private init(_ options: ServiceOptions, environment: [String: String]) throws {
        self.options = options
        // Commands and plugins have no business with the password.
        self.environment = environment.filter { $0.key != "STEAMPIPE_DATABASE_PASSWORD" }
        guard let folder = Folder.real(options.configFolder), Folder.kind(of: folder) == .folder else {
            throw SteampipeError(
                "steampipe.no-config",
                "there is no folder \(options.configFolder)",
                hint: "--config-dir names the folder of the .spc files",
                exit: .setup
            )
        }
        configFolder = folder
    }

    // MARK: Start and end

    private func run() throws {
        let signals = sheaf_stop_signals()
        guard signals >= 0 else { throw SystemError("wait for signals") }
        let stop = Descriptor(owning: signals)
        let binaries = try PostgresBinaries.find(environment: environment)
        let user = try PostgresUser.find(environment: Self.serverEnvironment)
        let data = try DataFolder(options.dataFolder)
        try data.prepare(binaries, as: user, environment: Self.serverEnvironment)
        let password = try data.password(options.password)
        try checkPort()
        let sockets = try data.socketFolder(as: user)
        do {
            try serve(
                PostgresServer.Setting(
                    binaries: binaries,
                    user: user,
                    environment: Self.serverEnvironment,
                    database: data.database,
                    socketFolder: sockets,
                    port: options.port,
                    limit: startLimit
                ),
                password: password,
                stop: stop
            )
        } catch {
            try data.removeSocketFolder()
            throw error
        }
        try data.removeSocketFolder()
        output.write("Steampipe service stopped.")
    }

    private var startLimit: Duration {
        .seconds(environment["STEAMPIPE_DATABASE_START_TIMEOUT"].flatMap { Int($0) } ?? 30)
    }

    /// Readiness is "the port accepts", so another's port must not be taken for ours.
    private func checkPort() throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("make a socket") }
        defer { close(number) }
        var yes: Int32 = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(options.port).bigEndian
        address.sin_addr.s_addr = options.listen == .local ? UInt32(0x7f00_0001).bigEndian : 0
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            throw SteampipeError(
                "steampipe.port-busy",
                "cannot listen on port \(options.port): \(SystemError("listen").reason)",
                hint: "stop what uses it, or choose another --port",
                exit: .start
            )
        }
    }

    private func serve(_ setting: PostgresServer.Setting, password: String, stop: Descriptor) throws {
        let hostPath = "\(setting.socketFolder)/.s.PGSQL.\(SchemaSql.hostPort)"
        let host = try PluginHost(path: hostPath, log: log)
        try setting.user.own(hostPath)
        try host.start()
        defer { host.stop() }
        let watcher = try FolderWatcher(log: log)
        let keeper = SchemaKeeper(
            socketPath: "\(setting.socketFolder)/.s.PGSQL.\(options.port)",
            host: host,
            log: log
        )
        try fill(setting, password: password, keeper, watcher)
        let addresses = options.listen == .local ? "127.0.0.1" : "*"
        let server = try PostgresServer(setting, addresses: addresses, log: log)
        defer { server.stop() }
        output.write(readyText)
        try watch(server, keeper, watcher, stop)
    }

    /// Makes the schemas while nobody can connect, so that the port opens on something whole.
    private func fill(
        _ setting: PostgresServer.Setting,
        password: String,
        _ keeper: SchemaKeeper,
        _ watcher: FolderWatcher
    ) throws {
        let server = try PostgresServer(setting, addresses: "", log: log)
        defer { server.stop() }
        try keeper.bootstrap(password: password, socketFolder: setting.socketFolder)
        _ = try refresh(keeper, watcher)
        keeper.disconnect()
    }

    // MARK: The loop

    private func watch(
        _ server: PostgresServer,
        _ keeper: SchemaKeeper,
        _ watcher: FolderWatcher,
        _ stop: Descriptor
    ) throws {
        // Nil while there is nothing to do; otherwise how long to wait for quiet first.
        var pause: Int32?
        while true {
            var entries = [stop.number, server.ended.number, watcher.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let ready = poll(&entries, 3, pause ?? -1)
            if ready < 0, errno == EINTR { continue }
            if entries[0].revents != 0 { return }
            guard entries[1].revents == 0 else {
                throw SteampipeError("steampipe.server-ended", "PostgreSQL has ended by itself", exit: .start)
            }
            if entries[2].revents != 0, watcher.drain() {
                pause = Self.quietMilliseconds
            } else if ready == 0 {
                pause = nil
                do {
                    if try !refresh(keeper, watcher) { pause = Self.retryMilliseconds }
                } catch {
                    // The schemas stay as they were; the next change tries again.
                    log.write("the schemas could not be refreshed: \(error)")
                }
            }
        }
    }

    private func refresh(_ keeper: SchemaKeeper, _ watcher: FolderWatcher) throws -> Bool {
        while true {
            let inventory = InventoryBuilder.inventory(
                of: ConnectionLoader.load(folder: configFolder),
                folder: configFolder,
                environment: environment,
                log: log
            )
            // What happened in a folder before it was watched has to be looked for again.
            if watcher.watch(inventory.folders) { continue }
            return try keeper.apply(inventory)
        }
    }

    private var readyText: String {
        """
        Steampipe service is running:

        Database:

          Host(s):            127.0.0.1
          Port:               \(options.port)
          Database:           steampipe
          User:               steampipe
          Password:           ********* [use --show-password to reveal]
          Connection string:  postgres://steampipe@127.0.0.1:\(options.port)/steampipe

        Hit Ctrl+C to stop the service
        """
    }
}
