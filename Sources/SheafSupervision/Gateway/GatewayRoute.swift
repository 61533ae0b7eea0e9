/// How one service is reached through the gateway: the content of a file in `routes`.
package struct GatewayRoute: Hashable, Sendable {
    /// A part of the URLs of the HTTP ingress.
    package struct Ingress: Hashable, Sendable {
        /// The first part of the path, from `/`, without a slash at its end unless it is all.
        package var path: String
        /// Whether it is taken away before the request is passed on.
        package var stripsPath: Bool

        package init(path: String, stripsPath: Bool) {
            self.path = path
            self.stripsPath = stripsPath
        }
    }

    /// A port that the gateway listens on in the service's place, and those of the instances behind it.
    package struct Forward: Hashable, Sendable {
        package var port: Int
        package var instances: [Int]

        package init(port: Int, instances: [Int]) {
            self.port = port
            self.instances = instances
        }
    }

    /// The name of its file; no other route has it.
    package var id: String
    /// How people call the service.
    package var service: String
    /// Equal for equal content; the gateway says which one is in effect.
    package var version: String
    /// Of the incarnation that the route was made for.
    package var generation: Int
    package var ingress: Ingress?
    /// Where the requests of the ingress go; one of them is chosen for each.
    package var backends: [Int]
    package var forwards: [Forward]
    /// The file that says which of the instances are to be used, where their number follows the load, see `ServingPorts`.
    package var serving: String?

    package init(
        id: String,
        service: String,
        version: String = "",
        generation: Int = 0,
        ingress: Ingress? = nil,
        backends: [Int] = [],
        forwards: [Forward] = [],
        serving: String? = nil
    ) {
        self.id = id
        self.service = service
        self.version = version
        self.generation = generation
        self.ingress = ingress
        self.backends = backends
        self.forwards = forwards
        self.serving = serving
    }

    private static let header = EscapedLines.Line("sheaf-route", "1")

    /// The route as the bytes of its file; equal routes give equal bytes.
    package func encoded() -> [UInt8] {
        var lines = [
            Self.header, .init("version", version), .init("service", service),
            .init("generation", String(generation)),
        ]
        if let ingress { lines.append(.init(ingress.stripsPath ? "strip" : "path", ingress.path)) }
        lines.append(.init("backends", Self.text(backends)))
        lines += forwards.map { .init("forward", Self.text([$0.port] + $0.instances)) }
        if let serving { lines.append(.init("serving", serving)) }
        return EscapedLines.encode(lines)
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Parameters:
    ///   - text: The whole file.
    ///   - id: The name of the file.
    /// - Throws: `FormatError` for another format.
    package init(decoding text: String, id: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no route of format 1") }
        self.init(id: id, service: id)
        for line in lines.dropFirst() {
            switch line.key {
            case "version": version = line.value
            case "service": service = line.value
            case "generation": generation = try Int(number: line.value)
            case "path": ingress = Ingress(path: line.value, stripsPath: false)
            case "strip": ingress = Ingress(path: line.value, stripsPath: true)
            case "backends": backends = try Self.numbers(line.value)
            case "forward":
                let ports = try Self.numbers(line.value)
                guard let port = ports.first else { throw FormatError("a forward names no port") }
                forwards.append(Forward(port: port, instances: Array(ports.dropFirst())))
            case "serving": serving = line.value
            default: throw FormatError("unknown key '\(line.key)'")
            }
        }
    }

    /// The ports of all instances behind it.
    package var instances: Set<Int> { Set(backends).union(forwards.flatMap(\.instances)) }

    /// The route with only some of its instances; with all of them where none would be left for a port.
    package func restricted(to ports: Set<Int>) -> GatewayRoute {
        func some(_ instances: [Int]) -> [Int] {
            let left = instances.filter(ports.contains)
            return left.isEmpty ? instances : left
        }
        var route = self
        route.backends = some(backends)
        for index in forwards.indices { route.forwards[index].instances = some(forwards[index].instances) }
        return route
    }

    private static func text(_ ports: [Int]) -> String { ports.map(String.init).joined(separator: " ") }

    private static func numbers(_ text: String) throws(FormatError) -> [Int] {
        var numbers: [Int] = []
        for word in text.words { numbers.append(try Int(number: word)) }
        return numbers
    }
}
