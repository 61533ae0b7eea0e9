import SheafEngine
import SheafModel

/// An executor that does as a fake one does, but for what a test writes itself.
protocol WrappedExecutor: Executor {
    var base: FakeExecutor { get }
}

extension WrappedExecutor {
    func existing(_ resource: ResolvedResource) async throws -> String? { nil }
    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        try await base.prepare(step, resources: resources)
    }
    func perform(_ step: Step) async throws { try await base.perform(step) }
    func revert(_ step: Step) async throws { try await base.revert(step) }
    func finish(_ step: Step) async throws { try await base.finish(step) }
    func setAside(_ step: Step, everything: Bool) async throws -> String? { nil }
    func startRun(of instance: ResourceInstance, because cause: RunCause, overlapping: Bool) async throws -> RunID? {
        try await base.startRun(of: instance, because: cause, overlapping: overlapping)
    }
    func lastRun(of instance: ResourceInstance) async throws -> LastRun? { try await base.lastRun(of: instance) }
    func endRuns(of instance: ResourceInstance, only run: RunID?) async throws -> [RunID] {
        try await base.endRuns(of: instance, only: run)
    }
    func observe(_ instance: ResourceInstance) async throws -> ResourceState { try await base.observe(instance) }
}
