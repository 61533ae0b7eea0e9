import Glibc
import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

/// Makes, starts, ends and removes the incarnations of services, workers and workflows.
struct IncarnationKeeper: Sendable {
    let home: ExecutorHome
    let tools: ToolPaths
    let host: HostEnvironment
    let content: any ContentSource
    let secrets: OpenedSecrets
    let patience: Patience
    /// Of the gateway's ingress, where the user says so.
    var gatewayPort: Int?
    let known = KnownProcesses()
    let probes = ProbeRecords()
    let portPool = PortPool()
    let silence = EngineSilence()

    var names: ServiceNames { ServiceNames(home: home) }
    var gateway: GatewayKeeper {
        GatewayKeeper(home: home, tools: tools, patience: patience, port: gatewayPort, pool: portPool)
    }

    var images: ImageRecords { ImageRecords(home: home) }

    func incarnation(of instance: ResourceInstance) -> Incarnation {
        Incarnation(resource: instance.resource.id, files: home.files(of: instance), patience: patience)
    }

    /// Whether the incarnation lives; waits for a supervisor that is just starting to say so.
    func isAlive(_ instance: ResourceInstance) async throws -> Bool {
        let incarnation = incarnation(of: instance)
        return try await BlockingCalls.run { incarnation.awaitSupervisor() != nil }
    }

    /// Whether the folder was made from this very definition, or stands for it too.
    ///
    /// Numbers of generations come again when the store was lost or put back from a copy; what then lies in the folder
    /// of a generation, or even runs there, is another's.
    func isMade(from instance: ResourceInstance) throws -> Bool {
        let known = definitions(of: instance)
        if known.isEmpty { return false }
        // An older Sheaf has digested the whole resource.
        let whole = try Digest(of: CanonicalJSON.encode(instance.resource)).description
        return try known.contains(definition(of: instance)[...]) || known.contains(whole[...])
    }

    /// Notes that a folder stands for a new definition too, of which nothing reaches what runs in it.
    ///
    /// - Throws: `ExecutorError` with `file-failure`; the folder then stands for the old one only.
    func accept(_ step: Step) throws {
        guard step.isInPlace, let before = step.before, let after = step.after else { return }
        try accept(after.resource, for: before)
    }

    /// Lets the folder of an incarnation stand for another definition too, while the old one stays good for an undo;
    /// nothing happens where the folder is another's, or says nothing of what it was made from.
    ///
    /// - Parameters:
    ///   - other: The same, with its secrets sealed anew or with other fields that reach nothing that runs.
    ///   - instance: What it was made from.
    /// - Throws: `ExecutorError` with `file-failure`.
    func accept(_ other: ResolvedResource, for instance: ResourceInstance) throws {
        let other = ResourceInstance(resource: other, generation: instance.generation)
        guard try isMade(from: instance), try !isMade(from: other) else { return }
        let lines = try definitions(of: instance) + [definition(of: other)[...]]
        do throws(SystemError) {
            try DurableFile.write(
                Array(lines.joined(separator: "\n").utf8),
                to: home.files(of: instance).definition
            )
        } catch {
            throw ExecutorError(error, of: instance.resource.id)
        }
    }

    private func definitions(of instance: ResourceInstance) -> [Substring] {
        TextFile.read(home.files(of: instance).definition)?.split(separator: "\n") ?? []
    }

    /// Whether the incarnation is complete and nobody else's.
    func canStart(_ instance: ResourceInstance) throws -> Bool {
        try home.files(of: instance).plan != nil && !isForeign(instance)
    }

    /// A folder that does not say what it was made from is taken for the right one: an older Sheaf has made it.
    private func isForeign(_ instance: ResourceInstance) throws -> Bool {
        try FileTree.exists(home.files(of: instance).definition) && !isMade(from: instance)
    }

    /// Digests the manifest and the files as they are kept, with secrets sealed; what the bundle says beside them, such
    /// as the order, makes no difference to an incarnation.
    private func definition(of instance: ResourceInstance) throws -> String {
        var resource = instance.resource
        (resource.item, resource.dependencies, resource.references, resource.readiness) = ("", [], [], nil)
        return try Digest(of: CanonicalJSON.encode(resource)).description
    }

