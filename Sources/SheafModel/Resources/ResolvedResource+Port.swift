extension ResolvedResource {
    /// The port of the machine that the resource serves on; nil for all but services.
    package var hostPort: Int? {
        guard id.kind == .service else { return nil }
        if let port = section["servicePort"]?.integerValue ?? furtherPorts.first { return Int(port) }
        let stack = section["stack"]?.stringValue.flatMap(BuiltInStack.init(reference:))
        return stack == .steampipe ? BuiltInStack.steampipePort : nil
    }

    /// Every port of the machine that the resource claims, the one that it serves on first, each once.
    package var hostPorts: [Int] {
        guard let port = hostPort else { return [] }
        let metrics = section["metricPort"]?.integerValue.map { [$0] } ?? []
        return (furtherPorts + metrics).map { Int($0) }.reduce(into: [port]) { ports, other in
            if !ports.contains(other) { ports.append(other) }
        }
    }

    /// The path at which it is reached from outside; nil where it is not.
    package var ingressPath: String? {
        guard id.kind == .service, let ingress = section["ingress"], ingress["enabled"] == .bool(true),
            let path = ingress["path"]?.stringValue
        else { return nil }
        let parts = path.split(separator: "/")
        return "/" + parts.joined(separator: "/")
    }

    private var furtherPorts: [Int64] {
        (section["servicePorts"]?.arrayValue ?? []).compactMap { $0["servicePort"]?.integerValue }
    }
}

extension BuiltInStack {
    /// The port of `steampipe service start` where nothing else is said.
    package static let steampipePort = 9193
}
