import SheafModel
import SheafSupervision

// Runs of a workflow that were begun while another one of the same incarnation went on. Each has a folder like that of an
// incarnation, below it: with a launch plan, a lock and a supervisor of its own.
extension IncarnationFiles {
    /// The folder that has the folders of such runs.
    var overlapFolder: String { "\(folder)/\(Self.overlapName)" }

    /// The files of such a run.
    func overlap(_ run: RunID) -> IncarnationFiles { IncarnationFiles(folder: "\(overlapFolder)/\(run)") }

    /// The files of such runs, in the order in which they began; some may never have come to their beginning.
    var overlaps: [IncarnationFiles] {
        (FileTree.names(in: overlapFolder) ?? []).compactMap(RunID.init).sorted().map(overlap)
    }

    /// Wherever a run of the incarnation may be: in its own folder, or beside it.
    var withOverlaps: [IncarnationFiles] { [self] + overlaps }

    /// The files of the run that was begun last; its own where there was none.
    var ofLastRun: IncarnationFiles {
        overlaps.reduce((files: self, id: order?.id ?? "")) { last, files in
            guard let id = files.order?.id, id > last.id else { return last }
            return (files, id)
        }.files
    }

    /// What the markers of such runs begin with.
    var overlapMarkerPrefix: String { "\(supervision.marker)/\(Self.overlapName)/" }

    /// Below the folder of the incarnation.
    static let overlapName = "overlaps"
}
