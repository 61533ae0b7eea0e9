extension ResolvedResource {
    /// What a volume allows, as the manifest says it; nil for all other kinds.
    package var volumeSpec: VolumeSpec? {
        // A section that has another shape allows and forbids nothing; validation reports it with its place.
        id.kind == .volume ? try? spec(VolumeSpec.self) : nil
    }

    /// Whether it is a volume that nobody may write to.
    package var isReadOnlyVolume: Bool { volumeSpec?.access == .readOnlyMany }

    /// Whether it is a volume whose data goes with it.
    package var isTemporaryVolume: Bool { volumeSpec?.isTemporary == true }

    /// The volumes that a workload mounts, for writing or not; empty for all other kinds.
    package var mountedVolumes: Set<ResourceID> { Set(volumeUses.map(volume)) }

    /// The volumes that a workload may write to.
    ///
    /// Those that it mounts without `readOnly`.
    package var writtenVolumes: Set<ResourceID> {
        Set(volumeUses.filter { $0["readOnly"]?.boolValue != true }.map(volume))
    }

    // Read from the manifest as it is: a section with a sealed secret in it has no typed form.
    private var volumeUses: [JSONValue] {
        let specs =
            switch id.kind {
            case .service, .worker: [section]
            case .workflow: (section["dag"]?.arrayValue ?? []).compactMap { $0["spec"] }
            default: [JSONValue]()
            }
        return specs.flatMap { spec in
            (spec["persistentVolume"].map { [$0] } ?? []) + (spec["dataosVolumes"]?.arrayValue ?? [])
        }.filter { $0["name"]?.stringValue != nil }
    }

    private func volume(_ use: JSONValue) -> ResourceID {
        ResourceID(kind: .volume, workspace: id.workspace, name: use["name"]?.stringValue ?? "")
    }
}
