package import SheafModel
import SheafStore

extension Engine {
    /// Starts the jobs of a live workflow once more; returns when the first are started.
    ///
    /// No revision is made: what is live stays the same.
    /// - Returns: The identifier of the run; nil for an executor that gives them none.
    /// - Throws: `StoreError` when another operation holds the bundle's lease, `EngineError` when the workflow is not
    ///   live any more, the executor's error when a run is going on.
    @discardableResult
    package func startRun(
        of workflow: ResourceID,
        in bundle: String,
        because cause: RunCause = .request
    ) async throws -> RunID? {
        try await recoverOrReport(needing: bundle)
        return try await withLease(of: bundle) {
            guard let instance = try store.liveResource(workflow) else {
                throw EngineError(.nothingLive, .refused, "\(workflow) is not live any more")
            }
            return try await executor.startRun(of: instance, because: cause)
        }
    }

    /// Ends the runs of a live workflow that are going on or were interrupted, or one of them; takes no lease, since an
    /// operation that waits for the run holds it.
    ///
    /// - Returns: Their identifiers, in the order in which they began; empty when there is none.
    /// - Throws: The executor's error when one cannot be ended.
    package func endRuns(of instance: ResourceInstance, only run: RunID? = nil) async throws -> [RunID] {
        try await executor.endRuns(of: instance, only: run)
    }

    /// Goes on with the runs of all live workflows that were interrupted.
    ///
    /// Bundles whose lease another operation holds are passed over: it settles them itself, or the next recovery does.
    /// - Returns: By bundle, in dependency order; empty when there was none.
    /// - Throws: The first error of an executor, after all others were tried.
    package func goOnWithRuns() async throws -> [ResumedRun] {
        var resumed: [ResumedRun] = []
        var problem: (any Error)?
        for (bundle, instance) in try store.inventory() where instance.resource.id.kind == .workflow {
            do {
                let runs = try await withLease(of: bundle) { () -> [RunID] in
                    // Read again under the lease: it may have been replaced in between.
                    guard let instance = try store.liveResource(instance.resource.id) else { return [] }
                    return try await executor.goOnWithRuns(of: instance, only: nil)
                }
                resumed += runs.map { ResumedRun(bundle: bundle, workflow: instance.resource.id, run: $0) }
            } catch let error as StoreError where error.kind == .leaseHeld {
                continue
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return resumed
    }
}

/// A run that was interrupted and goes on.
package struct ResumedRun: Hashable, Sendable {
    package var bundle: String
    package var workflow: ResourceID
    package var run: RunID
}
