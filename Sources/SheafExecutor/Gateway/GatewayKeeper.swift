import SheafModel
import SheafSupervision
import SheafSystem

/// Brings routes into effect: writes their files, and starts and ends the home's gateway with the first and the last.
///
/// The files are what is durable. Each is replaced as a whole, and any may be written again, so whoever comes after a
/// crash writes what should be and has it. All calls block; run them through `BlockingCalls`.
struct GatewayKeeper: Sendable {
    let home: ExecutorHome
    let tools: ToolPaths
    let patience: Patience
    /// Of the ingress, where the user says so.
    let port: Int?
    /// Keeps the port of the ingress from other homes until the gateway listens there.
    let pool: PortPool

    private var paths: GatewayPaths { home.gateway }

    /// The gateway as an incarnation: a folder with a launch plan, and a supervisor that holds its lock.
    var incarnation: Incarnation {
        let id = ResourceID(kind: .service, workspace: nil, name: "gateway")
        return Incarnation(resource: id, files: IncarnationFiles(folder: paths.folder), patience: patience)
    }

    /// The route that is written of a service; nil when there is none.
    func route(_ id: String) -> GatewayRoute? {
        // One that cannot be read is as good as none: it is written anew.
        TextFile.read("\(paths.routes)/\(id)").flatMap { try? GatewayRoute(decoding: $0, id: id) }
    }

    /// All routes that are written, in the order of their ids.
    var routes: [GatewayRoute] {
        (FileTree.names(in: paths.routes) ?? []).filter { !$0.hasSuffix(".tmp") }.sorted().compactMap(route)
    }

    /// Brings a service's route into effect, and returns when it is.
    ///
    /// - Parameters:
    ///   - route: What shall be; nil for no route.
    ///   - id: The name of its file.
    ///   - resource: Whose route it is.
    /// - Throws: `ExecutorError` with `port-taken` when the gateway cannot listen, or when it does not come up.
    func publish(_ route: GatewayRoute?, as id: String, for resource: ResourceID) throws {
        guard route != nil || FileTree.exists(paths.folder) else { return }
        try locked(for: resource) {
            try write(route, as: id, for: resource)
            try setRunning(for: resource)
        }
        try awaitEffect(of: route, as: id, for: resource)
    }

    /// Starts the gateway where there are routes, ends it where there are none; nothing happens where all is as it should.
    ///
    /// - Throws: `ExecutorError` when it cannot be started or ended.
    func bringUp() throws {
        guard FileTree.exists(paths.folder) else { return }
        let id = incarnation.resource
        try locked(for: id) { try setRunning(for: id) }
    }

    /// Waits until no connection is left to instances that no route names any more, at most for a time.
    ///
    /// - Parameter ports: Of the instances.
    func drain(_ ports: Set<Int>) {
        guard !ports.isEmpty else { return }
        let deadline = ContinuousClock.now + patience.drain
        // Where nothing can be watched, nothing is waited for: the old instances get their time to end all the same.
        guard let watch = try? FolderWatch(paths.runFolder) else { return }
        // A gateway that is gone has no connections.
        while ContinuousClock.now < deadline, let state, !ports.isDisjoint(with: state.draining.keys) {
            watch.wait(atMost: .milliseconds(200))
        }
    }

    // MARK: Files

    private func write(_ route: GatewayRoute?, as id: String, for resource: ResourceID) throws {
        let file = "\(paths.routes)/\(id)"
        do throws(SystemError) {
            guard let route else { return try withdraw(file) }
            if route.ingress != nil { try choosePort() }
            if self.route(id) != route { try DurableFile.write(route.encoded(), to: file) }
        } catch {
            throw ExecutorError(error, of: resource)
        }
    }

    private func withdraw(_ file: String) throws(SystemError) {
        guard FileTree.exists(file) else { return }
        try FileTree.remove(file)
        try DurableFile.syncFolder(of: file)
    }

    /// Runs a body while nobody else writes routes of this home, or starts or ends its gateway.
    private func locked(for resource: ResourceID, _ body: () throws -> Void) throws {
        let lock: FileLock
        do throws(SystemError) {
            for folder in [paths.folder, paths.routes, paths.runFolder] {
                try FileTree.makeFolder(folder, isSynced: true)
            }
            lock = try FileLock.wait(for: paths.lock, isShared: false)
        } catch {
            throw ExecutorError(error, of: resource)
        }
        try body()
        lock.release()
    }

    // MARK: The port of the ingress

