import CLinux
import Glibc
import SheafModel
import SheafSystem

extension PackCache {
    /// Removes frames that no pack would take, and those beyond the limit.
    ///
    /// Only the heads of frames are read: damage in the middle is found, and mended, by the pack that wants the frame.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether to only tell.
    ///   - all: Whether usable frames go too.
    ///   - report: What is found is added to it.
    /// - Throws: `ArchiveError` of kind `unreadable` or `cannotWrite`.
    func collect(isDryRun: Bool, all: Bool, into report: inout GarbageReport) throws {
        var garbage: [Garbage] = []
        func drop(_ name: String, _ size: Int64, _ reason: String) throws {
            if !isDryRun, unlink("\(frames.folder)/\(name)") != 0, errno != ENOENT {
                throw ArchiveError.writing("\(frames.folder)/\(name)", SystemError("remove"))
            }
            garbage.append(Garbage(kind: .frame, path: "frames/\(name)", size: size, reason: reason))
        }
        var usable: [FrameStore.Entry] = []
        for (name, status) in try files() where !TemporaryFile.isTemporary(Array(name.utf8)) {
            let size = Int64(status.st_blocks) * 512
            let key = SheafModel.Digest(name).flatMap { $0.hex == name ? $0 : nil }
            guard key != nil || name == Self.blobsName, FileType(mode: status.st_mode) == .regular else {
                report.foreign.append("frames/\(name)")
                continue
            }
            if all {
                try drop(name, size, "all frames were to go")
            } else if let key, frames.isUsable(key) {
                usable.append(FrameStore.Entry(name: name, size: size, used: status.st_mtim.tv_sec))
            } else if key != nil || !hasFacts {
                try drop(name, size, "it is damaged")
            }
        }
        let surplus = FrameStore.surplus(of: usable, limit: limit)
        for entry in surplus { try drop(entry.name, entry.size, "the frames take more than \(limit) bytes") }
        let dropped = Set(surplus.map(\.name))
        for entry in usable where !dropped.contains(entry.name) { report.keptFrames.add(entry.size) }
        report.garbage += garbage.sorted { $0.path < $1.path }
    }

    /// The files of the cache; none when there is no cache.
    private func files() throws -> [(name: String, status: stat)] {
        do throws(SystemError) {
            let open = try OpenFile.open(frames.folder, O_RDONLY | O_DIRECTORY)
            return try DirectoryListing.names(in: open).compactMap { name in
                // A pack may have removed it since.
                (try? DirectoryListing.status(name, in: open)).map { (name.asText, $0) }
            }
        } catch  where error.number == ENOENT {
            return []
        } catch {
            throw ArchiveError.reading(frames.folder, error)
        }
    }
}
