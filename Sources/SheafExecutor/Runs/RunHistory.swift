import Glibc
import SheafModel
import SheafSupervision
import SheafSystem

/// The runs of one workflow: the last one of each of its incarnations, those beside it, and those that are kept.
///
/// Whoever changes something holds the lease of the bundle, or the lock of the incarnation that the run belongs to.
struct RunHistory: Sendable {
    let home: ExecutorHome
    let workflow: ResourceID

    /// How many runs are kept, beside the current ones of each incarnation.
    static let keptRuns = 10

    private var root: String { home.runsFolder(of: workflow) }

    func folder(of id: String) -> RunFolder { RunFolder(path: "\(root)/\(id)") }

    // MARK: Reading

    /// All runs, the newest first.
    var runs: [WorkflowRun] {
        let current = currentRuns
        let known = Set(current.map(\.id))
        let kept = ids.filter { !known.contains($0) }.compactMap(keptRun)
        return (current + kept).sorted { $0.id > $1.id }
    }

    /// One of them, without a look at the others; nil when it is not known.
    func run(_ id: RunID) -> WorkflowRun? {
        let name = id.description
        // In this order, as it may be kept between the two looks.
        return currentFiles.first { $0.order?.id == name }.flatMap(currentRun) ?? keptRun(id)
    }

    /// The identifiers that have a folder.
    private var ids: [RunID] { (FileTree.names(in: root) ?? []).compactMap(RunID.init) }

    /// The last runs of incarnations and those beside them, unless they are kept already.
    private var currentRuns: [WorkflowRun] { currentFiles.compactMap(currentRun) }

    /// Wherever a run may be that is not only kept.
    private var currentFiles: [IncarnationFiles] {
        home.generations(of: workflow).flatMap { home.files(of: workflow, generation: $0).withOverlaps }
    }

    /// The newest run of which there is a trace, whether it has come to its beginning or not.
    var newest: RunID? { (ids + currentFiles.compactMap { $0.order.flatMap { RunID($0.id) } }).max() }

    /// The last run of an incarnation, or the one beside it that the files are of; nil where there was none, or it is kept
    /// already.
    func currentRun(in files: IncarnationFiles) -> WorkflowRun? {
        guard let order = files.order, let id = RunID(order.id), !folder(of: order.id).isKept else { return nil }
        let status = files.lastStatus.map { told($0, of: files) }
        return WorkflowRun(
            workflow: workflow,
            id: id,
            order: order,
            status: status,
            isSupervised: isSupervised(files, status),
            evidence: evidence(files, status)
        )
    }

    private func keptRun(_ id: RunID) -> WorkflowRun? {
        let folder = folder(of: id.description)
        guard let order = folder.order, let status = folder.status else { return nil }
        return WorkflowRun(
            workflow: workflow,
            id: id,
            order: order,
            status: status,
            isSupervised: false,
            evidence: folder.evidence
        )
    }

    private func isSupervised(_ files: IncarnationFiles, _ status: SupervisorStatus?) -> Bool {
        if let status, Incarnation.supervisor(of: status) != nil { return true }
        // Whoever is about to start it holds the lock.
        return FileLock.isHeld(files.supervision.lock)
    }

    private func evidence(_ files: IncarnationFiles, _ status: SupervisorStatus?) -> String? {
        status.flatMap { WorkflowObserver.failure(in: $0, files: files) }
    }

    /// The status without secrets: why something could not be started may quote its command.
    private func told(_ status: SupervisorStatus, of files: IncarnationFiles) -> SupervisorStatus {
        var status = status
        for index in status.processes.indices {
            guard case .notStarted(let reason) = status.processes[index].exit else { continue }
            status.processes[index].exit = .notStarted(files.redaction?.redact(reason) ?? "it could not be started")
        }
        return status
    }

    // MARK: Changing

    /// Keeps the run that the files are of, so that something else can take its place; may be repeated.
    func keepRun(of files: IncarnationFiles) throws(SystemError) {
        guard let order = files.order, let status = files.lastStatus else { return }
        let folder = folder(of: order.id)
        guard !folder.isKept else { return }
        try folder.keep(order, told(status, of: files), evidence: evidence(files, status))
    }

    /// Makes an incarnation ready for another run; what the last one has left there is kept first.
    func begin(_ order: RunOrder, in files: IncarnationFiles) throws(SystemError) {
        let paths = files.supervision
        try keepRun(of: files)
        // The outcome of one run must not be taken for that of the next.
        try FileTree.remove(paths.status)
        try FileTree.remove(paths.changes)
        try FileTree.remove(paths.earlierStatus)
        try FileTree.makeFolder(order.logFolder)
        try DurableFile.write(order.encoded(), to: paths.order)
        try forgetOld()
    }

    /// Forgets all but the newest of the runs that are kept, and what is left of runs that never began.
    func forgetOld() throws(SystemError) {
        let forgettable = Set(forgettable(keeping: Self.keptRuns))
        for id in others where forgettable.contains(id) || !folder(of: id.description).isKept {
            try forget(id)
        }
    }

    /// The runs that are kept, without the newest of them.
    func forgettable(keeping count: Int) -> [RunID] {
        Array(others.filter { folder(of: $0.description).isKept }.dropFirst(count))
    }

    /// All but the current runs of incarnations, the newest first; some of them may never have begun.
    private var others: [RunID] {
        let current = Set(currentFiles.compactMap { $0.order?.id })
        return ids.sorted(by: >).filter { !current.contains($0.description) }
    }

    /// Forgets a run that is kept; nothing happens when it is gone.
    func forget(_ id: RunID) throws(SystemError) {
        try FileTree.remove(folder(of: id.description).path, below: home.runs)
    }

    /// Forgets the runs of one generation, whose incarnation still is there.
    func forget(generation: Int) throws(SystemError) {
        let current = Set(home.files(of: workflow, generation: generation).withOverlaps.compactMap { $0.order?.id })
        for id in ids {
            let folder = folder(of: id.description)
            guard current.contains(id.description) || folder.order?.generation == generation else { continue }
            try FileTree.remove(folder.path, below: home.runs)
        }
    }

    /// Forgets all runs.
    func forgetAll() throws(SystemError) {
        guard FileTree.exists(root) else { return }
        try FileTree.remove(root, below: home.runs)
    }
}
