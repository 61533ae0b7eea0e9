import SheafEngine
import SheafModel
import SheafSupervision

/// Workflows: jobs that run to their end, each after those that it needs.
struct WorkflowController: ResourceController {
    let keeper: IncarnationKeeper

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
        try await keeper.render(after, requests, resources: resources, for: step)
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
        try await keeper.start(after, specs: try startSpecs(of: after))
    }

    func revert(_ step: Step) async throws {
        if let after = step.added { try await keeper.undo(after) }
    }

    func finish(_ step: Step) async throws {
        if let before = step.replaced { try await keeper.remove(before) }
    }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let workflow = try instance.resource.decoded(WorkflowSpec.self)
        let incarnation = keeper.incarnation(of: instance)
        return WorkflowObserver(incarnation: incarnation, isScheduled: workflow.schedule != nil).state
    }

    /// Starts the jobs of a live workflow once more.
    ///
    /// - Throws: `ExecutorError` with `run-goes-on` when the last run has not ended.
    func startRun(of instance: ResourceInstance) async throws {
        let id = instance.resource.id
        guard try await !keeper.isAlive(instance) else {
            throw ExecutorError(
                .runGoesOn,
                "a run of \(id) is going on",
                hint: "wait for its end: sheaf logs \(id) -f"
            )
        }
        try await keeper.start(instance, specs: try startSpecs(of: instance))
    }

    private func startSpecs(of instance: ResourceInstance) throws -> [WorkloadSpec] {
        try keeper.secrets.startSpecs(of: instance) { try $0.decoded(WorkflowSpec.self).dag.map(\.spec) }
    }

    private func hasBegun(_ instance: ResourceInstance) -> Bool {
        guard let status = keeper.home.files(of: instance).status else { return false }
        return status.phase.isFinal || status.processes.contains { $0.attempts > 0 }
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
            restart: try policy(job.retry, of: job.name)
        )
    }

    /// One more attempt where a retry gives no number; no pause where it gives none.
    private func policy(_ retry: WorkflowSpec.Retry?, of job: String) throws -> RestartPolicy {
        guard let retry else { return .never }
        return .onFailure(
            count: max(retry.count ?? 1, 0),
            pause: try milliseconds(retry.duration, of: job) ?? 0,
            maxDuration: try milliseconds(retry.maxDuration, of: job)
        )
    }

    private func milliseconds(_ text: String?, of job: String) throws -> Milliseconds? {
        guard let text else { return nil }
        guard let value = DurationText.milliseconds(text) else {
            throw ExecutorError(
                .invalidValue,
                "cannot run job '\(job)': '\(text)' is no duration",
                hint: "write it as 30s, 10m or 1h30m"
            )
        }
        return value
    }
}
