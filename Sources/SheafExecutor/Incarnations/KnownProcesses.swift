import SheafSupervision
import SheafSystem
import Synchronization

/// The incarnations of which processes ran when this executor first looked, or that it has started since.
///
/// Going through all processes of the machine for each new incarnation would take longer than making it. For one that
/// has no folder yet one look is enough: who holds the bundle's lease alone gives its number to anything.
final class KnownProcesses: Sendable {
    private let markers = Mutex<Set<String>?>(nil)

    /// Whether processes may carry an incarnation's marker.
    func include(_ marker: String) -> Bool { known { $0.contains(marker) } }

    /// Notes that processes are about to carry a marker.
    func note(_ marker: String) { known { _ = $0.insert(marker) } }

    private func known<Result>(_ body: (inout Set<String>) -> Result) -> Result {
        markers.withLock { markers in
            var known = markers ?? Set(ProcessTable.environmentEntries(beginningWith: IncarnationPaths.markerPrefix))
            defer { markers = known }
            return body(&known)
        }
    }
}
