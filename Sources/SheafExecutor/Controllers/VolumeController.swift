import SheafEngine
import SheafModel
import SheafSystem

/// Volumes: directories that outlive the workloads that use them, and the bundles that declare them.
///
/// A step may put other data in the place of a volume's. Then all that mounts the volume is ended first, and comes back
/// with steps of its own.
struct VolumeController: ResourceController {
    let home: ExecutorHome
    let keeper: IncarnationKeeper

    /// Whether the directory was there before the change: `true` or `false`.
    static let existedFact = "volume.existed"
    /// Which folder is put in the place of the volume's.
    static let restoredFact = "volume.restored"

    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        guard let id = step.after?.resource.id, step.facts[Self.existedFact] == nil else { return step.facts }
        let existed = FileTree.exists(home.volume(id))
        var facts = step.facts
        facts[Self.existedFact] = existed ? "true" : "false"
        if let restore = step.restore {
            try requireOwnFolder(id)
            try await SnapshotKeeper(home: home).stage(restore)
            facts[Self.restoredFact] = try exchange(restore).mark()
        }
        return facts
    }

    /// A link leads elsewhere, where nothing is Sheaf's to exchange.
    private func requireOwnFolder(_ id: ResourceID) throws {
        let folder = home.volume(id)
        guard FileTree.exists(folder), !FileTree.isOwnFolder(folder) else { return }
        throw ExecutorError(
            .snapshotRefused,
            "cannot put data back into \(id): \(folder) is no folder of its own",
            hint: "put the data back by hand, or make it a folder"
        )
    }

    private func exchange(_ restore: DataRestore) -> DataExchange {
        DataExchange(
            volume: home.volume(restore.aside.volume),
            staged: home.partialSnapshot(restore.aside),
            aside: home.snapshot(restore.aside),
            id: restore.aside.volume
        )
    }

    func perform(_ step: Step) async throws {
        guard let id = step.after?.resource.id else { return }
        if let restore = step.restore, let mark = step.facts[Self.restoredFact] {
            for user in restore.users { try await keeper.stop(user) }
            let exchange = exchange(restore)
            try await BlockingCalls.run { try exchange.exchange(mark: mark) }
        }
        do throws(SystemError) {
            try FileTree.makeFolder(home.volume(id), isSynced: true)
        } catch {
            throw ExecutorError(error, of: id)
        }
    }

    func revert(_ step: Step) async throws {
        if let restore = step.restore { try await revert(restore, mark: step.facts[Self.restoredFact]) }
        // Without the fact nothing was performed; with data from before nothing may be removed.
        guard let id = step.after?.resource.id, step.facts[Self.existedFact] == "false" else { return }
        try await remove(id)
    }

    private func revert(_ restore: DataRestore, mark: String?) async throws {
        let exchange = exchange(restore)
        if let mark, !exchange.isUntouched(mark: mark) {
            for user in restore.users { try await keeper.stop(user) }
        }
        let root = home.volumes
        try await BlockingCalls.run {
            try exchange.revert(mark: mark)
            do throws(SystemError) {
                try FileTree.removeEmptyFolders(above: exchange.aside, below: root)
            } catch {
                throw ExecutorError(error, of: restore.aside.volume)
            }
        }
    }

    func finish(_ step: Step) async throws {
        guard step.after == nil, step.deletesData, let id = step.before?.resource.id else { return }
        try await remove(id)
    }

    func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        let folder = home.volume(instance.resource.id)
        guard FileTree.isFolder(folder) else {
            return ResourceState(
                status: "error",
                progress: .failed,
                evidence: "the directory \(folder) is missing",
                location: folder
            )
        }
        return ResourceState(status: "active", progress: .ready, location: folder)
    }

    /// What is in a volume's directory, in words; nil when there is nothing.
    func data(of id: ResourceID) -> String? {
        let folder = home.volume(id)
        return FileTree.names(in: folder)?.isEmpty ?? true ? nil : "data in \(folder)"
    }

    private func remove(_ id: ResourceID) async throws {
        let folder = home.volume(id)
        let root = home.volumes
        try await BlockingCalls.run {
            do throws(SystemError) {
                try FileTree.remove(folder, below: root)
            } catch {
                throw ExecutorError(error, of: id)
            }
        }
    }
}
