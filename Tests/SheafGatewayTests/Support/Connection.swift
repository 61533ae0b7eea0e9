import Glibc

/// One end of a TCP connection on the loopback address, with calls that block.
final class Connection: Sendable {
    struct Failure: Error { var what: String }

    let descriptor: Int32

    /// Long beyond what anything takes, so that a test fails instead of hanging.
    private static let limit = 600

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var time = timeval(tv_sec: Self.limit, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// Connects to a port.
    convenience init(to port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(what: "socket") }
        let isConnected = LoopbackAddress.with(port) { connect(descriptor, $0, $1) == 0 }
        guard isConnected else {
            close(descriptor)
            throw Failure(what: "connect to \(port): \(errno)")
        }
        self.init(descriptor: descriptor)
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: sent),
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            sent += count
        }
    }

    /// The next bytes, at most so many; empty at the end of the stream.
    func receive(atMost limit: Int = 65_536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        guard count >= 0 else { throw Failure(what: "receive: \(errno)") }
        return Array(buffer[..<count])
    }

    /// Everything up to and with a text.
    func receive(through end: String) throws -> String {
        var bytes: [UInt8] = []
        while !bytes.reversed().starts(with: end.utf8.reversed()) {
            let next = try receive(atMost: 1)
            guard !next.isEmpty else { throw Failure(what: "ended after \(String(decoding: bytes, as: UTF8.self))") }
            bytes += next
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// So many bytes.
    func receive(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let next = try receive(atMost: min(count - bytes.count, 65_536))
            guard !next.isEmpty else { throw Failure(what: "ended after \(bytes.count) bytes") }
            bytes += next
        }
        return bytes
    }

    /// Everything until the other end says no more.
    func receiveAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let next = try receive()
            if next.isEmpty { return bytes }
            bytes += next
        }
    }

    /// Says that nothing more is sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Sends a request and reads the response with its body of known length.
    func exchange(_ request: String) throws -> Response {
        try send(request)
        return try receiveResponse()
    }

    func receiveResponse() throws -> Response {
        let head = try receive(through: "\r\n\r\n")
        let length = Response.header("content-length", in: head).flatMap { Int($0) } ?? 0
        let body = length == 0 ? [] : try receive(exactly: length)
        return Response(head: head, body: String(decoding: body, as: UTF8.self))
    }

    deinit { close(descriptor) }
}

/// A response as it came.
struct Response {
    var head: String
    var body: String

    var status: Int { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }

    static func header(_ name: String, in head: String) -> String? {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name else { continue }
            return parts[1].drop { $0 == " " }.description
        }
        return nil
    }

    subscript(name: String) -> String? { Self.header(name, in: head) }
}

/// Addresses for the calls of the kernel.
enum LoopbackAddress {
    static func with<Result>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
