import SheafModel
import SheafStore

/// Performs the steps of a transaction in dependency order, as many at once as allowed, and waits until all are ready.
///
/// A step begins when the conditions on everything that it depends on have held at some moment: a condition that has
/// become true stays true, so that a short state cannot be missed.
struct Scheduler {
    let transaction: OpenTransaction
    /// Every wanted resource, kept ones included, by identity.
    let instances: [ResourceID: ResourceInstance]
    let store: Store
    let executor: any Executor
    let options: OperationOptions
    let report: @Sendable (EngineEvent) -> Void

    /// The first pause between two looks at what is not ready yet; later ones grow to the last.
    private static let firstPause = Duration.milliseconds(5)
    private static let lastPause = Duration.milliseconds(100)

    private enum Signal: Sendable {
        case performed(Int)
        case timeToLook
    }

    /// What is known while the steps go on.
    private struct Course {
        var waiting: Set<Int>
        var running: Set<Int> = []
        /// Performed, and not yet ready.
        var settling: Set<Int> = []
        /// Performed since the last record in the journal.
        var unrecorded: [Int] = []
        var done: Set<Int> = []
        /// Conditions that have held.
        var latched: Set<Dependency> = []
        /// The last state that was seen of each resource.
        var states: [ResourceID: ResourceState] = [:]
        /// The states that the present look has seen.
        var seen: [ResourceID: ResourceState] = [:]

        var isComplete: Bool { waiting.isEmpty && running.isEmpty && settling.isEmpty }
    }

    /// Runs to the end.
    ///
    /// - Throws: The first failure, `EngineError` for a deadline, `CancellationError`; steps that have begun are then
    ///   finished or given up, none is still running.
    func run() async throws {
        try await withThrowingTaskGroup(of: Signal.self) { group in
            var course = Course(waiting: Set(transaction.steps.indices))
            let deadline = ContinuousClock.now + options.timeout
            var pause = Self.firstPause
            var isLookDue = false
            try await look(&course)
            while true {
                try Task.checkCancellation()
                let batch = launchable(course)
                if !batch.isEmpty || (!course.unrecorded.isEmpty && !course.settling.isEmpty) {
                    try store.recordProgress(begun: batch, done: course.unrecorded, in: transaction)
                    course.unrecorded = []
                }
                for position in batch { start(position, in: &group, course: &course) }
                if course.isComplete { return }
                if !isLookDue {
                    isLookDue = true
                    let current = pause
                    group.addTask {
                        try await Task.sleep(for: current)
                        return .timeToLook
                    }
                }
                guard let signal = try await group.next() else { return }
                switch signal {
                case .performed(let position):
                    course.running.remove(position)
                    course.done.insert(position)
                    course.unrecorded.append(position)
                    if transaction.steps[position].after != nil { course.settling.insert(position) }
                    pause = Self.firstPause
                case .timeToLook:
                    isLookDue = false
                    pause = min(pause * 2, Self.lastPause)
                }
                try await look(&course)
                if !course.isComplete, ContinuousClock.now > deadline { throw timeoutError(course) }
                if course.isComplete { group.cancelAll() }
            }
        }
    }

    private func start(
        _ position: Int,
        in group: inout ThrowingTaskGroup<Signal, any Error>,
        course: inout Course
    ) {
        course.waiting.remove(position)
        course.running.insert(position)
        let step = transaction.steps[position]
        if step.after != nil || step.change.handsOver { report(.performing(step.change.resource, step.change.action)) }
        let executor = executor
        group.addTask {
            do {
                try await executor.perform(step)
            } catch {
                throw StepFailure(resource: step.change.resource, cause: error)
            }
            return .performed(position)
        }
    }

    // MARK: What may begin

    private func launchable(_ course: Course) -> [Int] {
        let free = options.parallelism - course.running.count
        guard free > 0 else { return [] }
        let ready = transaction.steps.indices.lazy.filter { course.waiting.contains($0) && mayBegin($0, course) }
        return Array(ready.prefix(free))
    }

    private func mayBegin(_ position: Int, _ course: Course) -> Bool {
        let step = transaction.steps[position]
        guard let after = step.after else { return true }
        return after.resource.dependencies.allSatisfy { holds($0, course) }
            && portGivers(to: position).allSatisfy(course.done.contains)
    }

