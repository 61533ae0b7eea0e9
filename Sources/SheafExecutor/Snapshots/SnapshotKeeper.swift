import SheafModel
import SheafSystem
import Synchronization

/// Makes and removes copies of the data of volumes.
///
/// A copy is made under another name, synced, and renamed: under its own name it is whole.
struct SnapshotKeeper: Sendable {
    let home: ExecutorHome

    /// Copies the data of a volume.
    ///
    /// - Returns: What was copied; nil when the volume has no data.
    /// - Throws: `ExecutorError` with the remedy; nothing of the copy is left then.
    func take(_ request: SnapshotRequest) async throws -> SnapshotContent? {
        let id = request.id
        guard FileTree.exists(home.volume(id.volume)) else { return nil }
        try check(id)
        // What a killed process left under the same number is in the way.
        try await drop(id)
        return try await copy(home.volume(id.volume), of: id, limit: request.limit, isWhole: true)
    }

    /// Copies data to where it stands ready for a volume.
    ///
    /// - Throws: `ExecutorError`; nothing of the copy is left then.
    func stage(_ restore: DataRestore) async throws {
        let source = home.snapshot(restore.source)
        try check(restore.aside)
        guard FileTree.isFolder(source) else {
            throw ExecutorError(
                .missingSnapshot,
                "the copy of the data of \(restore.source.volume) from before revision \(restore.source.revision) is gone:"
                    + " \(source) is missing",
                hint: "leave out --with-data"
            )
        }
        try await drop(restore.aside)
        _ = try await copy(source, of: restore.aside, limit: nil, isWhole: false)
    }

    /// Removes a copy, whole or half.
    func drop(_ id: SnapshotID) async throws {
        // Where none may be made there is none to remove.
        guard Self.isSafe(id) else { return }
        let (whole, partial, root) = (home.snapshot(id), home.partialSnapshot(id), home.volumes)
        try await BlockingCalls.run {
            do throws(SystemError) {
                // Half a copy must not have the name of a whole one, so that one goes first under the other name.
                if FileTree.exists(whole) {
                    try FileTree.remove(partial)
                    try FileTree.rename(whole, to: partial)
                }
                try FileTree.remove(partial, below: root)
            } catch {
                throw ExecutorError(error, of: id.volume)
            }
        }
    }

    /// What a copy takes on the disk, in bytes; 0 when it is gone.
    func sizeOnDisk(_ id: SnapshotID) throws -> Int64 {
        guard FileTree.exists(home.snapshot(id)) else { return 0 }
        do throws(SystemError) {
            return try TreeSize.measure(OpenFolder(home.snapshot(id)))
        } catch {
            throw ExecutorError(error, of: id.volume)
        }
    }

    /// Asks a copy to end.
    private final class Cancellation: Sendable {
        private let isAsked = Atomic(false)
        func ask() { isAsked.store(true, ordering: .relaxed) }
        func check() -> Bool { isAsked.load(ordering: .relaxed) }
    }

    /// Copies a folder to where half copies are, and gives it the name of a whole one if it is to be that.
    private func copy(_ source: String, of id: SnapshotID, limit: Int64?, isWhole: Bool) async throws -> SnapshotContent
    {
        let (partial, whole, root) = (home.partialSnapshot(id), home.snapshot(id), home.volumes)
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await BlockingCalls.run {
                do {
                    try FileTree.makeFolder(FileTree.parent(of: partial), isSynced: true)
                    let content = try TreeCopy.copy(
                        from: source,
                        to: partial,
                        limit: limit,
                        isCancelled: cancellation.check
                    )
                    if isWhole {
                        try FileTree.rename(partial, to: whole)
                        try DurableFile.syncFolder(of: whole)
                    }
                    return content
                } catch {
                    // What cannot be removed is removed with the transaction, which needs the same name again.
                    try? FileTree.remove(partial, below: root)
                    throw Self.problem(error, id)
                }
            }
        } onCancel: {
            cancellation.ask()
        }
    }

    /// Whether the name of a bundle, which comes from a manifest, can be a folder.
    private static func isSafe(_ id: SnapshotID) -> Bool {
        FileTree.isSafeRelative(id.bundle) && !id.bundle.contains("/")
    }

    private func check(_ id: SnapshotID) throws {
        guard Self.isSafe(id) else {
            throw ExecutorError(.unsafePath, "'\(id.bundle)' can be no folder for the data of \(id.volume)")
        }
    }

    private static func problem(_ error: any Error, _ id: SnapshotID) -> any Error {
        let start = "cannot copy the data of \(id.volume) aside"
        let never = "set '\(SnapshotRule.property)' to never for it in the bundle's properties"
        switch error {
        case TreeCopyError.tooLarge(let bytes, let limit):
            return ExecutorError(
                .snapshotRefused,
                "\(start): it has \(ByteSize(bytes: bytes)), more than the \(ByteSize(bytes: limit)) that may be copied,"
                    + " and this file system cannot share blocks",
                hint: "raise '\(SnapshotRule.limitProperty)', keep SHEAF_HOME on btrfs or XFS, or \(never)"
            )
        case TreeCopyError.noRoom(let bytes, let free):
            return ExecutorError(
                .snapshotRefused,
                "\(start): it has \(ByteSize(bytes: bytes)), and the disk has room for \(ByteSize(bytes: free))",
                hint: "free some space: sheaf gc; or \(never)"
            )
        case TreeCopyError.unusual(let path, let what):
            return ExecutorError(
                .snapshotRefused,
                "\(start): \(path) is \(what)",
                hint: "take it out of the volume, or \(never)"
            )
        case TreeCopyError.system(let error):
            return ExecutorError(
                .snapshotRefused,
                "\(start): cannot \(error.action): \(error.reason)",
                hint: "remove the cause, or \(never)"
            )
        case let error as SystemError:
            return ExecutorError(error, of: id.volume)
        default: return error
        }
    }
}
