import SheafSupervision
import SheafSystem

/// What the health check that an image brings says of the container.
///
/// podman leaves its schedule to timers of systemd, which are not everywhere; so whoever looks at the workload asks, as
/// often as is due. docker has a schedule of its own, and only has to say what it knows.
struct HealthCheck {
    private let engine: ContainerEngine
    private let container: String
    private let started: Milliseconds
    private let path: String

    /// Gives nothing for a workload that has no such check, or does not run.
    ///
    /// - Parameters:
    ///   - incarnation: Of a service or a worker.
    ///   - replica: Which of its instances is meant; nil for the only one.
    ///   - host: Where the engine is.
    init?(of incarnation: Incarnation, _ replica: Int?, on host: HostEnvironment) {
        let position = replica ?? 0
        guard let plan = incarnation.files.plan?.processes.dropFirst(position).first, plan.hasHealthCheck,
            let name = plan.container, let engine = ContainerEngine(on: host),
            let started = incarnation.files.status?.processes.dropFirst(position).first?.startedAt
        else { return nil }
        self.engine = engine
        self.started = started
        container = name
        path = "\(incarnation.files.run)/health\(replica.map { "-\($0)" } ?? "")"
    }

    /// How long one check may take; docker's own default.
    private static let limit = Duration.seconds(30)

    /// Why the container is not well; nil when it is.
    var shortfall: String? {
        get async {
            if let known = TextFile.read(path).flatMap(HealthRecord.init), known.started == started,
                known.isFresh(at: WallClock.now)
            {
                return known.shortfall
            }
            let record = HealthRecord(started: started, asked: WallClock.now, shortfall: await ask())
            // Without it the next one who looks asks again, and that is all.
            try? DurableFile.write(record.encoded, to: path, isSynced: false)
            return record.shortfall
        }
    }

    private func ask() async -> String? {
        let answer = await withTaskGroup(of: EngineCall.Answer?.self) { group in
            group.addTask { [engine, container] in await Self.ask(engine, container) }
            group.addTask {
                // Ended before its time when the other one is done.
                try? await Task.sleep(for: Self.limit)
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? nil
        }
        guard let answer else { return "its health check does not end" }
        switch engine.kind {
        case .podman where answer.isSuccess: return nil
        case .docker where answer.output.hasPrefix("healthy"): return nil
        default: break
        }
        let words = (answer.output + answer.problem).split(separator: "\n").last.map { ": \($0)" } ?? ""
        return "its health check says that it is not well\(words)"
    }

    private static func ask(_ engine: ContainerEngine, _ container: String) async -> EngineCall.Answer? {
        let words =
            engine.kind == .podman
            ? ["healthcheck", "run", container] : ["inspect", "--format", "{{.State.Health.Status}}", container]
        // An engine that cannot be called has said nothing in time.
        return try? await EngineCall(engine: engine).run(words)
    }
}
