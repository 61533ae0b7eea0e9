package import SheafModel
import SheafStore

extension Engine {
    /// Starts the jobs of a live workflow once more; returns when the first are started.
    ///
    /// No revision is made: what is live stays the same.
    /// - Throws: `StoreError` when another operation holds the bundle's lease, `EngineError` when the workflow is not
    ///   live any more, the executor's error when a run is going on.
    package func startRun(of workflow: ResourceID, in bundle: String) async throws {
        try await recoverOrReport(needing: bundle)
        try await withLease(of: bundle) {
            guard let instance = try store.liveResource(workflow) else {
                throw EngineError(.nothingLive, .refused, "\(workflow) is not live any more")
            }
            try await executor.startRun(of: instance)
        }
    }
}
