import CLinux
import Glibc
import SheafSystem

/// Looks at ports of 127.0.0.1 without disturbing who has them.
package enum PortProbe {
    /// Whether somebody accepts connections on a port of the loopback address.
    package static func accepts(_ port: Int) -> Bool {
        withSocket { descriptor in
            if !withAddress(port, { connect(descriptor, $0, $1) == 0 }) {
                guard errno == EINPROGRESS else { return false }
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, answerTime) == 1, entry.revents & Int16(POLLERR | POLLHUP) == 0 else {
                    return false
                }
            }
            return !isConnectedToItself(descriptor, port: port)
        } ?? false
    }

    /// In milliseconds; a service on the same machine that answers later has a full queue and is not well.
    private static let answerTime: Int32 = 100

    /// Whether the kernel happened to choose the port itself as the near end, which connects without any server.
    private static func isConnectedToItself(_ descriptor: Int32, port: Int) -> Bool {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        return isKnown && in_port_t(bigEndian: address.sin_port) == in_port_t(truncatingIfNeeded: port)
    }

    /// What a try to listen on a port gives.
    package enum Availability: Hashable, Sendable {
        case free
        case taken
        /// The user may not listen there.
        case forbidden
    }

    /// Whether a service could listen on a port of the loopback address now.
    package static func availability(_ port: Int) -> Availability {
        withSocket { descriptor in
            var on: Int32 = 1
            // As servers do, so that connections of a service that has just ended do not count.
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            if withAddress(port, { bind(descriptor, $0, $1) == 0 }) { return .free }
            return errno == EACCES ? .forbidden : .taken
        } ?? .taken
    }

    /// Whether anything on this machine listens on a port, on whatever address.
    package static func hasListener(_ port: Int) -> Bool { !listeningSockets(on: port, in: "/proc/net").isEmpty }

    /// The process that listens on a port, as far as this user may see it.
    package static func holder(of port: Int) -> (pid: Int32, command: String)? {
        let sockets = listeningSockets(on: port, in: "/proc/net")
        guard !sockets.isEmpty else { return nil }
        for pid in ProcessTable.pids() {
            for descriptor in ProcessTable.numbers(in: "/proc/\(pid)/fd") {
                guard let target = link("/proc/\(pid)/fd/\(descriptor)"), sockets.contains(target) else { continue }
                // Only the program: arguments of a stranger may hold what must not be shown.
                return (pid, TextFile.read("/proc/\(pid)/cmdline")?.split(separator: "\0").first.map(String.init) ?? "")
            }
        }
        return nil
    }

    /// Whether a process or one below an ancestor listens on a port in the network of this process.
    ///
    /// - Parameters:
    ///   - port: Of whatever address.
    ///   - ancestor: Is not looked at itself.
    ///   - likely: Is looked at first, which is all the work that most services need.
    /// - Returns: Also true when none of them is seen to, but the sockets of one cannot be seen, as those of another user.
    package static func isListening(on port: Int, below ancestor: Int32, likely: Int32?) -> Bool {
        let sockets = listeningSockets(on: port, in: "/proc/net")
        guard !sockets.isEmpty else { return false }
        if let likely, holds(likely, oneOf: sockets) == true { return true }
        let answers = ProcessTable.descendants(of: ancestor).lazy.map { holds($0, oneOf: sockets) }
        var isHidden = false
        for answer in answers {
            if answer == true { return true }
            isHidden = isHidden || answer == nil
        }
        return isHidden
    }

    /// - Returns: nil when this user may not see the descriptors of the process.
    private static func holds(_ pid: Int32, oneOf sockets: Set<String>) -> Bool? {
        let folder = "/proc/\(pid)/fd"
        if access(folder, R_OK | X_OK) != 0 { return errno == EACCES ? nil : false }
        for descriptor in ProcessTable.numbers(in: folder) {
            if let target = link("\(folder)/\(descriptor)") {
                if sockets.contains(target) { return true }
            } else if errno == EACCES {
                return nil
            }
        }
        return false
    }

    /// Whether something listens on a port in a network of its own, that of a process below an ancestor.
    ///
    /// Engines hold the port of a container on the host while the container starts, so that a connection proves nothing.
    package static func isServed(_ port: Int, below ancestor: Int32) -> Bool {
        let own = link("/proc/self/ns/net")
        var networks: Set<String> = []
        for pid in ProcessTable.descendants(of: ancestor) {
            guard let network = link("/proc/\(pid)/ns/net"), network != own, networks.insert(network).inserted else {
                continue
            }
            if !listeningSockets(on: port, in: "/proc/\(pid)/net").isEmpty { return true }
        }
        return false
    }

    /// The links, such as `socket:[123]`, of the sockets that listen on a port of any address.
    private static func listeningSockets(on port: Int, in folder: String) -> Set<String> {
        var sockets: Set<String> = []
        for file in ["\(folder)/tcp", "\(folder)/tcp6"] {
            for line in (TextFile.read(file) ?? "").split(separator: "\n").dropFirst() {
                // Fields: slot, local address, remote address, state (0A is LISTEN), ..., inode as the tenth.
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == "0A", let hex = fields[1].split(separator: ":").last,
                    Int(hex, radix: 16) == port
                else { continue }
                sockets.insert("socket:[\(fields[9])]")
            }
        }
        return sockets
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    private static func withSocket<Result>(_ body: (Int32) -> Result) -> Result? {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return body(descriptor)
    }

    /// Runs a body with the loopback address and a port, as the calls for sockets take it.
    static func withAddress<Result>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result)
        -> Result
    {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
