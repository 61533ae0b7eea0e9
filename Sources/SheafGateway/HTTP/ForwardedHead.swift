import NIOHTTP1
import SheafSupervision

/// What of the heads of requests and responses is passed on, and what is only between two neighbours.
enum ForwardedHead {
    /// Such headers are about one connection, and the next one has its own.
    private static let hopByHop = [
        "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "http2-settings",
    ]

    /// A request as the service is to see it.
    ///
    /// - Parameters:
    ///   - head: As the client sent it, with the path and the query as its target.
    ///   - ingress: The part of the URLs that leads to the service.
    ///   - client: The client's address.
    ///   - isUpgrade: Whether the connection may change to another protocol.
    /// - Returns: The head, to be followed by the body as it comes.
    static func request(
        _ head: HTTPRequestHead,
        through ingress: GatewayRoute.Ingress,
        from client: String,
        isUpgrade: Bool
    ) -> HTTPRequestHead {
        var headers = passedOn(head.headers)
        if isUpgrade, let protocols = head.headers.first(name: "upgrade") {
            headers.add(name: "connection", value: "upgrade")
            headers.add(name: "upgrade", value: protocols)
        } else {
            // A connection for each request: one that is kept could end just as it is used again.
            headers.add(name: "connection", value: "close")
        }
        if head.isChunked { headers.add(name: "transfer-encoding", value: "chunked") }
        let host = head.headers.first(name: "host")
        if host == nil { headers.add(name: "host", value: "127.0.0.1") }
        let before = head.headers[canonicalForm: "x-forwarded-for"].map(String.init)
        headers.replaceOrAdd(name: "x-forwarded-for", value: (before + [client]).joined(separator: ", "))
        if !headers.contains(name: "x-forwarded-proto") { headers.add(name: "x-forwarded-proto", value: "http") }
        if let host, !headers.contains(name: "x-forwarded-host") { headers.add(name: "x-forwarded-host", value: host) }
        headers.remove(name: "x-forwarded-prefix")
        if ingress.stripsPath, ingress.path != "/" { headers.add(name: "x-forwarded-prefix", value: ingress.path) }
        let target = ingress.target(of: head.uri)
        return HTTPRequestHead(version: .http1_1, method: head.method, uri: target, headers: headers)
    }

    /// A response as the client is to see it, and whether the connection ends after it.
    static func response(
        _ head: HTTPResponseHead,
        to request: HTTPRequestHead,
        keepingAlive: Bool
    ) -> (head: HTTPResponseHead, closes: Bool) {
        var closes = !keepingAlive
        var headers = passedOn(head.headers)
        if hasNoBody(head, to: request) {
            if head.status.code != 304, request.method != .HEAD { headers.remove(name: "content-length") }
        } else if !headers.contains(name: "content-length") {
            // Its end is told by the connection's, or chunk by chunk.
            if request.knowsChunks {
                headers.add(name: "transfer-encoding", value: "chunked")
            } else {
                closes = true
            }
        }
        if closes {
            headers.add(name: "connection", value: "close")
        } else if !request.knowsChunks {
            headers.add(name: "connection", value: "keep-alive")
        }
        let version = request.knowsChunks ? HTTPVersion.http1_1 : .http1_0
        return (HTTPResponseHead(version: version, status: head.status, headers: headers), closes)
    }

    /// A response by which a service agrees to change to another protocol.
    static func upgrade(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var headers = passedOn(head.headers)
        headers.add(name: "connection", value: "upgrade")
        if let protocols = head.headers.first(name: "upgrade") { headers.add(name: "upgrade", value: protocols) }
        return HTTPResponseHead(version: .http1_1, status: head.status, headers: headers)
    }

    private static func hasNoBody(_ head: HTTPResponseHead, to request: HTTPRequestHead) -> Bool {
        request.method == .HEAD || !head.status.mayHaveResponseBody
    }

    /// All headers but those that are about the connection, by custom or because it says so itself.
    private static func passedOn(_ headers: HTTPHeaders) -> HTTPHeaders {
        let named = headers[canonicalForm: "connection"].map { $0.lowercased() }
        var headers = headers
        for name in hopByHop + named { headers.remove(name: name) }
        return headers
    }
}

extension HTTPRequestHead {
    /// Whether the client speaks HTTP/1.1: it takes chunks, their trailers, and responses before the final one.
    var knowsChunks: Bool { version.minor >= 1 }

    var isChunked: Bool { headers[canonicalForm: "transfer-encoding"].contains { $0.lowercased() == "chunked" } }

    /// Whether it may be sent again when nothing is known of what became of it.
    var isIdempotent: Bool { [.GET, .HEAD, .OPTIONS, .PUT, .DELETE, .TRACE].contains(method) }

    /// Whether the client asks to go on with another protocol that the gateway passes through.
    var isUpgrade: Bool {
        guard let wanted = headers.first(name: "upgrade"), wanted.lowercased() != "h2c" else { return false }
        return headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// The target without scheme and host, which a client that takes the gateway for a proxy sends; nil for none.
    var localTarget: String? {
        if uri.hasPrefix("/") { return uri }
        let scheme = "http://"
        guard uri.lowercased().hasPrefix(scheme) else { return nil }
        let rest = uri.dropFirst(scheme.count)
        guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[end] == "/" ? String(rest[end...]) : "/\(rest[end...])"
    }
}
