import FoundationEssentials
import Glibc
import SheafEngine
import SheafModel
import SheafSupervision

/// Workflows: jobs that run to their end, each after those that it needs.
struct WorkflowController: ResourceController {
    let keeper: IncarnationKeeper

    private var runs: RunControl { RunControl(keeper: keeper) }

    /// How many jobs of a run go at once where the manifest does not say: most of them wait for something else than a
    /// processor.
    private static var standardParallelism: Int { max(8, 4 * sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        guard let after = step.added else { return step.facts }
        if try keeper.isMade(from: after), try await keeper.isAlive(after) || hasBegun(after) {
            return step.facts
        }
        try await keeper.clear(after)
        let opened = try keeper.secrets.opened(after)
        let workflow = try opened.resource.decoded(WorkflowSpec.self)
        guard !workflow.dag.isEmpty else {
            throw ExecutorError(.invalidManifest, "cannot run \(after.resource.id): it has no jobs")
        }
        let requests = try workflow.dag.map { try request(for: $0, of: opened) }
        let groups = try (workflow.groups ?? []).map { group in
            let rule = RetryRule(retry: group.retry, owner: "'\(group.name)' of \(after.resource.id)")
            return GroupPlan(name: group.name, parent: group.parent, restart: try rule.policy())
        }
        let parallelism = WorkflowProperties(workflow.properties).parallelism ?? Self.standardParallelism
        try await keeper.render(
            after,
            requests,
            groups: groups,
            parallelism: parallelism,
            resources: resources,
            for: step
        )
        return step.facts
    }

    func perform(_ step: Step) async throws {
        try keeper.accept(step)
        guard let after = step.added else { return }
        guard step.runsJobs, after.resource.runsWhenApplied else {
            if let before = step.replaced { try keeper.passOnOutcome(from: before, to: after) }
            return try keeper.markNotRun(after)
        }
        // A run that has begun is never begun again: its jobs may have done what must not be done twice.
        guard !hasBegun(after) else { return }
        try await runs.begin(after, because: .apply)
    }

    func revert(_ step: Step) async throws {
        guard let after = step.added else { return }
        try await runs.discard(after)
        try keeper.images.remove(after)
    }

    func finish(_ step: Step) async throws {
        guard let before = step.replaced else { return }
        let id = before.resource.id
        if let after = step.after {
            try await runs.collect(id, below: after.generation, replaced: before.generation)
        } else {
            let isKnown = keeper.home.files(of: before).hasPlan
            try await runs.removeAll(id, replaced: before.generation)
            // A plan names its containers; without one only their labels tell.
            if !isKnown { await keeper.sweepContainers(of: before) }
        }
        // As long as a run goes on with it, it needs its images.
        if !FileTree.exists(keeper.home.files(of: before).folder) { await keeper.releaseImages(of: before) }
    }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let schedule = instance.resource.schedule
        let incarnation = keeper.incarnation(of: instance)
        let last = incarnation.files.hasPlan ? incarnation.ofLastRun : incarnation
        let run = WorkflowObserver(incarnation: last, isScheduled: schedule != nil).state
        let state = schedule.map { run.scheduled(by: $0, at: Date.now) } ?? run
        return state.with(earlierRuns: runs.earlierRuns(of: incarnation, than: last))
    }

    /// The run that was begun last; nil when there was none.
    func lastRun(of instance: ResourceInstance) async throws -> LastRun? {
        // Whoever is just starting one says so soon.
        _ = try await keeper.isAlive(instance)
        let known = runs.history(of: instance.resource.id).runs
        return known.first.map { run in
            LastRun(identity: run.id.description, isGoingOn: known.contains { !$0.outcome.isFinal })
        }
    }

    /// Starts the jobs of a live workflow once more.
    ///
    /// - Throws: `ExecutorError` with `run-goes-on` when another run has not ended and this one may not overlap,
    ///   `dry-run` when it is not to be run.
    func startRun(of instance: ResourceInstance, because cause: RunCause, overlapping: Bool) async throws -> RunID? {
        let id = instance.resource.id
        guard !instance.resource.isTrial else {
            throw ExecutorError(
                .dryRun,
                "\(id) is only deployed: a job of it has 'dryRun: true'",
                hint: "take that out and apply its bundle once more"
            )
        }
        let isAlive = try await keeper.isAlive(instance)
        guard overlapping || (!isAlive && !runs.isRunning(id)) else {
            throw ExecutorError(
                .runGoesOn,
                "a run of \(id) is going on",
                hint: "wait for its end: sheaf logs \(id) -f; or end it: sheaf run \(id) --cancel"
            )
        }
        try await runs.collect(id, below: instance.generation)
        if isAlive { return try await runs.beginBeside(instance, because: cause) }
        return try await runs.begin(instance, because: cause)
    }

    private func hasBegun(_ instance: ResourceInstance) -> Bool {
        guard let status = keeper.home.files(of: instance).lastStatus else { return false }
        return status.phase != .starting || status.processes.contains { $0.attempts > 0 }
    }

    private func request(for job: WorkflowSpec.Job, of instance: ResourceInstance) throws -> WorkloadRequest {
        guard FileTree.isSafeRelative(job.name), !job.name.utf8.contains(UInt8(ascii: "/")) else {
            throw ExecutorError(.unsafePath, "'\(job.name)' in \(instance.resource.id) is no name for a job")
        }
        return WorkloadRequest(
            instance: instance,
            spec: job.spec,
            job: job.name,
            dependencies: job.dependencies ?? [],
            group: job.group,
            restart: try RetryRule(retry: job.retry, owner: "job '\(job.name)'").policy()
        )
    }
}
