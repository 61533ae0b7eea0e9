package import SheafModel
package import SheafSupervision

/// Where the local executor keeps things, below `$SHEAF_HOME`.
package struct ExecutorHome: Hashable, Sendable {
    /// An absolute path without a slash at its end.
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var workloads: String { "\(path)/workloads" }
    package var volumes: String { "\(path)/volumes" }
    /// What is kept of the runs of workflows.
    package var runs: String { "\(path)/runs" }
    /// The names of services, for workloads that look them up.
    package var names: String { "\(path)/names" }
    /// Which images the incarnations of workloads ran.
    package var images: String { "\(path)/images" }
    /// What podman has said of images; no workspace has such a name.
    var knownImages: String { "\(images)/.known" }
    /// What is kept of attempts that failed and were undone.
    package var failed: String { "\(path)/failed" }

    /// The files of the gateway to the services of this home.
    package var gateway: GatewayPaths { GatewayPaths(folder: "\(path)/gateway") }

    /// The files of one incarnation.
    package func files(of instance: ResourceInstance) -> IncarnationFiles {
        files(of: instance.resource.id, generation: instance.generation)
    }

    func files(of id: ResourceID, generation: Int) -> IncarnationFiles {
        IncarnationFiles(folder: "\(folder(of: id))/\(generation)")
    }

    /// The folder that holds the incarnations of a workload, one a generation.
    package func folder(of id: ResourceID) -> String {
        "\(workloads)/\(id.workspace ?? "instance")/\(id.kind.rawValue)/\(id.name)"
    }

    /// The folder with what is kept of the runs of a workflow, one folder a run.
    func runsFolder(of id: ResourceID) -> String { "\(runs)/\(id.workspace ?? "instance")/\(id.name)" }

    /// The generations of a workload that have a folder, in no order.
    func generations(of id: ResourceID) -> [Int] { (FileTree.names(in: folder(of: id)) ?? []).compactMap(Int.init) }
    /// The workload whose incarnation a folder is, or a run beside one; nil for any other folder.
    func workload(in folder: String) -> ResourceID? {
        guard folder.hasPrefix("\(workloads)/") else { return nil }
        let parts = folder.dropFirst(workloads.utf8.count + 1).split(separator: "/").map(String.init)
        let isOverlap = parts.count == 6 && parts[4] == IncarnationFiles.overlapName
        guard parts.count == 4 || isOverlap, let kind = ResourceKind(rawValue: parts[1]) else { return nil }
        return ResourceID(kind: kind, workspace: parts[0], name: parts[2])
    }

    /// The folder with what the last failure of a workload left, one folder a generation.
    package func failedFolder(of id: ResourceID) -> String {
        "\(failed)/\(id.workspace ?? "instance")/\(id.kind.rawValue)/\(id.name)"
    }

    /// The directory of a volume.
    package func volume(_ id: ResourceID) -> String { "\(volumes)/\(id.workspace ?? "instance")/\(id.name)" }

    /// Copies of the data of volumes, on the same file system as the volumes: only there blocks can be shared and names
    /// be exchanged.
    package var snapshots: String { "\(volumes)/.snapshots" }

    /// The copy of a volume's data from before a revision.
    package func snapshot(_ id: SnapshotID) -> String { "\(folder(of: id))/\(id.volume.name)" }

    /// Where a copy is made, and where the data stands that is about to take the place of a volume's.
    func partialSnapshot(_ id: SnapshotID) -> String { "\(folder(of: id))/.\(id.volume.name).partial" }

    private func folder(of id: SnapshotID) -> String {
        "\(snapshots)/\(id.bundle)/\(id.revision)/\(id.volume.workspace ?? "instance")"
    }

    /// A name for this home that containers can carry: equal homes have equal names.
    package var shortName: String { String(Digest(of: Array(path.utf8)).hex.prefix(8)) }
}
