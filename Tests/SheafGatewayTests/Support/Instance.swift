import Glibc
import SheafSystem
import SheafTestSupport
import Synchronization

/// A server on the loopback address that does with each connection what a test says, on a thread for each.
final class Instance: Sendable {
    let port: Int
    private let descriptor: Int32
    private let accepted: Counter
    private let thread: BlockingThread

    /// Shared with the thread, which must not keep the server alive.
    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    /// What an accept fails for and the next one need not: other tests may have all descriptors for a moment.
    private static let passing = [EINTR, ECONNABORTED, EMFILE, ENFILE]

    init(port: Int? = nil, _ serve: @escaping @Sendable (Connection) throws -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let port = try port ?? FreePort.find()
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let isBound = LoopbackAddress.with(port) { bind(descriptor, $0, $1) == 0 }
        guard isBound, listen(descriptor, 2048) == 0 else { throw Connection.Failure(what: "listen on \(port)") }
        let accepted = Counter()
        (self.descriptor, self.port, self.accepted) = (descriptor, port, accepted)
        thread = try BlockingThread.start {
            while true {
                let client = accept(descriptor, nil, nil)
                if client < 0, Self.passing.contains(errno) { continue }
                guard client >= 0 else { return }
                // Children of other tests must not keep it open.
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                accepted.value.add(1, ordering: .relaxed)
                let connection = Connection(descriptor: client)
                // What a connection was cut off at is for its other end to judge.
                let thread = try? BlockingThread.start { try? serve(connection) }
                thread?.detach()
            }
        }
    }

    /// How many connections it has had.
    var connections: Int { accepted.value.load(ordering: .relaxed) }

    /// Answers each request with its own head as the body.
    static func mirror(_ name: String = "", port: Int? = nil) throws -> Instance {
        try Instance(port: port) { connection in
            let head = try connection.receive(through: "\r\n\r\n")
            let length = Response.header("content-length", in: head).flatMap { Int($0) } ?? 0
            if length > 0 { _ = try connection.receive(exactly: length) }
            let body = name.isEmpty ? head : name
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    /// Stops accepting; what is open stays.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit {
        stop()
        // The number must not become another server's while the thread still accepts by it.
        thread.join()
        close(descriptor)
    }
}
