import SheafModel
import SheafStore

/// Performs the steps of a transaction in dependency order, as many at once as allowed, and waits until all are ready.
///
/// A step begins when the conditions on everything that it depends on have held at some moment: a condition that has
/// become true stays true, so that a short state cannot be missed. What cannot be undone begins last, once all that does
/// not depend on it is ready. Nothing that was live ends before the commit, except where a port is handed over.
struct Scheduler {
    let transaction: OpenTransaction
    /// Every wanted resource, kept ones included, by identity.
    let instances: [ResourceID: ResourceInstance]
    let store: Store
    let executor: any Executor
    let options: OperationOptions
    let report: @Sendable (EngineEvent) -> Void
    /// The workflows of which only the files are made anew.
    private let idle: Set<ResourceID>

    init(
        transaction: OpenTransaction,
        instances: [ResourceID: ResourceInstance],
        store: Store,
        executor: any Executor,
        options: OperationOptions,
        report: @escaping @Sendable (EngineEvent) -> Void
    ) {
        self.transaction = transaction
        self.instances = instances
        self.store = store
        self.executor = executor
        self.options = options
        self.report = report
        idle = Set(transaction.steps.filter { !$0.runsJobs }.map(\.change.resource))
    }

    /// The first pause between two looks at what is not ready yet; later ones grow to the last.
    private static let firstPause = Duration.milliseconds(5)
    private static let lastPause = Duration.milliseconds(100)

    private enum Signal: Sendable {
        case performed(Int)
        case failed(any Error)
        /// A wait is over: the last one, or one that another has taken the place of.
        case timeToLook(Int)
    }

    /// What is known while the steps go on.
    private struct Course {
        var queue: StepQueue
        /// Not begun yet, or going on.
        var open: Set<ResourceID>
        var waiting: Set<Int>
        var running: Set<Int> = []
        /// Performed, and not yet ready.
        var settling: Set<Int> = []
        /// Performed since the last record in the journal.
        var unrecorded: [Int] = []
        /// When each step has begun that is not ready yet.
        var begun: [Int: ContinuousClock.Instant] = [:]
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
        let inbox = Inbox<Signal>()
        try await withThrowingDiscardingTaskGroup { group in
            // A pause that nobody waits for any more must not be waited for.
            defer { group.cancelAll() }
            var course = begin()
            let deadline = ContinuousClock.now + options.timeout
            var pause = Self.firstPause
            var wait = 0
            var isWaiting = false
            try await look(&course)
            while true {
                try Task.checkCancellation()
                try launch(&course, in: &group, reportingTo: inbox)
                if course.isComplete { return }
                if !isWaiting {
                    (wait, isWaiting) = (wait + 1, true)
                    let executor = executor, subjects = watched(course), number = wait, limit = pause
                    group.addTask {
                        // Cancelled once everything is done: then nobody reads the message.
                        try? await executor.awaitChange(of: subjects, atMost: limit)
                        inbox.put(.timeToLook(number))
                    }
                }
                for signal in try await inbox.takeAll() {
                    switch signal {
                    case .performed(let position):
                        note(position, in: &course)
                        // What has just begun is not among what is being watched.
                        (pause, isWaiting) = (Self.firstPause, false)
                    case .failed(let error): throw error
                    case .timeToLook(let number) where number == wait:
                        isWaiting = false
                        pause = min(pause * 2, Self.lastPause)
                    case .timeToLook: break
                    }
                }
                // Otherwise only a wait is over that another has taken the place of.
                if isWaiting { continue }
                try await look(&course)
                if !course.isComplete { try checkDeadlines(course, total: deadline) }
            }
        }
    }

    private func begin() -> Course {
        Course(
            queue: StepQueue(transaction.steps, known: Set(instances.keys)),
            open: Set(transaction.steps.map(\.change.resource)),
            waiting: Set(transaction.steps.indices)
        )
    }

    /// Starts what may begin, after it is recorded that it begins.
    private func launch(
        _ course: inout Course,
        in group: inout ThrowingDiscardingTaskGroup<any Error>,
        reportingTo inbox: Inbox<Signal>
    ) throws {
        var batch: [Int] = []
        while course.running.count + batch.count < options.parallelism, let position = course.queue.next() {
            batch.append(position)
        }
        if !batch.isEmpty || (!course.unrecorded.isEmpty && !course.settling.isEmpty) {
            try store.recordProgress(begun: batch, done: course.unrecorded, in: transaction)
            course.unrecorded = []
        }
        for position in batch {
            course.waiting.remove(position)
            course.running.insert(position)
            course.begun[position] = .now
            let step = transaction.steps[position]
            if step.after != nil || step.change.handsOver {
                report(.performing(step.change.resource, step.change.action))
            }
            let executor = executor, retry = TransientRetry(resource: step.change.resource, report: report)
            group.addTask {
                do {
                    try await retry.run { try await executor.perform(step) }
                    inbox.put(.performed(position))
                } catch {
                    inbox.put(.failed(StepFailure(resource: step.change.resource, cause: error)))
                }
            }
        }
    }

    private func note(_ position: Int, in course: inout Course) {
        let step = transaction.steps[position]
        course.running.remove(position)
        course.open.remove(step.change.resource)
        course.unrecorded.append(position)
        course.queue.noteDone(position)
        // An incarnation that stays is not waited for: nothing was done to it.
        if step.added != nil { course.settling.insert(position) } else { settle(position, in: &course) }
    }