    private func holds(_ dependency: Dependency, _ course: Course) -> Bool {
        course.latched.contains(dependency) || instances[dependency.resource] == nil
    }

    /// The steps that end another resource whose port this one takes over.
    private func portGivers(to position: Int) -> [Int] {
        let step = transaction.steps[position]
        guard step.change.handsOver, let port = step.after?.resource.hostPort else { return [] }
        return transaction.steps.indices.filter { other in
            other != position && transaction.steps[other].before?.resource.hostPort == port
        }
    }

    // MARK: Looking

    /// Observes what is settling and what others wait for, and notes what holds now.
    private func look(_ course: inout Course) async throws {
        course.seen = [:]
        for position in course.settling.sorted() {
            guard let after = transaction.steps[position].after else { continue }
            let state = try await observe(after, &course)
            switch state.progress {
            case .pending where options.waitsUntilReady: break
            case .failed:
                let evidence = state.evidence ?? "it is \(state.status) \(state.runtime)"
                throw StepFailure(
                    resource: after.resource.id,
                    cause: EngineError(.notReady, .restored, evidence)
                )
            case .pending, .ready:
                course.settling.remove(position)
                report(.ready(after.resource.id, state))
            }
        }
        try await latch(&course)
    }

    private func latch(_ course: inout Course) async throws {
        let unbegun = Set(course.waiting.union(course.running).map { transaction.steps[$0].change.resource })
        for position in course.waiting {
            for dependency in transaction.steps[position].after?.resource.dependencies ?? [] {
                guard !holds(dependency, course), !unbegun.contains(dependency.resource),
                    let instance = instances[dependency.resource]
                else { continue }
                let state = try await observe(instance, &course)
                if isMet(dependency, by: state) { course.latched.insert(dependency) }
            }
        }
    }

    private func isMet(_ dependency: Dependency, by state: ResourceState) -> Bool {
        // Jobs that are not run cannot be waited for: what they had done is taken as still there.
        if dependency.resource.kind == .workflow, !options.runsJobs || wasNotRun(dependency.resource, state) {
            return true
        }
        return dependency.isSatisfied(status: state.status, runtime: state.runtime)
    }

    /// Whether an earlier operation has put a workflow back without running it, as a rollback does.
    private func wasNotRun(_ workflow: ResourceID, _ state: ResourceState) -> Bool {
        state.progress == .ready && state.runtime.isEmpty && instances[workflow]?.resource.section["schedule"] == nil
    }

    private func observe(_ instance: ResourceInstance, _ course: inout Course) async throws -> ResourceState {
        let id = instance.resource.id
        if let seen = course.seen[id] { return seen }
        let state = try await executor.observe(instance)
        course.seen[id] = state
        if course.states[id] != state { report(.observed(id, state)) }
        course.states[id] = state
        return state
    }

    // MARK: Failing

    /// Which dependencies a step still waits for, and how they are.
    private func waitingText(_ position: Int, _ course: Course) -> String {
        let resource = transaction.steps[position].change.resource
        let unmet = (transaction.steps[position].after?.resource.dependencies ?? []).filter { !holds($0, course) }
        let parts = unmet.map { dependency in
            let state = course.states[dependency.resource]
            let now = state.map { "\($0.status) \($0.runtime)" } ?? "not begun"
            return "\(dependency), which is \(now)"
        }
        return "\(resource) still waits for \(parts.joined(separator: ", and for "))"
    }

    private func timeoutError(_ course: Course) -> StepFailure {
        let late = course.settling.sorted().map { transaction.steps[$0].change.resource }
        let blocked = course.waiting.sorted().map { transaction.steps[$0].change.resource }
        let parts =
            late.map { id in "\(id) is not ready: \(course.states[id]?.evidence ?? course.states[id]?.status ?? "")" }
            + course.waiting.sorted().map { waitingText($0, course) }
        return StepFailure(
            resource: late.first ?? blocked.first,
            cause: EngineError(
                .timeout,
                .restored,
                "after \(options.timeout.formatted()) " + parts.joined(separator: "; "),
                hint: "give it more time with --timeout"
            )
        )
    }
}

extension Duration {
    /// Such as `10m0s`; whole seconds.
    func formatted() -> String {
        let seconds = components.seconds
        return seconds >= 60 ? "\(seconds / 60)m\(seconds % 60)s" : "\(seconds)s"
    }
}
