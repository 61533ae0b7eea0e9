package import SheafModel

/// Where the local executor keeps things, below `$SHEAF_HOME`.
package struct ExecutorHome: Hashable, Sendable {
    /// An absolute path without a slash at its end.
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var workloads: String { "\(path)/workloads" }
    package var volumes: String { "\(path)/volumes" }
    /// What is kept of attempts that failed and were undone.
    package var failed: String { "\(path)/failed" }

    /// The files of one incarnation.
    package func files(of instance: ResourceInstance) -> IncarnationFiles {
        IncarnationFiles(folder: "\(folder(of: instance.resource.id))/\(instance.generation)")
    }

    /// The folder that holds the incarnations of a workload, one a generation.
    package func folder(of id: ResourceID) -> String {
        "\(workloads)/\(id.workspace ?? "instance")/\(id.kind.rawValue)/\(id.name)"
    }

    /// The folder with what the last failure of a workload left, one folder a generation.
    package func failedFolder(of id: ResourceID) -> String {
        "\(failed)/\(id.workspace ?? "instance")/\(id.kind.rawValue)/\(id.name)"
    }

    /// The directory of a volume.
    package func volume(_ id: ResourceID) -> String { "\(volumes)/\(id.workspace ?? "instance")/\(id.name)" }

    /// A name for this home that containers can carry: equal homes have equal names.
    package var shortName: String { String(Digest(of: Array(path.utf8)).hex.prefix(8)) }
}
