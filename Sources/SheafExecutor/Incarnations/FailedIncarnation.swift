import Glibc
package import SheafModel
import SheafSystem

/// What is kept of an incarnation that failed, for people to look at: its logs, or everything.
///
/// Of each workload only the newest failure is kept. Nothing depends on it: it may be removed at any time.
package struct FailedIncarnation: Sendable {
    package let resource: ResourceID
    /// Where everything is that is kept.
    package let folder: String

    /// All that is kept, in no order.
    static func all(in home: ExecutorHome) -> [FailedIncarnation] {
        (FileTree.names(in: home.failed) ?? []).flatMap { workspace in
            ResourceKind.allCases.filter(\.runsProcesses).flatMap { kind in
                (FileTree.names(in: "\(home.failed)/\(workspace)/\(kind.rawValue)") ?? []).compactMap { name in
                    last(of: ResourceID(kind: kind, workspace: workspace, name: name), in: home)
                }
            }
        }
    }

    private static func last(of id: ResourceID, in home: ExecutorHome) -> FailedIncarnation? {
        let parent = home.failedFolder(of: id)
        // A name that is no number is of one that is being kept at this moment, or was when its process died.
        let newest = (FileTree.names(in: parent) ?? []).compactMap(Int.init).max()
        return newest.map { FailedIncarnation(resource: id, folder: "\(parent)/\($0)") }
    }

    /// The logs by the names of their processes, in the order of the names.
    package var logs: [(process: String, path: String)] {
        let files = IncarnationFiles(folder: folder)
        return (FileTree.names(in: files.logs) ?? []).sorted().compactMap { name in
            name.hasSuffix(".log") ? (String(name.dropLast(4)), "\(files.logs)/\(name)") : nil
        }
    }

    /// How much of the end of a log is kept.
    private static let mostOfLog = 4 << 20

    /// Keeps what there is of an incarnation in place of what an earlier failure left.
    ///
    /// Logs are kept without secrets, for they stay; everything is linked as it is.
    /// - Throws: `ExecutorError` with `file-failure`.
    /// - Returns: nil when there is nothing to keep.
    static func keep(_ instance: ResourceInstance, in home: ExecutorHome, everything: Bool) throws -> FailedIncarnation?
    {
        let files = home.files(of: instance), parent = home.failedFolder(of: instance.resource.id)
        guard FileTree.isFolder(files.logs) else { return nil }
        let kept = FailedIncarnation(resource: instance.resource.id, folder: "\(parent)/\(instance.generation)")
        let draft = "\(parent)/.\(instance.generation)"
        // Undone once more: what the first round has kept is all that there was.
        if !everything, FileTree.isFolder(kept.folder) { return kept }
        do throws(SystemError) {
            // What an undo that was killed has left, or the same failure once more.
            try FileTree.remove(draft)
            try FileTree.makeFolder(draft)
            if everything { try link(files, to: draft) } else { try copyLogs(of: files, to: draft) }
            for name in (FileTree.names(in: parent) ?? []) where "\(parent)/\(name)" != draft {
                try FileTree.remove("\(parent)/\(name)")
            }
            guard rename(draft, kept.folder) == 0 else { throw SystemError("keep \(kept.folder)") }
        } catch {
            throw ExecutorError(error, of: instance.resource.id)
        }
        return kept
    }

    private static func link(_ files: IncarnationFiles, to draft: String) throws(SystemError) {
        // The folder `run` holds the lock of what lives, which is nobody else's; so do the folders of runs beside it.
        for part in FileTree.names(in: files.folder) ?? [] where ![IncarnationFiles.overlapName, "run"].contains(part) {
            let source = part == "log" ? files.logFolder : "\(files.folder)/\(part)"
            try FileTree.link(source, to: "\(draft)/\(part)")
        }
    }

    private static func copyLogs(of files: IncarnationFiles, to draft: String) throws(SystemError) {
        let target = IncarnationFiles(folder: draft).logs
        try FileTree.makeFolder(target)
        // Without the list of secrets nothing of a log may stay, whatever the reason.
        guard let redaction = files.redaction else { return }
        let source = files.logFolder
        for name in FileTree.names(in: source) ?? [] {
            let text = LogTail.text(of: "\(source)/\(name)", atMost: mostOfLog, redaction: redaction)
            guard let text else { continue }
            try DurableFile.write(Array(text.utf8), to: "\(target)/\(name)", isSynced: false)
        }
    }

    /// Removes what failures of a workload have left.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    static func forget(_ id: ResourceID, in home: ExecutorHome) throws {
        let folder = home.failedFolder(of: id)
        do throws(SystemError) {
            try FileTree.remove(folder, below: home.failed)
        } catch {
            throw ExecutorError(error, of: id)
        }
    }
}
