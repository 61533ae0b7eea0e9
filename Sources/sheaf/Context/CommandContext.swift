import FoundationEssentials
import Glibc
import SheafArchive
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore
import SheafSystem

/// What a command knows of the world around it: the environment, where the state is, how to reach the layers below.
struct CommandContext {
    static let environment = ProcessInfo.processInfo.environment

    let environment: [String: String]
    /// `$SHEAF_HOME`, absolute.
    let home: String
    let terminal: Terminal
    private let start = ContinuousClock.now

    /// - Throws: `UsageError` when there is no place for the state.
    init(environment: [String: String] = Self.environment) throws {
        self.environment = environment
        // Processes are found by the path of their home, so it must always be spelled the same.
        home = RealPath.of(try Self.home(in: environment))
        terminal = Terminal.current(environment: environment)
        content = ContentDirectory(root: home)
        keys = Self.keys(in: environment, home: home)
        executor = LocalExecutor(
            home: home,
            tools: try .installed(),
            content: content,
            secrets: keys,
            environment: environment,
            gatewayPort: Configuration.gatewayPort(in: home)
        )
    }

    /// The same world with another home.
    ///
    /// - Throws: As `init`.
    static func ofHome(_ path: String, environment: [String: String] = Self.environment) throws -> CommandContext {
        try CommandContext(environment: environment.merging(["SHEAF_HOME": path]) { $1 })
    }

    /// `SHEAF_HOME`, else the XDG state folder, else the one in the home folder.
    private static func home(in environment: [String: String]) throws -> String {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let home = value("SHEAF_HOME") { return absolute(home) }
        if let state = value("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/sheaf" }
        guard let user = value("HOME") else {
            throw UsageError("neither SHEAF_HOME nor HOME is set", hint: "set SHEAF_HOME to a folder of your own")
        }
        return "\(absolute(user))/.local/state/sheaf"
    }

    /// The file that `SHEAF_KEY_FILE` names, else the one in the home.
    private static func keys(in environment: [String: String], home: String) -> StoreKeys {
        guard let file = environment[keyVariable], !file.isEmpty else { return StoreKeys(home: home) }
        return StoreKeys(home: home, file: absolute(file))
    }

    /// Names the file with the keys that seal secrets.
    static let keyVariable = "SHEAF_KEY_FILE"

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    var elapsed: Duration { start.duration(to: .now) }

    /// The user's name as history shows it.
    var user: String { environment["USER"].flatMap { $0.isEmpty ? nil : $0 } ?? "uid \(getuid())" }

    /// Archives, resolved bundles and the files of resources, by digest.
    let content: ContentDirectory

    /// The keys that seal the secrets in what is kept.
    let keys: StoreKeys

    /// What earlier packs made.
    var packCache: PackCache { PackCache(root: home) }

    /// Runs resources on this machine.
    let executor: LocalExecutor

    func store() throws -> Store { try Store.open(home: home) }

    /// The store for a command that only reads; nil when nothing was ever applied.
    func existingStore() throws -> Store? { try Store.openExisting(home: home) }

    /// The engine over the state here.
    ///
    /// - Parameters:
    ///   - operation: What the lease calls it, such as `apply`.
    ///   - store: The state.
    ///   - author: Who does it, for the history; nil is the user.
    ///   - report: Is told what happens.
    /// - Returns: One for this operation.
    func engine(
        _ operation: String,
        store: Store,
        author: String? = nil,
        report: @escaping @Sendable (EngineEvent) -> Void
    ) -> Engine {
        Engine(
            store: store,
            executor: executor,
            content: content,
            owner: .current(user: author ?? user, operation: operation, now: Date.now),
            now: { Date.now },
            report: { event in
                if case .toBeConfirmed(let waiting) = event { ConfirmationWaiter.start(for: waiting, in: self) }
                report(event)
            }
        )
    }

    /// Keeps what a revision resolves to from being taken for garbage.
    ///
    /// - Throws: `ArchiveError` when it is not there any more, `StoreError` when its secrets were sealed anew.
    func hold(_ revision: Revision, in store: Store) throws -> FileLock {
        // Looked at again: the revision may have been forgotten or sealed anew, and what it named removed, since it was
        // read.
        let hold = try content.hold()
        try store.requireCurrent(revision)
        if let resolved = revision.resolved { _ = try content.content(resolved) }
        return hold
    }

    /// Tells of what an operation does: lines for people, JSON for programs.
    func reporter(_ form: EventOptions.Form) -> EventReporter {
        let start = start
        let printer =
            form == .json
            ? EventPrinter.json(to: StandardStreams.output)
            : EventPrinter.lines(to: StandardStreams.error, terminal: terminal) { start.duration(to: .now) }
        return EventReporter(printer: printer)
    }
}

/// A command line that cannot be carried out.
struct UsageError: SheafError {
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    var code: String { "usage" }
    var failureClass: FailureClass { .usage }
}
