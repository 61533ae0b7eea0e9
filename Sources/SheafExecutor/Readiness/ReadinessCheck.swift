import SheafModel
import SheafSupervision
import SheafSystem

/// Whether a workload that runs and serves also answers as its bundle wants it to.
struct ReadinessCheck: Sendable {
    private let rule: ReadinessRule
    private let request: WorkloadRequest
    private let incarnation: Incarnation
    private let keeper: IncarnationKeeper
    private let period: Duration
    private let timeout: Duration

    private static let defaultPeriod: Milliseconds = 500
    private static let defaultTimeout: Milliseconds = 1000
    /// However long a probe may take: an apply must not hang on one.
    private static let longestTimeout: Milliseconds = 60_000

    /// - Throws: `ExecutorError` with `invalid-value` for what is no duration.
    init(_ rule: ReadinessRule, of request: WorkloadRequest, incarnation: Incarnation, keeper: IncarnationKeeper) throws
    {
        self.rule = rule
        self.request = request
        self.incarnation = incarnation
        self.keeper = keeper
        period = .milliseconds(try Self.milliseconds(rule.period, Self.defaultPeriod, of: request))
        let timeout = try Self.milliseconds(rule.timeout, Self.defaultTimeout, of: request)
        self.timeout = .milliseconds(min(max(timeout, 1), Self.longestTimeout))
    }

    private static func milliseconds(
        _ text: String?,
        _ usual: Milliseconds,
        of request: WorkloadRequest
    ) throws -> Milliseconds {
        guard let text else { return usual }
        if let value = DurationText.milliseconds(text) { return value }
        throw ExecutorError(
            .invalidValue,
            "cannot probe \(request.title): '\(text)' is no duration",
            hint: "write it as 500ms, 30s or 10m"
        )
    }

    /// What keeps it from being ready, in words; nil when nothing does.
    ///
    /// Takes as long as one probe at most; within the period after a probe its outcome stands.
    var shortfall: String? {
        get async {
            guard let process = incarnation.files.status?.processes.dropFirst(position).first, let pid = process.pid
            else {
                return "it has ended"
            }
            let attempt = ProbeRecords.Attempt(
                folder: incarnation.files.folder,
                process: ProcessIdentity(pid: pid, startTime: process.startTime ?? 0)
            )
            let needed = hasBeenReady(attempt) ? 1 : max(rule.threshold ?? 1, 1)
            if let last = keeper.probes.last(of: attempt), last.at + period > .now { return last.shortfall(needed) }
            let record = keeper.probes.note(await probe(), of: attempt)
            let shortfall = record.shortfall(needed)
            if shortfall == nil, needed > 1 { noteReady(attempt) }
            return shortfall
        }
    }

    private var position: Int { request.replica ?? 0 }

    // MARK: Probing

    /// What went wrong, in words; nil for a success.
    private func probe() async -> String? {
        do {
            let run = try self.run()
            return try await BlockingCalls.run { run() }
        } catch {
            return (error as? any SheafError)?.message ?? "\(error)"
        }
    }

    private func run() throws -> @Sendable () -> String? {
        if let path = rule.http {
            guard let port = try request.listeningPort() else { return { "it has no port that could answer" } }
            let probe = HTTPProbe(port: port, path: path, timeout: timeout)
            return { probe.failure }
        }
        guard let plan = incarnation.files.plan?.processes.dropFirst(position).first else {
            return { "it is not prepared" }
        }
        let words = try command(in: plan)
        let probe = CommandProbe(
            shown: rule.command?.first ?? "",
            words: words,
            plan: plan,
            marker: incarnation.paths.marker,
            timeout: timeout,
            redaction: incarnation.files.redaction
        )
        return { probe.failure }
    }

    /// The command as it is run from here: through the engine for a container, with real paths for a process.
    private func command(in plan: ProcessPlan) throws -> [String] {
        let command = rule.command ?? []
        if plan.engine != nil, let name = plan.cleanup.last {
            // The engine's own flags stand before its command.
            return plan.arguments.prefix { $0 != "run" } + ["exec", name] + command
        }
        let folders = try RuntimeFolders(
            of: request.spec,
            job: nil,
            resource: request.resource,
            files: incarnation.files,
            home: keeper.home
        )
        let words = command.map(ContractPaths(folders.all).replace(in:))
        guard let name = words.first, let program = keeper.host.program(name, path: plan.environment["PATH"]) else {
            throw ExecutorError(.commandNotFound, "there is no program '\(command.first ?? "")' to probe it with")
        }
        return [program] + words.dropFirst()
    }

    // MARK: What is remembered

    /// The process that had passed all probes once; whoever looks later asks for one success only.
    private var readyFile: String { "\(incarnation.files.run)/ready\(request.replica.map { "-\($0)" } ?? "")" }

    private func hasBeenReady(_ attempt: ProbeRecords.Attempt) -> Bool {
        TextFile.read(readyFile) == attempt.text
    }

    private func noteReady(_ attempt: ProbeRecords.Attempt) {
        // Without it the next look asks for all successes again.
        try? DurableFile.write(Array(attempt.text.utf8), to: readyFile, isSynced: false)
    }
}