    /// Where it is unless the user says otherwise or somebody else has it.
    static let usualPort = 8710

    /// The port of the ingress; nil as long as none was chosen.
    var ingressPort: Int? {
        TextFile.read(paths.ingressPort)?.split(separator: "\n").first.flatMap { Int($0) }
    }

    /// Once chosen it stays, so that the URLs of services do.
    private func choosePort() throws(SystemError) {
        guard let chosen = port ?? (ingressPort == nil ? freePort : nil), chosen != ingressPort else { return }
        try DurableFile.write(Array("\(chosen)\n".utf8), to: paths.ingressPort)
    }

    /// Kept from others as long as this process lives; by then the gateway has it.
    var freePort: Int {
        if pool.take(Self.usualPort) { return Self.usualPort }
        return pool.take(1, besides: home.instancePorts)?.first ?? Self.usualPort
    }

    // MARK: Running

    /// Whether the gateway runs.
    var isRunning: Bool { incarnation.supervisor != nil }

    /// What the gateway has in effect; nil when none runs.
    var state: GatewayState? {
        // A file of another version of Sheaf, or of a gateway that is gone, says nothing.
        guard let text = TextFile.read(paths.state), let state = try? GatewayState(decoding: text),
            ProcessIdentity(pid: state.pid, startTime: state.startTime).isAlive
        else { return nil }
        return state
    }

    private func setRunning(for resource: ResourceID) throws {
        let isWanted = (FileTree.names(in: paths.routes) ?? []).contains { !$0.hasSuffix(".tmp") }
        guard isWanted else { return try incarnation.stop() }
        guard !isRunning else { return }
        guard FileTree.isExecutable(tools.gateway) else {
            throw ExecutorError(
                .missingEngine,
                "cannot reach \(resource): \(tools.gateway) is missing",
                hint: "reinstall Sheaf: its programs belong into one folder"
            )
        }
        do throws(SystemError) {
            try writePlan()
        } catch {
            throw ExecutorError(error, of: resource)
        }
        try incarnation.start(tools.supervisor)
    }

    private func writePlan() throws(SystemError) {
        let files = incarnation.files
        for folder in [files.secret, files.logs] { try FileTree.makeFolder(folder) }
        let plan = LaunchPlan(processes: [
            ProcessPlan(
                name: IncarnationFiles.mainProcess,
                arguments: [tools.gateway, paths.folder],
                environment: ["LANG": "C.UTF-8"],
                workingDirectory: paths.folder,
                logPath: files.log(of: IncarnationFiles.mainProcess),
                restart: .always
            )
        ])
        guard files.plan != plan else { return }
        try DurableFile.write(plan.encoded(), to: files.supervision.launch)
    }

    // MARK: Effect

    /// How long a port may be somebody else's who is about to leave it.
    private static let handoverTime = Duration.seconds(3)

    private func awaitEffect(of route: GatewayRoute?, as id: String, for resource: ResourceID) throws {
        let start = ContinuousClock.now
        let watch: FolderWatch
        do throws(SystemError) {
            watch = try FolderWatch(paths.runFolder)
        } catch {
            throw ExecutorError(error, of: resource)
        }
        while true {
            let waited = ContinuousClock.now - start
            switch effect(of: route, as: id) {
            case .there: return
            case .refused(let problem) where waited >= Self.handoverTime:
                throw ExecutorError(
                    .portTaken,
                    "cannot reach \(resource): the gateway \(problem)",
                    hint: "end what has the port; for the one of the ingress, set gatewayPort in config.yaml"
                )
            case .outstanding where waited >= patience.gateway:
                throw ExecutorError(
                    .startFailed,
                    "cannot reach \(resource): the gateway has not taken its route within \(patience.gateway)",
                    hint: "see \(incarnation.files.log(of: IncarnationFiles.mainProcess))"
                )
            case .refused, .outstanding: watch.wait(atMost: .milliseconds(100))
            }
        }
    }

    private enum Effect {
        case there
        case outstanding
        /// The gateway knows the route, and cannot listen as it says.
        case refused(String)
    }

    private func effect(of route: GatewayRoute?, as id: String) -> Effect {
        // Without a gateway nothing is in effect.
        guard let state else { return route == nil ? .there : .outstanding }
        guard state.versions[id] == route?.version else { return .outstanding }
        guard let route else { return .there }
        let problem = state.problems[id] ?? (route.ingress == nil ? nil : state.problems[GatewayState.ingress])
        return problem.map(Effect.refused) ?? .there
    }
}
