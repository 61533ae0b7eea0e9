import Glibc
import SheafSystem
import Synchronization

/// Sends requests at a fixed rate, whether or not earlier ones have been answered, until it is told to stop.
///
/// Each request has a connection of its own, so that one which cannot be made shows as well as one that is cut off.
final class LoadGenerator: Sendable {
    /// What became of all requests.
    struct Outcome: Sendable {
        /// How often each body came with the status 200.
        var bodies: [String: Int] = [:]
        /// What came of the others.
        var failures: [String] = []

        var count: Int { bodies.values.reduce(0, +) + failures.count }
    }

    private let port: Int
    private let path: String
    private let outcome = Mutex(Outcome())
    private let isStopped = Atomic<Bool>(false)
    private let threads = Mutex<[BlockingThread]>([])

    /// Begins to send.
    ///
    /// - Parameters:
    ///   - rate: Requests a second.
    ///   - port: Of the loopback address.
    ///   - path: What is asked for.
    /// - Throws: `SystemError` when there are no more threads.
    init(rate: Int, port: Int, path: String) throws {
        (self.port, self.path) = (port, path)
        // Enough threads that a request which waits does not keep the next one from its time.
        let count = 20
        let interval = Duration.seconds(1) * count / rate
        for position in 0..<count {
            let first = ContinuousClock.now + interval * position / count
            let thread = try BlockingThread.start { [self] in run(from: first, every: interval) }
            threads.withLock { $0.append(thread) }
        }
    }

    /// What is known so far.
    var current: Outcome { outcome.withLock { $0 } }

    /// Stops, and waits for the last responses.
    func stop() -> Outcome {
        isStopped.store(true, ordering: .relaxed)
        for thread in threads.withLock({ $0 }) { thread.join() }
        threads.withLock { $0 = [] }
        return current
    }

    private func run(from first: ContinuousClock.Instant, every interval: Duration) {
        var next = first
        while !isStopped.load(ordering: .relaxed) {
            let pause = (next - .now).components
            // The rate is what the test asks for; no event is waited for.
            if pause.seconds >= 0, pause.attoseconds > 0 {
                usleep(UInt32(pause.seconds * 1_000_000 + pause.attoseconds / 1_000_000_000_000))
            }
            next += interval
            let result = request()
            outcome.withLock { outcome in
                switch result {
                case .success(let body): outcome.bodies[body, default: 0] += 1
                case .failure(let failure): outcome.failures.append(failure.reason)
                }
            }
        }
    }

    private struct Failure: Error { var reason: String }

    private func request() -> Result<String, Failure> {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .failure(Failure(reason: "no socket: \(errno)")) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 100, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return .failure(Failure(reason: "cannot connect: \(errno)")) }
        let text = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
            return .failure(Failure(reason: "cannot send: \(errno)"))
        }
        return response(on: descriptor)
    }

    private func response(on descriptor: Int32) -> Result<String, Failure> {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { return .failure(Failure(reason: "cannot receive: \(errno)")) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        let response = String(decoding: bytes, as: UTF8.self)
        let end = response.firstRange(of: "\r\n\r\n")
        guard response.hasPrefix("HTTP/1.1 200 ") || response.hasPrefix("HTTP/1.0 200 "), let end else {
            return .failure(Failure(reason: "answer: \(response.prefix(300))"))
        }
        return .success(String(response[end.upperBound...]))
    }
}
