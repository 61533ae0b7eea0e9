import Glibc
import Synchronization

/// Ports of the loopback address that nobody has.
package enum FreePort {
    package struct NoPort: Error {}

    /// Below those that the kernel gives to connections, which could take one between the search and its use.
    private static let range = 15_000...23_999
    private static let attempts = 1000
    private static let given = Mutex<Set<Int>>([])

    /// A port that is free now, and never the same twice in a test run.
    ///
    /// - Throws: `NoPort` when none can be found.
    package static func find() throws -> Int {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    /// A socket that has a port of its own.
    static func bound() throws -> (descriptor: Int32, port: Int) {
        for _ in 0..<attempts {
            let port = Int.random(in: range)
            guard given.withLock({ $0.insert(port).inserted }), let descriptor = bind(to: port) else { continue }
            return (descriptor, port)
        }
        throw NoPort()
    }

    private static func bind(to port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isBound { return descriptor }
        close(descriptor)
        return nil
    }
}

/// A port that somebody listens on, as long as this lives.
package final class TakenPort: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init() throws {
        (descriptor, port) = try FreePort.bound()
        guard listen(descriptor, 1) == 0 else { throw FreePort.NoPort() }
    }

    deinit { close(descriptor) }
}
