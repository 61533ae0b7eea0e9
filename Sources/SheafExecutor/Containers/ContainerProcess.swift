import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

/// A workload that runs in a container, with the engine's foreground program as the supervised process.
struct ContainerProcess {
    let context: StackContext
    let spec: ContainerStackSpec
    /// As the manifest writes it.
    let image: String

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
        let resolved = try await resolveImage(engine)
        let variables = try variables()
        let (passed, filed) = try split(variables)
        let environmentFile = context.files.environmentFile(of: request.process)
        var arguments = [engine.program] + engine.hostFlags + runArguments(engine, resolved)
        arguments += try networkArguments(engine)
        arguments += limitArguments
        arguments += context.folders.all.flatMap(mountArguments)
        if !filed.isEmpty { arguments += ["--env-file", environmentFile] }
        arguments += passed.keys.sorted().flatMap { ["--env", $0] }
        arguments += try imageArguments(resolved)
        let plan = ProcessPlan(
            name: request.process,
            arguments: arguments,
            environment: engine.environment.merging(passed) { $1 },
            logPath: context.files.log(of: request.process),
            restart: request.restart,
            dependencies: request.dependencies,
            group: request.group,
            cleanup: [engine.program] + engine.hostFlags + engine.removal(of: name.text),
            cleanupFrom: engine.firstCleanup
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
            secretValues: context.secretValues(among: variables),
            // What the bundle carries is the same whenever it is made anew.
            image: BundledImage(image) == nil ? (image, resolved) : nil
        )
    }

    /// All instances of a service run one image.
    var imageName: String {
        ContainerName(home: context.home, instance: context.request.instance, job: context.request.job).image
    }

    var name: ContainerName {
        ContainerName(
            home: context.home,
            instance: context.request.instance,
            job: context.request.job ?? context.request.replica.map(String.init)
        )
    }
}

extension ProcessPlan {
    /// What runs the container that this process is; nil for a process of the host.
    var engine: ContainerEngine.Kind? {
        // Only containers need a cleanup.
        cleanup.first.flatMap { $0.split(separator: "/").last }.flatMap { ContainerEngine.Kind(rawValue: String($0)) }
    }
}
