import SheafModel
import SheafSupervision

// The words of the engine's command
extension ContainerProcess {
    func runArguments(_ engine: ContainerEngine, _ image: ResolvedImage) -> [String] {
        var arguments = ["run"] + (engine.removesEnded ? ["--rm"] : []) + ["--name", name.text, "--pull=never"]
        arguments += name.labels.flatMap { ["--label", $0] } + engine.runFlags
        if image.hasHealthCheck { arguments += ["--label", ProcessPlan.healthLabel] }
        switch engine.kind {
        case .podman:
            // Labels of SELinux would have to be changed on the user's own folders otherwise.
            arguments += ["--security-opt", "label=disable"]
            // Its output goes straight into the log of the process, and no second log grows beside that.
            arguments += ["--log-driver=passthrough"]
            // What a killed client has left gives way, should its cleanup have failed.
            arguments += ["--replace"]
            // Its timers are units of systemd, which is not everywhere; Sheaf asks in time itself.
            if image.hasHealthCheck { arguments += ["--health-interval=disable"] }
        case .docker:
            arguments += ["--security-opt", "label=disable", "--log-driver=none"]
        }
        return arguments
    }

    /// Services are published on the loopback address only; what has no port shares the host's network, where it finds
    /// the services of other workloads at 127.0.0.1.
    func networkArguments(_ engine: ContainerEngine) throws -> [String] {
        let ports = try context.request.ports()
        guard !ports.isEmpty else { return ["--network=host"] + nameArguments }
        let published = ports.flatMap { ["--publish", "127.0.0.1:\($0.outer):\($0.inner)"] }
        let named = try context.namedServices().sorted()
        guard !named.isEmpty, engine.mayReachHost else { return published }
        return published + [ContainerEngine.hostNetwork]
            + named.flatMap { ["--add-host", "\($0):\(ContainerEngine.hostAddress)"] }
    }

    /// What shares the host's network finds services by their names where they are.
    private var nameArguments: [String] {
        let names = ServiceNames(home: context.home)
        return ["--mount", "type=bind,source=\(Self.field(names.file)),target=\(ServiceNames.target),readonly"]
    }

    var limitArguments: [String] {
        let limits = context.request.spec.resources?.limits
        let memory = Quantity.memory(limits?.memory).map { [ProcessPlan.memoryFlag, "\($0)b"] } ?? []
        return memory + (Quantity.cpu(limits?.cpu).map { ["--cpus", String($0)] } ?? [])
    }

    func mountArguments(_ folder: RuntimeFolder) -> [String] {
        let fields = ["type=bind", "source=\(folder.source)", "target=\(folder.target)"]
        return ["--mount", (fields + (folder.isReadOnly ? ["readonly"] : [])).map(Self.field).joined(separator: ",")]
    }

    /// A field of a line of comma-separated values, which is what engines read.
    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
        return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }

    /// The image by what it is, so that each start of the incarnation runs the same.
    func imageArguments(_ image: ResolvedImage) throws -> [String] {
        let arguments = try context.request.fillingPort(in: spec.arguments, isInside: true)
        let command = try context.request.fillingPort(in: spec.command, isInside: true)
        guard let entry = command.first else { return [image.id] + arguments }
        return ["--entrypoint", entry, image.id] + command.dropFirst() + arguments
    }
}

extension ProcessPlan {
    fileprivate static let memoryFlag = "--memory"
    /// Says that the image brings a health check.
    fileprivate static let healthLabel = "sheaf.health=image"

    var hasHealthCheck: Bool { engine != nil && arguments.contains(Self.healthLabel) }

    /// How much memory the container of this process may have; nil where nothing says so.
    var containerMemory: ByteSize? {
        guard engine != nil, let place = arguments.firstIndex(of: Self.memoryFlag), place + 1 < arguments.count else {
            return nil
        }
        return Int64(arguments[place + 1].dropLast()).map(ByteSize.init(bytes:))
    }
}
