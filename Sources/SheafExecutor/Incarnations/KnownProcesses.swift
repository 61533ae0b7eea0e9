import SheafSupervision
import SheafSystem
import Synchronization

/// The incarnations of which processes ran when this executor first looked, or that it has started since.
///
/// Going through all processes of the machine for each new incarnation would take longer than making it. For one that
/// has no folder yet one look is enough: who holds the bundle's lease alone gives its number to anything.
final class KnownProcesses: Sendable {
    private let markers = Mutex<Set<String>?>(nil)

    /// Whether processes may carry the marker of an incarnation, or of a run beside it.
    func include(_ files: IncarnationFiles) -> Bool {
        let (marker, prefix) = (files.supervision.marker, files.overlapMarkerPrefix)
        return known { $0.contains(marker) || $0.contains { $0.hasPrefix(prefix) } }
    }

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
