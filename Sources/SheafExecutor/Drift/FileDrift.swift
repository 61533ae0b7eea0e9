import CLinux
import Glibc
import SheafModel
import SheafSystem

/// Finds what somebody has done to the files that Sheaf wrote for an incarnation.
struct FileDrift {
    let resource: ResourceID
    let files: IncarnationFiles
    /// Whether the folder says that it was made from what is live.
    let isMade: Bool

    private static let permissions: mode_t = 0o7777

    /// What is missing, was changed or has another mode; nothing of it shows what is in a file.
    var findings: [Drift] {
        guard FileTree.isFolder(files.folder) else {
            return [Drift(.folderMissing, of: resource, "its folder is gone", evidence: files.folder)]
        }
        guard let text = TextFile.read(files.record) else {
            // Without a launch plan it is not complete, whoever made it.
            return files.plan == nil ? [missing("launch")] : []
        }
        do {
            let record = try FileRecord(decoding: text)
            return record.folders.compactMap(finding) + record.files.compactMap(finding) + definition
        } catch {
            return [changed("files")]
        }
    }

    /// What it was made from is held against what is live, since Sheaf itself adds lines to that file.
    private var definition: [Drift] {
        guard FileTree.exists(files.definition) else { return [missing("definition")] }
        return isMade ? [] : [changed("definition")]
    }

    private func finding(_ folder: FileRecord.Folder) -> Drift? {
        var information = stat()
        guard lstat(path(folder.path), &information) == 0 else { return missing(folder.path) }
        guard information.st_mode & S_IFMT == S_IFDIR else { return changed(folder.path) }
        return mode(of: folder.path, information, folder.mode)
    }

    private func finding(_ file: FileRecord.File) -> Drift? {
        var information = stat()
        guard lstat(path(file.path), &information) == 0 else { return missing(file.path) }
        guard information.st_mode & S_IFMT == S_IFREG else { return changed(file.path) }
        do throws(SystemError) {
            let bytes = try WholeFile.read(path(file.path), limit: Int.max)
            guard bytes.map({ SheafModel.Digest(of: $0) }) == file.digest else { return changed(file.path) }
        } catch {
            // It has another owner or mode than it was given, or its disk fails; either way it is not what it was.
            return Drift(.fileChanged, of: resource, "\(file.path) cannot be read", evidence: error.reason)
        }
        return mode(of: file.path, information, file.mode)
    }

    private func mode(of path: String, _ information: stat, _ wanted: UInt32) -> Drift? {
        let found = information.st_mode & Self.permissions
        guard found != wanted else { return nil }
        return Drift(.modeChanged, of: resource, "the mode of \(path) is \(text(found)) instead of \(text(wanted))")
    }

    private func missing(_ path: String) -> Drift { Drift(.fileMissing, of: resource, "\(path) is missing") }

    private func changed(_ path: String) -> Drift {
        Drift(.fileChanged, of: resource, "\(path) was changed under Sheaf")
    }

    private func path(_ relative: String) -> String { "\(files.folder)/\(relative)" }

    private func text(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
