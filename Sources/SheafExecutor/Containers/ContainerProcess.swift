import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

/// A workload that runs in a container, with the engine's foreground program as the supervised process.
struct ContainerProcess {
    private let context: StackContext
    private let spec: ContainerStackSpec
    private let image: String

    init(_ context: StackContext, _ spec: ContainerStackSpec, image: String) {
        self.context = context
        self.spec = spec
        self.image = image
    }

    /// - Throws: `ExecutorError` with `missing-engine` or `image-unavailable`, or for values that no container can have.
    func draft() async throws -> ProcessDraft {
        let request = context.request
        guard let engine = ContainerEngine(on: context.host) else {
            throw ExecutorError(
                .missingEngine,
                "cannot run \(request.title): neither podman nor docker is installed",
                hint: "apt-get install podman"
            )
        }
        try await ensureImage(engine)
        let variables = try variables()
        let (passed, filed) = try split(variables)
        let environmentFile = context.files.environmentFile(of: request.process)
        var arguments = [engine.program] + engine.hostFlags + runArguments(engine)
        arguments += try networkArguments()
        arguments += limitArguments
        arguments += context.folders.all.flatMap(mountArguments)
        if !filed.isEmpty { arguments += ["--env-file", environmentFile] }
        arguments += passed.keys.sorted().flatMap { ["--env", $0] }
        arguments += imageArguments
        let plan = ProcessPlan(
            name: request.process,
            arguments: arguments,
            environment: engine.environment.merging(passed) { $1 },
            logPath: context.files.log(of: request.process),
            restart: request.restart,
            dependencies: request.dependencies,
            group: request.group,
            cleanup: [engine.program] + engine.hostFlags + removalArguments(engine)
        )
        var files = try contractFiles()
        if !filed.isEmpty {
            let lines = filed.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
            files.append(.init(path: environmentFile, bytes: Array(lines.utf8), mode: 0o600))
        }
        return ProcessDraft(
            plan: plan,
            folders: folders,
            files: files,
            secretValues: context.secretValues(among: variables)
        )
    }

    /// Unique on this machine, for this home, for this incarnation.
    private var name: String {
        let id = context.request.resource
        let parts = ["sheaf", context.home.shortName, id.workspace ?? "instance", id.kind.rawValue, id.name]
        let job = context.request.job.map { "-\($0)" } ?? ""
        return parts.joined(separator: "-") + "-g\(context.request.instance.generation)\(job)"
    }

    private func runArguments(_ engine: ContainerEngine) -> [String] {
        let labels = [
            "sheaf.home=\(context.home.path)", "sheaf.resource=\(context.request.resource)",
            "sheaf.generation=\(context.request.instance.generation)",
        ]
        // Labels of SELinux would have to be changed on the user's own folders otherwise.
        return ["run", "--rm", "--name", name, "--pull=never", "--security-opt", "label=disable"]
            + labels.flatMap { ["--label", $0] } + engine.runFlags
    }

    private func removalArguments(_ engine: ContainerEngine) -> [String] {
        engine.kind == .podman ? ["rm", "-f", "-t", "0", name] : ["rm", "-f", name]
    }

    /// Services are published on the loopback address only; what has no port shares the host's network, where it finds
    /// the services of other workloads at 127.0.0.1.
    private func networkArguments() throws -> [String] {
        let ports = try context.request.ports()
        guard !ports.isEmpty else { return ["--network=host"] + nameArguments }
        return ports.flatMap { ["--publish", "127.0.0.1:\($0.outer):\($0.inner)"] }
    }

    /// What shares the host's network finds services by their names where they are; others are not reached there.
    private var nameArguments: [String] {
        let names = ServiceNames(home: context.home)
        return ["--mount", "type=bind,source=\(Self.field(names.file)),target=\(ServiceNames.target),readonly"]
    }

    private var limitArguments: [String] {
        let limits = context.request.spec.resources?.limits
        let memory = Quantity.memory(limits?.memory).map { ["--memory", "\($0)b"] } ?? []
        return memory + (Quantity.cpu(limits?.cpu).map { ["--cpus", String($0)] } ?? [])
    }

