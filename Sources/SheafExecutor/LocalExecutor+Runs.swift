import SheafEngine
package import SheafModel

extension LocalExecutor {
    private var control: RunControl { RunControl(keeper: keeper) }

    @discardableResult
    package func startRun(of instance: ResourceInstance, because cause: RunCause) async throws -> RunID? {
        do {
            return try await WorkflowController(keeper: keeper).startRun(of: instance, because: cause)
        } catch let error as ExecutorError {
            throw redacted(error, of: instance)
        }
    }

    package func goOnWithRun(of instance: ResourceInstance) async throws -> RunID? {
        do {
            return try await control.goOn(with: instance)
        } catch let error as ExecutorError {
            throw redacted(error, of: instance)
        }
    }

    package func lastRun(of instance: ResourceInstance) async throws -> LastRun? {
        try await WorkflowController(keeper: keeper).lastRun(of: instance)
    }

    package func endRun(of instance: ResourceInstance) async throws -> RunID? { try await control.end(instance.resource.id) }

    /// The runs of a workflow that are known, the newest first: of all its generations that are there, and those that are
    /// kept.
    package func runs(of workflow: ResourceID) -> [WorkflowRun] { control.history(of: workflow).runs }
}