    /// Checks all that the workloads need, and writes the incarnation's folder.
    ///
    /// - Parameters:
    ///   - instance: What the incarnation is made from, as it is kept.
    ///   - requests: Its workloads, with their secrets opened.
    ///   - groups: Those of them that are tried again as a whole.
    ///   - parallelism: How many of them run at once; nil for all.
    ///   - scaling: How many of them run by their load; nil for all.
    ///   - resources: What they may name, as it is kept.
    ///   - step: What the incarnation is made for.
    ///   - ports: Those of its instances, where they have ports of their own.
    ///   - check: Is called for each workload first.
    /// - Throws: `ExecutorError`, or what the resources or the content throw; an incomplete folder may be left.
    func render(
        _ instance: ResourceInstance,
        _ requests: [WorkloadRequest],
        groups: [GroupPlan] = [],
        parallelism: Int? = nil,
        scaling: ScalingPlan? = nil,
        resources: any ResourceDirectory,
        for step: Step,
        ports: InstancePorts? = nil,
        checking check: (WorkloadRequest) throws -> Void = { _ in }
    ) async throws {
        guard let first = requests.first else { return }
        guard FileTree.isExecutable(tools.supervisor) else {
            throw ExecutorError(
                .missingEngine,
                "cannot run \(first.title): \(tools.supervisor) is missing",
                hint: "reinstall Sheaf: its programs belong into one folder"
            )
        }
        let files = home.files(of: instance)
        var draft = IncarnationDraft(definition: try definition(of: instance))
        draft.plan.groups = groups
        draft.secretValues = try secrets.values(in: instance.resource)
        draft.plan.parallelism = parallelism
        draft.plan.scaling = scaling
        if let ports { draft.files.append(.init(path: files.portsFile, bytes: ports.encoded(), mode: 0o600)) }
        let recorded = images.record(for: step)
        for request in requests {
            try check(request)
            let context = try StackContext(
                request: request,
                files: files,
                home: home,
                host: host,
                tools: tools,
                content: content,
                resources: OpenedResources(resources, secrets: secrets),
                recordedImages: recorded
            )
            var process = try await context.makeProcess()
            if scaling != nil { process.plan.ports = request.assignedPorts }
            draft.add(process)
        }
        if let problem = draft.plan.problem {
            throw ExecutorError(.invalidValue, "cannot run \(first.resource): \(problem)")
        }
        let complete = draft
        try images.write(draft.images, of: instance)
        try await BlockingCalls.run { [names] in
            try complete.write(to: files, for: first.resource)
            // Whatever starts later finds the service by its name, in whatever order they begin.
            if first.resource.kind == .service { try names.update(for: first.resource) }
        }
    }

    /// Starts an incarnation with the directories of its volumes; nothing happens when it lives.
    ///
    /// - Parameters:
    ///   - instance: What it was made from.
    ///   - overlap: A run beside it, which is started in its place; nil for itself.
    ///   - specs: Its workloads.
    ///   - preparing: Is called under its lock, before its supervisor is started.
    /// - Throws: `ExecutorError`, with `not-prepared` when the folder was made from another definition.
    func start(
        _ instance: ResourceInstance,
        as overlap: Incarnation? = nil,
        specs: [WorkloadSpec],
        preparing: @escaping @Sendable () throws -> Void = {}
    ) async throws {
        let incarnation = overlap ?? incarnation(of: instance)
        let id = instance.resource.id
        guard try !isForeign(instance) else {
            throw ExecutorError(
                .notPrepared,
                "cannot start \(id): \(incarnation.files.folder) was made from another definition of it",
                hint: "sheaf recover; then apply it again"
            )
        }
        let volumes = try specs.flatMap { spec in
            try RuntimeFolders(of: spec, job: nil, resource: id, files: incarnation.files, home: home).volumes
        }
        // Users of images are not the user here; the home of Sheaf is closed to all others anyway.
        let mode: UInt32 = specs.contains { $0.stackSpec?["image"] != nil } ? 0o777 : 0o700
        let supervisor = tools.supervisor
        known.note(incarnation.paths.marker)
        try await BlockingCalls.run { [names] in
            do throws(SystemError) {
                for volume in volumes {
                    try FileTree.makeFolder(volume.source, mode: mode, isSynced: true)
                    // One that is mounted as a whole was made with the volume, for nobody in particular.
                    if mode == 0o777, FileTree.isUntouched(volume.source) { chmod(volume.source, mode) }
                }
                try incarnation.handOver()
                if !FileTree.exists(names.file) { try names.update() }
            } catch {
                throw ExecutorError(error, of: id)
            }
            try incarnation.start(supervisor, preparing: preparing)
        }
    }

