package import SheafModel
import SheafStore

extension Engine {
    /// Starts again the services and workers of all bundles that are live and do not run, as after a reboot.
    ///
    /// No revision is made: what is live stays the same. Bundles whose lease another operation holds are passed over: it
    /// finds the difference itself, or the next recovery does.
    /// - Returns: What was started, each after what it depends on; empty when everything ran.
    /// - Throws: The first error of the executor, after all others were tried.
    package func revive() async throws -> [Revival] {
        var revived: [Revival] = []
        var problem: (any Error)?
        for (bundle, instance) in try store.inventory() where [.service, .worker].contains(instance.resource.id.kind) {
            do {
                let isStarted = try await withLease(of: bundle) { () -> Bool in
                    // Read again under the lease: it may have been replaced in between.
                    guard let instance = try store.liveResource(instance.resource.id) else { return false }
                    return try await executor.revive(instance)
                }
                if isStarted { revived.append(Revival(bundle: bundle, resource: instance.resource.id)) }
            } catch let error as StoreError where error.kind == .leaseHeld {
                continue
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return revived
    }
}

/// Something that did not run and was started again as it was.
package struct Revival: Hashable, Sendable {
    package var bundle: String
    package var resource: ResourceID
}
