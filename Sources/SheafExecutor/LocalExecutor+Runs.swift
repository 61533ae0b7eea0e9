import SheafEngine
package import SheafModel
import SheafSupervision
import SheafSystem

extension LocalExecutor {
    private var control: RunControl { RunControl(keeper: keeper) }

    @discardableResult
    package func startRun(
        of instance: ResourceInstance,
        because cause: RunCause,
        overlapping: Bool
    ) async throws -> RunID? {
        do {
            return try await WorkflowController(keeper: keeper)
                .startRun(of: instance, because: cause, overlapping: overlapping)
        } catch let error as ExecutorError {
            throw redacted(error, of: instance)
        }
    }

    package func goOnWithRuns(of instance: ResourceInstance, only identity: String?) async throws -> [RunID] {
        do {
            return try await control.goOn(with: instance, only: identity)
        } catch let error as ExecutorError {
            throw redacted(error, of: instance)
        }
    }

    package func lastRun(of instance: ResourceInstance) async throws -> LastRun? {
        try await WorkflowController(keeper: keeper).lastRun(of: instance)
    }

    @discardableResult
    package func endRuns(of instance: ResourceInstance, only run: RunID?) async throws -> [RunID] {
        try await control.end(instance.resource.id, only: run)
    }

    /// The runs of a workflow that are kept beyond the newest ones, with what they take on the disk in bytes.
    ///
    /// - Throws: `ExecutorError` when one of them cannot be looked at.
    package func forgettableRuns(of workflow: ResourceID, keeping count: Int) throws -> [(
        id: RunID, folder: String, size: Int64
    )] {
        let history = control.history(of: workflow)
        return try history.forgettable(keeping: count).map { id in
            let folder = history.folder(of: id.description).path
            do throws(SystemError) {
                return (id, folder, try TreeSize.measure(OpenFolder(folder)))
            } catch {
                throw ExecutorError(error, of: workflow)
            }
        }
    }

    /// Removes a run that is kept; nothing happens when it is gone.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    package func forgetRun(_ id: RunID, of workflow: ResourceID) throws {
        do throws(SystemError) {
            try control.history(of: workflow).forget(id)
        } catch {
            throw ExecutorError(error, of: workflow)
        }
    }

    /// One run of a workflow; nil when it is not known any more.
    package func run(_ id: RunID, of workflow: ResourceID) -> WorkflowRun? { control.history(of: workflow).run(id) }

    /// Waits until a run may have ended, at most for a time.
    ///
    /// - Throws: `CancellationError`.
    package func awaitEnd(of run: WorkflowRun, atMost limit: Duration) async throws {
        let name = run.id.description, own = home.files(of: run.workflow, generation: run.generation)
        let files = own.withOverlaps.first { $0.order?.id == name } ?? own
        let incarnation = Incarnation(resource: run.workflow, files: files, patience: keeper.patience)
        try await Incarnation.awaitEnd(of: [incarnation], atMost: limit)
    }

    /// The runs of a workflow that are known, the newest first: of all its generations that are there, and those that are
    /// kept.
    package func runs(of workflow: ResourceID) -> [WorkflowRun] { control.history(of: workflow).runs }
}