    private func settle(_ position: Int, in course: inout Course) {
        course.settling.remove(position)
        course.begun[position] = nil
        course.queue.noteSettled(position)
    }

    // MARK: Looking

    /// What the next look is about.
    private func watched(_ course: Course) -> [ResourceInstance] {
        let settling = course.settling.compactMap { transaction.steps[$0].after }
        let passed = course.open.union(settling.map(\.resource.id))
        let others = course.queue.openConditions.keys.filter { !passed.contains($0) }.compactMap { instances[$0] }
        return settling + others
    }

    /// Observes what is settling and what others wait for, and notes what holds now.
    private func look(_ course: inout Course) async throws {
        course.seen = [:]
        for position in course.settling.sorted() {
            guard let after = transaction.steps[position].after else { continue }
            let state = try await observe(after, &course)
            switch state.progress {
            // What is not run has the outcome of its last run, whatever that was.
            case _ where after.resource.id.kind == .workflow && idle.contains(after.resource.id):
                settle(position, in: &course)
                report(.ready(after.resource.id, state))
            case .pending where options.waitsUntilReady: break
            case .failed:
                let evidence = state.evidence ?? "it is \(state.status) \(state.runtime)"
                throw StepFailure(
                    resource: after.resource.id,
                    cause: EngineError(.notReady, .restored, evidence)
                )
            case .pending, .ready:
                settle(position, in: &course)
                report(.ready(after.resource.id, state))
            }
        }
        for (resource, conditions) in course.queue.openConditions where !course.open.contains(resource) {
            guard let instance = instances[resource] else { continue }
            let state = try await observe(instance, &course)
            let met = conditions.filter { isMet($0, by: state) }
            for condition in met { course.queue.note(condition) }
            // The run of a workflow that is kept has ended as it has ended: waiting would change nothing.
            guard met.count < conditions.count, resource.kind == .workflow, state.progress == .failed else { continue }
            let evidence = state.evidence ?? "it is \(state.status) \(state.runtime)"
            throw StepFailure(
                resource: resource,
                cause: EngineError(.notReady, .restored, evidence, hint: "run it again with 'sheaf run \(resource)'")
            )
        }
    }

    private func isMet(_ dependency: Dependency, by state: ResourceState) -> Bool {
        // Jobs that are not run cannot be waited for: what they had done is taken as still there.
        let runsJobs = options.runsJobs && !idle.contains(dependency.resource)
        if dependency.resource.kind == .workflow, !runsJobs || wasNotRun(dependency.resource, state) { return true }
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

    private func checkDeadlines(_ course: Course, total deadline: ContinuousClock.Instant) throws {
        let now = ContinuousClock.now
        if now > deadline {
            let late = course.settling.union(course.running).sorted().map { lateText($0, course) }
            let blocked = course.waiting.sorted().compactMap { waitingText($0, course) }
            let first = (course.settling.union(course.running).sorted() + course.waiting.sorted()).first
            throw timeout(of: first, after: options.timeout, late + blocked, option: "--timeout")
        }
        guard let limit = options.resourceTimeout else { return }
        let late = course.begun.filter { $0.value + limit < now }.keys.sorted()
        guard !late.isEmpty else { return }
        throw timeout(of: late.first, after: limit, late.map { lateText($0, course) }, option: "--resource-timeout")
    }

    private func timeout(of position: Int?, after limit: Duration, _ parts: [String], option: String) -> StepFailure {
        StepFailure(
            resource: position.map { transaction.steps[$0].change.resource },
            cause: EngineError(
                .timeout,
                .restored,
                "after \(limit.formatted()) " + parts.joined(separator: "; "),
                hint: "give it more time with \(option)"
            )
        )
    }

    private func lateText(_ position: Int, _ course: Course) -> String {
        let id = transaction.steps[position].change.resource
        guard !course.running.contains(position) else { return "\(id) is still being started" }
        return "\(id) is not ready: \(course.states[id]?.evidence ?? course.states[id]?.status ?? "")"
    }

    /// Which dependencies a step still waits for, and how they are; nil for one that waits for none.
    private func waitingText(_ position: Int, _ course: Course) -> String? {
        let parts = course.queue.openConditions(of: position).map { dependency in
            let state = course.states[dependency.resource]
            let now = state.map { "\($0.status) \($0.runtime)" } ?? "not begun"
            return "\(dependency), which is \(now)"
        }
        if parts.isEmpty, course.queue.isHeldBack(position) {
            return "\(transaction.steps[position].change.resource) cannot be undone, so it waits for all that can"
        }
        guard !parts.isEmpty else { return nil }
        return "\(transaction.steps[position].change.resource) still waits for \(parts.joined(separator: ", and for "))"
    }
}

extension Duration {
    /// Such as `10m0s`; whole seconds, or milliseconds where it is less than one.
    func formatted() -> String {
        let seconds = components.seconds
        guard seconds > 0 else { return "\(components.attoseconds / 1_000_000_000_000_000)ms" }
        return seconds >= 60 ? "\(seconds / 60)m\(seconds % 60)s" : "\(seconds)s"
    }
}
