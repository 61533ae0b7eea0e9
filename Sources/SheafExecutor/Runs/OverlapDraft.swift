import CLinux
import Glibc
import SheafModel
import SheafSupervision
import SheafSystem

/// The folder of a run that begins while another one of its incarnation goes on.
///
/// It is the incarnation's folder at another place: the same files, with the paths in them and in the launch plan moved.
/// So the runs share nothing that they write to but volumes, and the run needs nothing but what its incarnation was made
/// with: no image is looked for and no secret is opened.
struct OverlapDraft: Sendable {
    let incarnation: IncarnationFiles
    let run: RunID
    /// The folders that the jobs find empty in the incarnation.
    let scratch: [String]

    private var target: IncarnationFiles { incarnation.overlap(run) }
    private var paths: ContractPaths {
        ContractPaths([RuntimeFolder(source: target.folder, target: incarnation.folder)])
    }

    /// Writes everything, the launch plan last; the run has not begun then, and is not known.
    ///
    /// - Throws: `ExecutorError` with `not-prepared` or `file-failure`; what is written then is removed with the next look
    ///   at the runs of the workflow.
    func write(for resource: ResourceID) throws {
        guard let plan = incarnation.plan else {
            throw ExecutorError(.notPrepared, "cannot start \(resource): \(incarnation.supervision.launch) is missing")
        }
        let paths = paths
        do throws(SystemError) {
            var changes = UnsyncedChanges()
            for folder in [target.folder, target.run, target.temp, target.secret] {
                try FileTree.makeFolder(folder, noting: &changes)
            }
            try copy(incarnation.config, to: target.config, noting: &changes) { paths.replace(in: $0) }
            // What stands in secrets is nobody's to change.
            try copy(incarnation.secret, to: target.secret, noting: &changes) { $0 }
            for folder in Set(scratch).sorted() {
                try FileTree.makeFolder(paths.replace(in: folder), mode: mode(of: folder), noting: &changes)
            }
            try changes.sync()
            let launch = plan.moved(by: paths, for: run).encoded()
            try DurableFile.write(launch, to: target.supervision.launch, mode: 0o600)
        } catch {
            throw ExecutorError(error, of: resource)
        }
    }

    /// Copies a file, or a folder with all that is in it; nothing happens when it is not there.
    private func copy(
        _ path: String,
        to target: String,
        noting changes: inout UnsyncedChanges,
        _ change: ([UInt8]) -> [UInt8]
    ) throws(SystemError) {
        var information = stat()
        guard path != incarnation.supervision.launch, lstat(path, &information) == 0 else { return }
        let mode = information.st_mode & 0o7777
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            try FileTree.makeFolder(target, mode: mode, noting: &changes)
            for name in FileTree.names(in: path) ?? [] {
                try copy("\(path)/\(name)", to: "\(target)/\(name)", noting: &changes, change)
            }
        case S_IFREG:
            guard let bytes = try WholeFile.read(path, limit: .max) else { return }
            try IncarnationDraft.File(path: target, bytes: change(bytes), mode: mode).write(noting: &changes)
        // Sheaf writes nothing else there.
        default: return
        }
    }

    /// The mode of a folder; closed to others where it is gone.
    private func mode(of folder: String) -> UInt32 {
        var information = stat()
        return lstat(folder, &information) == 0 ? information.st_mode & 0o7777 : 0o700
    }
}

extension LaunchPlan {
    /// The plan with other paths, and with containers of its own.
    fileprivate func moved(by paths: ContractPaths, for run: RunID) -> LaunchPlan {
        var plan = self
        for index in plan.processes.indices { plan.processes[index].move(by: paths, for: run) }
        return plan
    }
}

extension ProcessPlan {
    fileprivate mutating func move(by paths: ContractPaths, for run: RunID) {
        if let container {
            // Its name stands before the words of the manifest, and at the end of the cleanup.
            let name = "\(container)-\(run)"
            if let place = arguments.firstIndex(of: container) { arguments[place] = name }
            cleanup[cleanup.count - 1] = name
        }
        arguments = arguments.map { paths.replace(in: $0) }
        environment = environment.mapValues { paths.replace(in: $0) }
        cleanup = cleanup.map { paths.replace(in: $0) }
        workingDirectory = paths.replace(in: workingDirectory)
        logPath = paths.replace(in: logPath)
        // A folder that is veiled is at or above that of the incarnation, and so above both.
        for index in mounts.indices {
            mounts[index].source = paths.replace(in: mounts[index].source)
            mounts[index].target = paths.replace(in: mounts[index].target)
        }
    }
}
