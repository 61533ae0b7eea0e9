import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

/// What this machine does not do as a manifest asks for it, in words.
struct ContractNotes: Sendable {
    let keeper: IncarnationKeeper
    /// All that is live, of other bundles too.
    let live: [ResourceInstance]

    /// How long the data of one volume may be counted: whoever asks for the status does not wait longer.
    private static let countingTime: Duration = .milliseconds(100)

    func notes(on instance: ResourceInstance) -> [String] {
        switch instance.resource.id.kind {
        case .service, .worker, .workflow: notes(onWorkload: instance)
        case .volume: notes(onVolume: instance.resource)
        default: []
        }
    }

    // MARK: Workloads

    private func notes(onWorkload instance: ResourceInstance) -> [String] {
        let plan = keeper.home.files(of: instance).plan
        var seen: Set<String> = []
        return specs(of: instance.resource).flatMap { job, spec in
            // All instances of a service or a worker are alike.
            let process = job == nil ? plan?.processes.first : plan?.processes.first { $0.name == job }
            return [
                user(spec, instance.resource, process), readOnly(spec, instance.resource, process),
                names(spec, process),
            ].compactMap(\.self)
        }.filter { seen.insert($0).inserted }
    }

    private func specs(of resource: ResolvedResource) -> [(job: String?, spec: WorkloadSpec)] {
        // What cannot be read is what other calls say with its reason.
        if resource.id.kind == .workflow {
            return (try? resource.spec(WorkflowSpec.self))?.dag.map { ($0.name, $0.spec) } ?? []
        }
        return (try? resource.spec(WorkloadSpec.self)).map { [(nil, $0)] } ?? []
    }

    private func user(_ spec: WorkloadSpec, _ resource: ResolvedResource, _ process: ProcessPlan?) -> String? {
        let user = WorkloadUser(of: spec, resource)
        guard let name = user.name, process?.user == nil else { return nil }
        let isContainer = spec.stackSpec?["image"] != nil
        let isSteampipe = BuiltInStack(reference: spec.stack) == .steampipe
        let reason =
            isContainer
            ? "a container runs as its image says"
            : isSteampipe ? "PostgreSQL has a user of its own" : user.shortfall(on: keeper.host)
        return reason.map { "'runAsUser: \(name)' is only recorded: \($0)" }
    }

    private func readOnly(_ spec: WorkloadSpec, _ resource: ResolvedResource, _ process: ProcessPlan?) -> String? {
        guard let process, process.engine == nil else { return nil }
        let uses = (spec.persistentVolume.map { [$0] } ?? []) + (spec.dataosVolumes ?? [])
        let isMounted = process.mounts.contains { $0.isReadOnly && $0.source.hasPrefix("\(keeper.home.volumes)/") }
        let open = uses.filter { use in
            let id = ResourceID(kind: .volume, workspace: resource.id.workspace, name: use.name)
            return use.readOnly == true || live.contains { $0.resource.id == id && $0.resource.isReadOnlyVolume }
        }
        guard !open.isEmpty, !isMounted else { return nil }
        let names = open.map { "'\($0.name)'" }.joined(separator: ", ")
        return "it can write to \(names), which it should only read: not enforced for a process on this machine"
    }

    private func names(_ spec: WorkloadSpec, _ process: ProcessPlan?) -> String? {
        guard let process, let engine = process.engine, process.arguments.contains("--publish"),
            !process.arguments.contains(ContainerEngine.hostNetwork)
        else { return nil }
        let values = Array((spec.envs ?? [:]).values) + (spec.stackSpec.map { [$0] } ?? [])
        guard values.contains(where: { $0.containsText(where: ServiceNameText.occurs(in:)) }) else { return nil }
        let remedy = engine == .podman ? "it does where slirp4netns is installed" : "with docker it cannot"
        return "its container does not reach other services by their names: \(remedy)"
    }

    // MARK: Volumes

    private func notes(onVolume volume: ResolvedResource) -> [String] {
        [size(of: volume), sharing(of: volume)].compactMap(\.self)
    }

    private func size(of volume: ResolvedResource) -> String? {
        guard let spec = volume.volumeSpec, let limit = spec.sizeInBytes else { return nil }
        let folder = keeper.home.volume(volume.id)
        // What cannot be counted, or not in time, is not judged.
        guard let open = try? OpenFolder(folder),
            let bytes = (try? TreeSize.measure(open, within: Self.countingTime)) ?? nil, bytes > limit
        else { return nil }
        let size = spec.size?.scalarText ?? ""
        return "it holds \(ByteSize(bytes: bytes)), more than its size of \(size): not enforced on this machine"
    }

    private func sharing(of volume: ResolvedResource) -> String? {
        guard volume.volumeSpec?.access == .readWriteOnce else { return nil }
        let users = live.map(\.resource).filter { $0.mountedVolumes.contains(volume.id) }.map(\.id.description)
        guard users.count > 1 else { return nil }
        return "it is ReadWriteOnce and mounted by \(users.joined(separator: ", ")): the platform attaches it to one "
            + "machine, so they may not all start there"
    }
}
