import SheafModel
import SheafSystem

// The runs that were begun while another one of the incarnation went on
extension Incarnation {
    /// The running side of each; of those whose folder is there.
    var overlaps: [Incarnation] { files.overlaps.map(sibling) }

    /// The running side of one of them.
    func overlap(_ run: RunID) -> Incarnation { sibling(files.overlap(run)) }

    /// The running side of the run that was begun last, here or beside it.
    var ofLastRun: Incarnation { sibling(files.ofLastRun) }

    /// Ends everything of the incarnation, and of the runs beside it, and returns when it is gone.
    ///
    /// - Throws: As `stop`, once all of it was tried.
    func stopAll() throws {
        var problem: (any Error)?
        for incarnation in [self] + overlaps + lostOverlaps {
            do {
                try incarnation.stop()
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
    }

    /// Those whose folder was removed by hand while they went on: only the marker of their processes is left.
    private var lostOverlaps: [Incarnation] {
        // Going through all processes takes its time, and an incarnation without these folders has had none.
        guard resource.kind == .workflow, !files.hasPlan || FileTree.exists(files.overlapFolder) else { return [] }
        let prefix = files.overlapMarkerPrefix
        let runs = Set(
            ProcessTable.environmentEntries(beginningWith: prefix).compactMap {
                RunID(String($0.dropFirst(prefix.count)))
            }
        )
        return runs.sorted().map(files.overlap).filter { !FileTree.exists($0.folder) }.map(sibling)
    }

    private func sibling(_ files: IncarnationFiles) -> Incarnation {
        Incarnation(resource: resource, files: files, patience: patience)
    }
}
