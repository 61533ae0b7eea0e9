import SheafModel
import SheafSupervision
import SheafSystem

/// All files of an incarnation, before any of them is written.
struct IncarnationDraft: Sendable {
    struct File: Sendable {
        var path: String
        var bytes: [UInt8]
        var mode: UInt32

        /// Writes the file and makes its folder.
        func write() throws(SystemError) {
            try FileTree.makeFolder(FileTree.parent(of: path), isSynced: true)
            try DurableFile.write(bytes, to: path, mode: mode)
        }
    }

    /// What the incarnation is made from, as `IncarnationKeeper` recognises it later.
    let definition: String
    var plan = LaunchPlan(processes: [])
    var folders: [(path: String, mode: UInt32)] = []
    var files: [File] = []
    /// What must not appear in evidence.
    var secretValues: [[UInt8]] = []

    /// Takes in what one process needs.
    mutating func add(_ process: ProcessDraft) {
        plan.processes.append(process.plan)
        folders += process.folders
        files += process.files
        secretValues += process.secretValues
    }

    /// Writes everything, the launch plan last: an incarnation that has one is complete.
    ///
    /// What an earlier attempt has left is removed before.
    /// - Throws: `ExecutorError` with `file-failure`.
    func write(to incarnation: IncarnationFiles, for resource: ResourceID) throws {
        do throws(SystemError) {
            try FileTree.remove(incarnation.folder)
            // What is in it becomes durable with its last file.
            try FileTree.makeFolder(incarnation.folder, isSynced: true)
            for folder in [incarnation.logs, incarnation.run, incarnation.temp, incarnation.secret] {
                try FileTree.makeFolder(folder)
            }
            for folder in folders { try FileTree.makeFolder(folder.path, mode: folder.mode, isSynced: true) }
            for file in files { try file.write() }
            try DurableFile.write(Redaction(values: secretValues).encoded, to: incarnation.redactions)
            // Makes the names of the folders durable, too.
            try DurableFile.write(Array(definition.utf8), to: incarnation.definition)
            try DurableFile.write(plan.encoded(), to: incarnation.supervision.launch)
        } catch {
            throw ExecutorError(error, of: resource)
        }
    }
}

/// One process of an incarnation with the files that it needs.
struct ProcessDraft: Sendable {
    var plan: ProcessPlan
    var folders: [(path: String, mode: UInt32)] = []
    var files: [IncarnationDraft.File] = []
    var secretValues: [[UInt8]] = []
}
