import SheafEngine
import SheafModel
import SheafSystem

/// Volumes: directories that outlive the workloads that use them, and the bundles that declare them.
struct VolumeController: ResourceController {
    let home: ExecutorHome

    /// Whether the directory was there before the change: `true` or `false`.
    static let existedFact = "volume.existed"

    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        guard let id = step.after?.resource.id, step.facts[Self.existedFact] == nil else { return step.facts }
        let existed = FileTree.exists(home.volume(id))
        return step.facts.merging([Self.existedFact: existed ? "true" : "false"]) { $1 }
    }

    func perform(_ step: Step) async throws {
        guard let id = step.after?.resource.id else { return }
        do throws(SystemError) {
            try FileTree.makeFolder(home.volume(id), isSynced: true)
        } catch {
            throw ExecutorError(error, of: id)
        }
    }

    func revert(_ step: Step) async throws {
        // Without the fact nothing was performed; with data from before nothing may be removed.
        guard let id = step.after?.resource.id, step.facts[Self.existedFact] == "false" else { return }
        try await remove(id)
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
        return FileTree.names(in: folder).isEmpty ? nil : "data in \(folder)"
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
