import Glibc
import SheafEngine
import SheafModel
import SheafSupervision

/// All that a stack may use to turn a workload into a process.
struct StackContext: Sendable {
    let request: WorkloadRequest
    let files: IncarnationFiles
    let home: ExecutorHome
    let host: HostEnvironment
    let tools: ToolPaths
    let content: any ContentSource
    let resources: any ResourceDirectory
    /// What is to run once more, whatever the names of images stand for by now.
    let recordedImages: ImageRecord?

    private(set) var folders: RuntimeFolders
    let secrets: SecretProjection

    var user: WorkloadUser { WorkloadUser(of: request.spec, request.instance.resource) }

    init(
        request: WorkloadRequest,
        files: IncarnationFiles,
        home: ExecutorHome,
        host: HostEnvironment,
        tools: ToolPaths,
        content: any ContentSource,
        resources: any ResourceDirectory,
        recordedImages: ImageRecord? = nil
    ) throws {
        self.request = request
        self.files = files
        self.home = home
        self.host = host
        self.tools = tools
        self.content = content
        self.resources = resources
        self.recordedImages = recordedImages
        let resource = request.resource
        folders = try RuntimeFolders(
            of: request.spec,
            job: request.job,
            replica: request.replica,
            resource: resource,
            files: files,
            home: home
        )
        secrets = try SecretProjection(
            of: request.spec.dataosSecrets ?? [],
            workspace: resource.workspace,
            resources: resources,
            content: content
        )
        try takeVolumes()
    }

    /// Turns the workload into a process by its stack.
    ///
    /// - Throws: `ExecutorError` when the host cannot run it.
    func makeProcess() async throws -> ProcessDraft {
        var draft = try await makeStackProcess()
        let properties = WorkloadProperties(request.spec.properties)
        draft.plan.logLimit = properties.logLimit
        if let grace = properties.grace { draft.plan.grace = try DurationText.milliseconds(grace, of: request) }
        return draft
    }

    private func makeStackProcess() async throws -> ProcessDraft {
        switch request.stack {
        case .container:
            let spec = try ContainerStackSpec(request.spec.stackSpec, of: request.title)
            if let image = spec.image { return try await ContainerProcess(self, spec, image: image).draft() }
            return try HostProcess(self).draft(command: spec.command + spec.arguments)
        case .steampipe: return try SteampipeProcess(self).draft()
        case nil:
            throw ExecutorError(
                .unsupportedStack,
                "cannot run \(request.title): this executor does not know the stack '\(request.spec.stack)'",
                hint: "it knows \(BuiltInStack.allCases.map(\.rawValue).joined(separator: " and "))"
            )
        }
    }

    /// The values that must not appear in evidence: of secrets, and of variables whose names say so.
    func secretValues(among variables: [String: String]) -> [[UInt8]] {
        let telling = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATE_KEY", "CREDENTIAL"]
        let named = variables.filter { entry in
            let name = entry.key.uppercased()
            return telling.contains { strstr(name, $0) != nil }
        }
        return secrets.values + named.values.map { Array($0.utf8) }
    }

    /// Finds the volumes, and what they allow.
    private mutating func takeVolumes() throws {
        for (index, folder) in folders.volumes.enumerated() {
            guard let name = folder.volume else { continue }
            let id = ResourceID(kind: .volume, workspace: request.resource.workspace, name: name)
            guard let volume = try resources.resource(id) else {
                throw ExecutorError(
                    .missingVolume,
                    "cannot run \(request.title): there is no \(id)",
                    hint: "add the volume to the bundle, or apply the bundle that has it first"
                )
            }
            if volume.isReadOnlyVolume { folders.volumes[index].isReadOnly = true }
        }
    }

    /// The folders that the process finds files in, which it may only read.
    var filledFolders: [RuntimeFolder] {
        (request.spec.configs?.isEmpty == false ? [folders.config] : [])
            + (secrets.files.isEmpty ? [] : [folders.secret])
    }

    /// Whether anything that reaches the process speaks of a service by its name.
    func namesService() throws -> Bool { try !namedServices().isEmpty }

    /// The names of services that anything which reaches the process speaks of, whether there are such services or not.
    func namedServices() throws -> Set<String> {
        var names: Set<String> = []
        let finder = ServiceNameText { _ in true }
        func take(_ bytes: [UInt8]) throws { names.formUnion(try finder.names(in: bytes)) }
        for value in Array((request.spec.envs ?? [:]).values) + (request.spec.stackSpec.map { [$0] } ?? []) {
            for text in value.texts { try take(Array(text.utf8)) }
        }
        for value in secrets.variables.values { try take(Array(value.utf8)) }
        for value in secrets.files.values { try take(Array(value)) }
        for config in try request.configs(content) { try take(config.bytes) }
        return names
    }
}
