import NIOHTTP1

/// What the gateway itself says.
struct Answer: Hashable {
    var status: HTTPResponseStatus
    var type = "text/plain; charset=utf-8"
    var text: String

    /// The gateway is well.
    static func health(of table: RouteTable) -> Answer {
        Answer(status: .ok, type: "application/json", text: #"{"status":"ok","routes":\#(table.routes.count)}"# + "\n")
    }

    static let healthPath = "/healthz"

    /// No service has the path.
    static func notFound(_ path: String, in table: RouteTable) -> Answer {
        let known = table.paths.map { "  \($0)\n" }.joined()
        let paths = known.isEmpty ? "no service has an ingress\n" : "the paths of services begin with:\n\(known)"
        return Answer(status: .notFound, text: "sheaf: no service has the path \(path.prefix(200))\n\(paths)")
    }

    static let badRequest = Answer(status: .badRequest, text: "sheaf: this is no valid HTTP request\n")

    static let noProxy = Answer(
        status: .methodNotAllowed,
        text: "sheaf: this is the gateway to services, and no proxy to other hosts\n"
    )

    /// No instance accepts a connection.
    static func unavailable(_ service: String, _ reason: String) -> Answer {
        Answer(
            status: .serviceUnavailable,
            text: "sheaf: no instance of \(service) accepts connections (\(reason))\nsee: sheaf logs \(service)\n"
        )
    }

    /// An instance took the request and gave no response.
    static func broken(_ service: String) -> Answer {
        Answer(
            status: .badGateway,
            text: "sheaf: \(service) closed the connection without a response\nsee: sheaf logs \(service)\n"
        )
    }

    func head(closes: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders([("content-type", type), ("content-length", String(text.utf8.count))])
        if closes { headers.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
