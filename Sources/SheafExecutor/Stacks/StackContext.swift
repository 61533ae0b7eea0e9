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

    let folders: RuntimeFolders
    let secrets: SecretProjection

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
        folders = try RuntimeFolders(of: request.spec, job: request.job, resource: resource, files: files, home: home)
        secrets = try SecretProjection(
            of: request.spec.dataosSecrets ?? [],
            workspace: resource.workspace,
            resources: resources,
            content: content
        )
        try checkVolumes()
    }

    /// Turns the workload into a process by its stack.
    ///
    /// - Throws: `ExecutorError` when the host cannot run it.
    func makeProcess() async throws -> ProcessDraft {
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
        let named = variables.filter { entry in telling.contains { entry.key.uppercased().contains($0) } }
        return secrets.values + named.values.map { Array($0.utf8) }
    }

    private func checkVolumes() throws {
        let uses = (request.spec.persistentVolume.map { [$0] } ?? []) + (request.spec.dataosVolumes ?? [])
        for use in uses {
            let id = ResourceID(kind: .volume, workspace: request.resource.workspace, name: use.name)
            guard try resources.resource(id) == nil else { continue }
            throw ExecutorError(
                .missingVolume,
                "cannot run \(request.title): there is no \(id)",
                hint: "add the volume to the bundle, or apply the bundle that has it first"
            )
        }
    }
}