    /// Lets an incarnation whose jobs do the same and that is not run have the outcome of the run before.
    func passOnOutcome(from before: ResourceInstance, to after: ResourceInstance) throws {
        let differences = FieldComparison.differences(from: before.resource, to: after.resource)
        guard ReplacementRules.forcing(differences, in: .workflow).isEmpty,
            let status = home.files(of: before).ofLastRun.status, status.phase.isFinal,
            home.files(of: after).status == nil
        else { return }
        do throws(SystemError) {
            try DurableFile.write(status.encoded(), to: home.files(of: after).supervision.status)
        } catch {
            throw ExecutorError(error, of: after.resource.id)
        }
    }

    /// Notes that an incarnation is complete and is not to be run.
    func markNotRun(_ instance: ResourceInstance) throws {
        let files = home.files(of: instance)
        guard let plan = files.plan, files.status == nil else { return }
        let status = SupervisorStatus(
            phase: .notRun,
            supervisorPid: 0,
            supervisorStartTime: 0,
            processes: plan.processes.map { ProcessStatus(name: $0.name) }
        )
        do throws(SystemError) {
            try DurableFile.write(status.encoded(), to: files.supervision.status)
        } catch {
            throw ExecutorError(error, of: instance.resource.id)
        }
    }

    func stop(_ instance: ResourceInstance) async throws {
        let incarnation = incarnation(of: instance)
        try await BlockingCalls.run { try incarnation.stopAll() }
    }

    /// Ends what mounts a volume.
    func stop(_ user: DataRestore.User) async throws {
        let files = home.files(of: user.resource, generation: user.generation)
        let incarnation = Incarnation(resource: user.resource, files: files, patience: patience)
        try await BlockingCalls.run { try incarnation.stopAll() }
    }

    /// Removes whatever has the number that an incarnation is to get.
    func clear(_ instance: ResourceInstance) async throws {
        let incarnation = incarnation(of: instance)
        if !FileTree.exists(incarnation.files.folder), !known.include(incarnation.files) { return }
        try await remove(instance)
    }

    /// Removes an incarnation that is not to go live, and forgets which images it ran.
    func undo(_ instance: ResourceInstance) async throws {
        try await remove(instance)
        try images.remove(instance)
    }

    /// Ends an incarnation and removes its folder, and the folders above it that become empty.
    func remove(_ instance: ResourceInstance) async throws {
        let incarnation = incarnation(of: instance)
        let isKnown = incarnation.files.hasPlan
        try await BlockingCalls.run { try incarnation.stopAll() }
        // A plan names its containers; without one only their labels tell.
        if !isKnown { await sweepContainers(of: instance) }
        try await remove(incarnation)
        await releaseImages(of: instance)
    }

    /// The same, of whatever it was made from.
    func remove(_ incarnation: Incarnation) async throws {
        let root = home.workloads
        try await BlockingCalls.run { [names] in
            defer {
                // A name that leads nowhere for a while is no reason to fail: the next change of a service mends it.
                if incarnation.resource.kind == .service { try? names.update() }
            }
            try incarnation.stopAll()
            do throws(SystemError) {
                try FileTree.remove(incarnation.files.folder, below: root)
            } catch {
                throw ExecutorError(
                    error,
                    of: incarnation.resource,
                    hint: "a container may have left files of another user there; remove them, then `sheaf recover`"
                )
            }
        }
    }
}
