import SheafModel
import SheafSupervision
import SheafSystem

/// All files of an incarnation, before any of them is written.
struct IncarnationDraft: Sendable {
    struct File: Sendable {
        var path: String
        var bytes: [UInt8]
        var mode: UInt32

        /// Writes the file and makes its folder, none of it durable yet.
        func write(noting changes: inout UnsyncedChanges) throws(SystemError) {
            try FileTree.makeFolder(FileTree.parent(of: path), noting: &changes)
            try DurableFile.write(bytes, to: path, mode: mode, isSynced: false)
            changes.note(file: path)
        }
    }

    /// What the incarnation is made from, as `IncarnationKeeper` recognises it later.
    let definition: String
    var plan = LaunchPlan(processes: [])
    var folders: [(path: String, mode: UInt32)] = []
    var files: [File] = []
    /// What must not appear in evidence.
    var secretValues: [[UInt8]] = []
    /// Which images the processes run.
    var images = ImageRecord()

    /// Takes in what one process needs.
    mutating func add(_ process: ProcessDraft) {
        plan.processes.append(process.plan)
        folders += process.folders
        files += process.files
        secretValues += process.secretValues
        if let (name, image) = process.image { images.add(image, of: process.plan.name, named: name) }
    }

    /// Writes everything, the launch plan last: an incarnation that has one is complete.
    ///
    /// What an earlier attempt has left is removed before.
    /// - Throws: `ExecutorError` with `file-failure`.
    func write(to incarnation: IncarnationFiles, for resource: ResourceID) throws {
        let launch = File(path: incarnation.supervision.launch, bytes: plan.encoded(), mode: 0o600)
        let redactions = Redaction(values: secretValues).encoded
        let written = files + [File(path: incarnation.redactions, bytes: redactions, mode: 0o600)]
        let record = record(of: written + [launch], in: incarnation)
        let own = [
            File(path: incarnation.definition, bytes: Array(definition.utf8), mode: 0o600),
            File(path: incarnation.record, bytes: record.encoded, mode: 0o600),
        ]
        do throws(SystemError) {
            try FileTree.remove(incarnation.folder)
            // Nobody relies on any of it before the launch plan is there, so all becomes durable together just before.
            var changes = UnsyncedChanges()
            for folder in [incarnation.folder, incarnation.logs, incarnation.run, incarnation.temp, incarnation.secret]
            {
                try FileTree.makeFolder(folder, noting: &changes)
            }
            for folder in folders { try FileTree.makeFolder(folder.path, mode: folder.mode, noting: &changes) }
            for file in written + own { try file.write(noting: &changes) }
            try changes.sync()
            try DurableFile.write(launch.bytes, to: launch.path, mode: launch.mode)
        } catch {
            throw ExecutorError(error, of: resource)
        }
    }

    /// What is written once and must stay as it is; the workload may write below `temp` and `run`.
    private func record(of files: [File], in incarnation: IncarnationFiles) -> FileRecord {
        let open = [incarnation.temp, incarnation.run, incarnation.logs].map { "\($0)/" }
        func isFixed(_ path: String) -> Bool {
            path.hasPrefix("\(incarnation.folder)/") && !open.contains(where: path.hasPrefix)
        }
        func relative(_ path: String) -> String { String(path.dropFirst(incarnation.folder.count + 1)) }
        var record = FileRecord()
        // Processes of one incarnation may share a folder, and then its first mode stays.
        var seen: Set<String> = []
        let secret = (path: incarnation.secret, mode: UInt32(0o700))
        record.folders = ([secret] + folders).filter { isFixed($0.path) && seen.insert($0.path).inserted }
            .map { FileRecord.Folder(path: relative($0.path), mode: $0.mode) }
        var last: [String: File] = [:]
        for file in files where isFixed(file.path) { last[file.path] = file }
        record.files = last.values.sorted { $0.path < $1.path }
            .map { FileRecord.File(path: relative($0.path), mode: $0.mode, digest: Digest(of: $0.bytes)) }
        return record
    }
}

/// One process of an incarnation with the files that it needs.
struct ProcessDraft: Sendable {
    var plan: ProcessPlan
    var folders: [(path: String, mode: UInt32)] = []
    var files: [IncarnationDraft.File] = []
    var secretValues: [[UInt8]] = []
    /// What it runs of, and how the manifest calls that; nil for a process of the host.
    var image: (name: String, image: ResolvedImage)?
}