    private func mountArguments(_ folder: RuntimeFolder) -> [String] {
        let fields = ["type=bind", "source=\(folder.source)", "target=\(folder.target)"]
        return ["--mount", (fields + (folder.isReadOnly ? ["readonly"] : [])).map(Self.field).joined(separator: ",")]
    }

    /// A field of a line of comma-separated values, which is what engines read.
    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
        return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }

    private var imageArguments: [String] {
        guard let entry = spec.command.first else { return [image] + spec.arguments }
        return ["--entrypoint", entry, image] + spec.command.dropFirst() + spec.arguments
    }
}

extension ProcessPlan {
    /// What runs the container that this process is; nil for a process of the host.
    var engine: ContainerEngine.Kind? {
        // Only containers need a cleanup.
        cleanup.first.flatMap { $0.split(separator: "/").last }.flatMap { ContainerEngine.Kind(rawValue: String($0)) }
    }
}

// What the container sees
extension ContainerProcess {
    /// The incarnation's folder is closed to others, so what is in it may be open to any user of the container.
    private var folders: [(path: String, mode: UInt32)] {
        let folders = context.folders
        return [
            (folders.config.source, 0o755), (folders.secret.source, 0o755), (folders.temp.source, 0o777),
            (folders.work.source, 0o777),
        ]
    }

    private func contractFiles() throws -> [IncarnationDraft.File] {
        let configs = try context.request.configs(context.content).map { name, bytes in
            IncarnationDraft.File(path: "\(context.folders.config.source)/\(name)", bytes: bytes, mode: 0o444)
        }
        let secrets = context.secrets.files.sorted { $0.key < $1.key }.map { name, bytes in
            IncarnationDraft.File(path: "\(context.folders.secret.source)/\(name)", bytes: bytes, mode: 0o444)
        }
        return configs + secrets
    }

    /// The search path is the image's own unless the manifest gives one.
    private func variables() throws -> [String: String] {
        let environment = RuntimeEnvironment(
            instance: context.request.instance,
            spec: context.request.spec,
            job: context.request.job,
            directories: .contract
        )
        return try environment.variables(
            user: context.host.variables["USER"] ?? "",
            path: nil,
            stack: [:],
            secrets: context.secrets.variables
        )
    }

    /// Values are never arguments, which everybody can read: the engine finds them in its own environment, or in a
    /// file where they would change what the engine itself does.
    private func split(_ variables: [String: String]) throws -> (passed: [String: String], filed: [String: String]) {
        let filed = variables.filter { ContainerEngine.isOwnVariable($0.key) }
        for (key, value) in filed where value.contains(where: \.isNewline) {
            throw ExecutorError(
                .invalidValue,
                "cannot run \(context.request.title): the variable \(key) has several lines",
                hint: "give it another name"
            )
        }
        return (variables.filter { !ContainerEngine.isOwnVariable($0.key) }, filed)
    }

    private func ensureImage(_ engine: ContainerEngine) async throws {
        let store = ImageStore(engine: engine)
        guard let name = spec.imagePullSecret else {
            return try await store.ensure(image, loginFolder: nil, for: context.request.title)
        }
        let secret = try SecretValues(
            SecretProjection.find(
                name,
                workspace: context.request.resource.workspace,
                resources: context.resources
            ),
            content: context.content
        )
        guard let login = secret.values[Self.loginKey] else {
            throw ExecutorError(
                .missingSecretKey,
                "cannot use \(secret.resource) to get images: it has no key '\(Self.loginKey)'"
            )
        }
        let folder = context.files.registryLogin
        let file = IncarnationDraft.File(
            path: "\(folder)/config.json",
            bytes: login,
            mode: 0o600
        )
        do throws(SystemError) {
            // Nothing needs it after the pull, so it is not synced.
            var changes = UnsyncedChanges()
            try file.write(noting: &changes)
        } catch {
            throw ExecutorError(error, of: context.request.resource)
        }
        try await store.ensure(image, loginFolder: folder, for: context.request.title)
    }

    /// The one key of a secret of type `cloud-kernel-image-pull`.
    private static let loginKey = ".dockerconfigjson"
}
