import SheafModel

extension WorkloadRequest {
    /// A port of a service as the service's manifest has it.
    struct ServicePort: Hashable {
        /// Nil for the main one.
        var name: String?
        /// Where others reach it.
        var number: Int
        /// Where a process in a container listens.
        var target: Int
    }

    /// The ports of a service, the main one first; none for other kinds.
    ///
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    func servicePorts() throws -> [ServicePort] {
        guard let main = try port() else { return [] }
        let all = (instance.resource.section["servicePorts"]?.arrayValue ?? []).compactMap { entry -> ServicePort? in
            guard let number = entry["servicePort"]?.integerValue.map({ Int($0) }) else { return nil }
            let target = entry["targetPort"]?.integerValue.map { Int($0) } ?? number
            return ServicePort(name: entry["name"]?.scalarText, number: number, target: target)
        }
        let first = ServicePort(name: nil, number: main, target: all.first { $0.number == main }?.target ?? main)
        return all.reduce(into: [first]) { ports, other in
            if !ports.contains(where: { $0.number == other.number }) { ports.append(other) }
        }
    }

    /// Where an instance is to be reached and to listen, in the order of the service's ports.
    ///
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    func ports() throws -> [ServedPort] {
        let isContainer = spec.stackSpec?["image"] != nil
        return try servicePorts().enumerated().map { position, port in
            let assigned = assignedPorts.indices.contains(position) ? assignedPorts[position] : nil
            if isContainer { return ServedPort(outer: assigned ?? port.number, inner: port.target) }
            // Nothing stands between a process of the host and its ports.
            let own = assigned ?? port.target
            return ServedPort(outer: own, inner: own)
        }
    }

    /// Where an instance listens on the host: the port that it was given, else the service's own; nil for other kinds.
    ///
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    func listeningPort() throws -> Int? { try assignedPorts.first ?? port() }

    /// The variables of the runtime contract that tell a service where to listen.
    ///
    /// - Parameter isInside: Whether it runs in a container, where it has its ports for itself.
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    /// - Returns: Nothing for other kinds.
    func portVariables(isInside: Bool) throws -> [String: String] {
        var variables: [String: String] = [:]
        for (position, port) in try servicePorts().enumerated() {
            let assigned = assignedPorts.indices.contains(position) ? assignedPorts[position] : port.number
            let number = String(isInside ? port.target : assigned)
            for name in [ResolvedResource.portVariable, ResolvedResource.longPortVariable] {
                variables[port.name.map { "\(name)_\(Self.variable($0))" } ?? name] = number
            }
        }
        return variables
    }

    /// A name as part of a variable's name: `admin-api` is `ADMIN_API`.
    private static func variable(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// The variables with the port in them: of its own accord, then where others name it.
    ///
    /// - Parameters:
    ///   - variables: All others.
    ///   - isInside: As in `portVariables(isInside:)`.
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    /// - Returns: All of them.
    func addingPorts(to variables: [String: String], isInside: Bool) throws -> [String: String] {
        let ports = try portVariables(isInside: isInside)
        guard let main = ports[ResolvedResource.portVariable].flatMap({ Int($0) }) else { return variables }
        // What the manifest itself says holds, unless the instance has another port than the manifest knows.
        let isMoved = !assignedPorts.isEmpty && !isInside
        return variables.merging(ports) { isMoved ? $1 : $0 }.mapValues { PortText.filled($0, port: main) }
    }

    /// The words of a command with the port in place of its name.
    ///
    /// - Parameters:
    ///   - words: Of the manifest.
    ///   - isInside: As in `portVariables(isInside:)`.
    /// - Throws: `ExecutorError` with `missing-port` for a service without one.
    /// - Returns: As many words.
    func fillingPort(in words: [String], isInside: Bool) throws -> [String] {
        guard let main = try servicePorts().first, let port = isInside ? main.target : try listeningPort() else {
            return words
        }
        return words.map { PortText.filled($0, port: port) }
    }
}
