package import SheafEngine
package import SheafModel

/// Runs resources on this machine: processes and containers under supervisors, volumes as directories.
///
/// Each kind has a controller; kinds that mean nothing locally are kept as declarations. Everything that runs belongs to
/// an incarnation, a folder below `$SHEAF_HOME/workloads`, and survives the process that started it.
package struct LocalExecutor: Executor {
    let home: ExecutorHome
    let keeper: IncarnationKeeper

    /// - Parameters:
    ///   - home: The absolute path of `$SHEAF_HOME`.
    ///   - tools: The programs that run beside Sheaf.
    ///   - content: Has the files that resources carry with them.
    ///   - secrets: Opens the sealed secrets in the manifests of what is made or started.
    ///   - environment: Of the user; programs are looked for on its `PATH`.
    ///   - gatewayPort: Where the gateway's ingress is to listen; nil leaves it where it is.
    ///   - patience: Only tests need another one.
    package init(
        home: String,
        tools: ToolPaths,
        content: any ContentSource,
        secrets: any SecretOpener,
        environment: [String: String],
        gatewayPort: Int? = nil,
        patience: Patience = Patience()
    ) {
        self.home = ExecutorHome(home)
        keeper = IncarnationKeeper(
            home: self.home,
            tools: tools,
            host: HostEnvironment(variables: environment),
            content: content,
            secrets: OpenedSecrets(opener: secrets),
            patience: patience,
            gatewayPort: gatewayPort
        )
    }

    package func existing(_ resource: ResolvedResource) async throws -> String? {
        resource.id.kind == .volume ? VolumeController(home: home, keeper: keeper).data(of: resource.id) : nil
    }

    package func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] {
        do {
            return try await controller(for: step.change.resource).prepare(step, resources: resources)
        } catch let error as ExecutorError {
            throw redacted(error, of: step.after)
        }
    }

    package func perform(_ step: Step) async throws {
        do {
            try await controller(for: step.change.resource).perform(step)
        } catch let error as ExecutorError {
            throw redacted(error, of: step.after)
        }
    }

    package func revert(_ step: Step) async throws {
        try await controller(for: step.change.resource).revert(step)
    }

    package func setAside(_ step: Step, everything: Bool) async throws -> String? {
        guard let after = step.added, after.resource.id.kind.runsProcesses else { return nil }
        return try await BlockingCalls.run { [home] in
            try FailedIncarnation.keep(after, in: home, everything: everything)?.folder
        }
    }

    package func finish(_ step: Step) async throws {
        try await controller(for: step.change.resource).finish(step)
        let id = step.change.resource
        if step.after == nil, id.kind.runsProcesses { try FailedIncarnation.forget(id, in: home) }
    }

    package func revive(_ instance: ResourceInstance) async throws -> Bool {
        do {
            return try await WorkloadController(keeper: keeper).revive(instance)
        } catch let error as ExecutorError {
            throw redacted(error, of: instance)
        }
    }

    package func observe(_ instance: ResourceInstance) async throws -> ResourceState {
        try await controller(for: instance.resource.id).observe(instance)
    }

    package func awaitChange(of instances: [ResourceInstance], atMost limit: Duration) async throws {
        let workflows = instances.filter { $0.resource.id.kind == .workflow }
        try await Incarnation.awaitEnd(of: workflows.map(keeper.incarnation(of:)), atMost: limit)
    }

    package func drift(of instances: [ResourceInstance]) async throws -> [Drift] {
        try await DriftInspector(keeper: keeper).findings(in: instances)
    }

    /// Removes the containers of this home whose supervisor was killed, and that nobody has found since.
    ///
    /// - Returns: The incarnations that they belonged to, as folders below `workloads`, in order.
    package func removeStrayContainers() async -> [String] {
        guard let engine = ContainerEngine(on: keeper.host) else { return [] }
        return await ContainerSweep(engine: engine, home: home).removeStrays()
    }

    /// Lets an incarnation that was made count as that of a definition whose secrets are sealed anew.
    ///
    /// May be repeated, and does no harm when the definition is never recorded.
    /// - Throws: `ExecutorError` with `file-failure`.
    package func accept(_ resealed: ResolvedResource, for instance: ResourceInstance) throws {
        try keeper.accept(resealed, for: instance)
    }

    package func takeSnapshot(_ request: SnapshotRequest) async throws -> SnapshotContent? {
        try await SnapshotKeeper(home: home).take(request)
    }

    package func dropSnapshot(_ id: SnapshotID) async throws { try await SnapshotKeeper(home: home).drop(id) }

    /// Where the data of a volume is, or a copy of it.
    package func folder(ofVolume id: ResourceID) -> String { home.volume(id) }
    package func folder(ofSnapshot id: SnapshotID) -> String { home.snapshot(id) }

    /// Whether there is anything in a volume.
    package func holdsData(ofVolume id: ResourceID) -> Bool {
        VolumeController(home: home, keeper: keeper).data(of: id) != nil
    }

    /// What a copy of a volume's data takes on the disk, in bytes; shared blocks count too.
    package func sizeOnDisk(ofSnapshot id: SnapshotID) throws -> Int64 {
        try SnapshotKeeper(home: home).sizeOnDisk(id)
    }

    /// What people should know of live resources that is no difference from what was applied: what this machine does
    /// not do as it was asked, and volumes that hold more than they should.
    ///
    /// - Parameters:
    ///   - instances: About which.
    ///   - live: All that is live, of other bundles too.
    /// - Returns: In the order of the instances, without secrets.
    /// - Throws: Nothing but what a cancelled wait throws.
    package func notes(
        on instances: [ResourceInstance],
        among live: [ResourceInstance]
    ) async throws -> [(resource: ResourceID, note: String)] {
        let notes = ContractNotes(keeper: keeper, live: live)
        return try await BlockingCalls.run {
            instances.flatMap { instance in notes.notes(on: instance).map { (instance.resource.id, $0) } }
        }
    }

    /// Where the files of an incarnation are, its logs above all.
    package func files(of instance: ResourceInstance) -> IncarnationFiles { home.files(of: instance) }

    /// What is kept of attempts that failed and were undone, at most one of each workload, in no order.
    package var failures: [FailedIncarnation] { FailedIncarnation.all(in: home) }

    /// A message may quote a field, and the field may hold a secret.
    func redacted(_ error: ExecutorError, of instance: ResourceInstance?) -> ExecutorError {
        // A secret that cannot be opened cannot be in the message either.
        guard let instance, let values = try? keeper.secrets.values(in: instance.resource), !values.isEmpty else {
            return error
        }
        return error.redacted(by: Redaction(values: values))
    }

    private func controller(for id: ResourceID) -> any ResourceController {
        switch id.kind {
        case .service, .worker: WorkloadController(keeper: keeper)
        case .workflow: WorkflowController(keeper: keeper)
        case .volume: VolumeController(home: home, keeper: keeper)
        case .bundle, .secret, .instanceSecret, .depot, .compute, .stack, .cluster, .database, .lakehouse, .monitor,
            .pager, .policy, .grant, .operator, .resource, .lens, .dataplane:
            DeclarationController()
        }
    }
}
