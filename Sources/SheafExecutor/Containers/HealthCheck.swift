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
    private let silence: EngineSilence
    /// Waits for a time; only tests have another clock.
    var wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Gives nothing for a workload that has no such check, or does not run.
    ///
    /// - Parameters:
    ///   - incarnation: Of a service or a worker.
    ///   - replica: Which of its instances is meant; nil for the only one.
    ///   - host: Where the engine is.
    ///   - silence: Knows when the engine was asked in vain.
    init?(of incarnation: Incarnation, _ replica: Int?, on host: HostEnvironment, _ silence: EngineSilence) {
        let position = replica ?? 0
        guard let plan = incarnation.files.plan?.processes.dropFirst(position).first, plan.hasHealthCheck,
            let name = plan.container, let engine = ContainerEngine(on: host),
            let started = incarnation.files.status?.processes.dropFirst(position).first?.startedAt
        else { return nil }
        self.engine = engine
        self.started = started
        self.silence = silence
        container = name
        path = "\(incarnation.files.run)/health\(replica.map { "-\($0)" } ?? "")"
    }

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

    /// How long one check may take, which runs a program in the container; docker's own default.
    static let checkTime = Duration.seconds(30)

    private enum Outcome: Sendable {
        case answer(EngineCall.Answer?)
        /// The engine does not even say what it knows.
        case silence
    }

    private func ask() async -> String? {
        let answer: EngineCall.Answer
        switch silence.isKnown ? .silence : await outcome() {
        case .silence: return "\(engine.kind.rawValue) does not answer"
        case .answer(nil): return "its health check does not end"
        case .answer(let given?): answer = given
        }
        switch engine.kind {
        case .podman where answer.isSuccess: return nil
        case .docker where answer.output.hasPrefix("healthy"): return nil
        default: break
        }
        let words = (answer.output + answer.problem).split(separator: "\n").last.map { ": \($0)" } ?? ""
        return "its health check says that it is not well\(words)"
    }

    /// Asks for the check, and when that takes long, the engine whether it is there at all.
    private func outcome() async -> Outcome {
        let words =
            engine.kind == .podman
            ? ["healthcheck", "run", container] : ["inspect", "--format", "{{.State.Health.Status}}", container]
        return await withTaskGroup(of: Outcome?.self) { group in
            let call = EngineCall(engine: engine), wait = wait, silence = silence
            // All that is waited for here ends before its time once there is an answer.
            group.addTask { .answer(await call.ask(words) { try? await wait(Self.checkTime) }) }
            group.addTask {
                guard (try? await wait(EngineCall.answerTime)) != nil else { return nil }
                let known = await silence.ask {
                    await call.ask(["ps", "--quiet"]) { try? await wait(EngineCall.answerTime) }
                }
                return known == nil ? .silence : nil
            }
            defer { group.cancelAll() }
            for await case let outcome? in group { return outcome }
            return .answer(nil)
        }
    }
}
