/// How many instances of a service or a worker run, and whether the gateway stands before them.
///
/// Everything follows from the resource alone, so that a plan knows it as well as the executor.
extension ResolvedResource {
    /// The ingress of a service, where it has one.
    package var ingress: (path: String, stripsPath: Bool)? {
        guard id.kind == .service, let ingress = section["ingress"], ingress["enabled"] == .bool(true),
            let path = ingress["path"]?.stringValue
        else { return nil }
        let trimmed = path.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
        return ("/\(trimmed)", ingress["stripPath"] == .bool(true))
    }

    /// Whether the gateway listens on the service's port in its place, and passes on to instances with ports of their own.
    package var isFronted: Bool { wantsFront && canMove }

    /// How many instances the manifest wants to run at first.
    package var wantedInstances: Int {
        guard id.kind == .service || id.kind == .worker else { return 0 }
        let replicas = section["replicas"]?.integerValue.map { Int($0) } ?? 1
        guard let scaling = autoScaling else { return max(replicas, 0) }
        return min(max(replicas, scaling.lowerBound), scaling.upperBound)
    }

    /// How many instances run at first on this machine; those of a service that needs its own port are one at most.
    package var instanceCount: Int {
        id.kind == .service && !isFronted ? min(wantedInstances, 1) : wantedInstances
    }

    /// How many there may be at the same moment.
    package var mostInstances: Int { scaling?.bounds.upperBound ?? instanceCount }

    /// How the number of instances follows their load on this machine; nil where it stays as it is.
    package var scaling: InstanceScaling? {
        guard let bounds = autoScaling, instanceCount > 0, id.kind == .worker || isFronted else { return nil }
        let least = max(bounds.lowerBound, 1)
        guard bounds.upperBound > least, let section = section["autoScaling"] else { return nil }
        return InstanceScaling(section, bounds: least...bounds.upperBound)
    }

    /// The bounds between which the load decides and `replicas` begins; nil where there are none.
    package var autoScaling: ClosedRange<Int>? {
        guard let scaling = section["autoScaling"], scaling["enabled"] == .bool(true) else { return nil }
        let least = max(scaling["minReplicas"]?.integerValue.map { Int($0) } ?? 1, 0)
        let most = scaling["maxReplicas"]?.integerValue.map { Int($0) } ?? least
        return least...max(least, most)
    }

    /// What of the manifest has another effect on one machine, or none, in sentences; empty where all is as it says.
    package var limitsOfOneMachine: [(message: String, help: String)] {
        guard id.kind == .service || id.kind == .worker else { return [] }
        var limits: [(message: String, help: String)] = []
        if wantsFront, !canMove {
            let remedy =
                "let its command listen on $(\(Self.portVariable)), or give '\(Self.portVariable)' in its envs"
            let most = max(wantedInstances, autoScaling?.upperBound ?? 0)
            if most > 1 {
                let count = "one instance instead of \(autoScaling == nil ? "" : "up to ")\(most)"
                limits.append(("\(id) gets \(count): all would want its port", remedy))
            }
            if update == .blueGreen {
                let what = "the new instance of \(id) cannot run beside the old one"
                limits.append(("\(what): both want its port", remedy))
            }
        }
        if section["highAvailabilityConfig"] ?? .null != .null {
            let what = "highAvailabilityConfig of \(id) is without effect"
            limits.append(("\(what): there is one machine", "leave it as it is, for the platform"))
        }
        return limits
    }

    /// Tells an instance which port to listen on.
    package static let portVariable = "PORT"
    /// The same, under a name that no program takes for something else.
    package static let longPortVariable = "DATAOS_SERVICE_PORT"

    private var wantsFront: Bool {
        guard id.kind == .service, update != .handover else { return false }
        return ingress != nil || wantedInstances > 1 || (autoScaling?.upperBound ?? 0) > 1 || update == .blueGreen
    }

    /// Whether an instance may listen on another port than the service's own.
    ///
    /// A container has its port inside, and SteamPipe takes it as an option. A process of the host has to be told, and
    /// its manifest has to show that it listens: by naming the variable, or by the bundle's word.
    private var canMove: Bool {
        let stack = section["stack"]?.stringValue.flatMap(BuiltInStack.init(reference:))
        if stack == .steampipe { return true }
        guard stack == .container else { return false }
        let spec = section["stackSpec"]
        if spec?["image"]?.stringValue?.isEmpty == false { return true }
        if update == .blueGreen { return true }
        // Of further ports nobody can tell whether they are asked for.
        guard (section["servicePorts"]?.arrayValue ?? []).isEmpty else { return false }
        let variables = section["envs"]?.objectValue ?? [:]
        if variables[Self.portVariable] != nil || variables[Self.longPortVariable] != nil { return true }
        return [spec?["command"], spec?["arguments"], section["envs"]].contains { $0?.namesPort == true }
    }
}

extension JSONValue {
    /// Whether a text in it names the variable with the port, as in `$(PORT)`.
    fileprivate var namesPort: Bool {
        switch self {
        case .string(let text): PortText.isNamed(in: text)
        case .array(let elements): elements.contains(where: \.namesPort)
        case .object(let members): members.values.contains(where: \.namesPort)
        case .null, .bool, .integer, .number: false
        }
    }
}
