import CLinux
import Glibc
import SheafSystem
import Synchronization

/// Finds ports that nobody has, for instances and the gateway, and keeps them from being given twice.
///
/// A number is taken by binding a socket of that name in the kernel's own name space, which only one process of the
/// machine can, and which ends with the process. From then on the file `ports` of the incarnation names it, or the gateway
/// listens there.
final class PortPool: Sendable {
    private let taken = Mutex<[Int: Int32]>([:])

    /// Below what the kernel gives to connections, where a port could be in use just when an instance starts again.
    private static let range = 24_000..<32_768
    private static let kernelRange = "/proc/sys/net/ipv4/ip_local_port_range"

    /// Takes free ports.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - used: Those that instances have that may not run at this moment.
    /// - Returns: nil when there are not so many.
    func take(_ count: Int, besides used: Set<Int>) -> [Int]? {
        let range = Self.usable
        guard !range.isEmpty else { return nil }
        // Not from the start each time: a port that was just given up may still be called by somebody.
        let first = Int.random(in: range)
        var found: [Int] = []
        for offset in 0..<range.count where found.count < count {
            let port = range.lowerBound + (first - range.lowerBound + offset) % range.count
            if !used.contains(port), take(port) { found.append(port) }
        }
        return found.count == count ? found : nil
    }

    /// Takes a port, unless somebody listens there or has taken it.
    func take(_ port: Int) -> Bool { reserve(port) && PortProbe.availability(port) == .free }

    private static var usable: Range<Int> {
        let words = TextFile.read(kernelRange)?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } ?? []
        // Where the kernel gives away all of them, there is no better place.
        guard let first = words.first, first > range.lowerBound + 1000 else { return range }
        return range.lowerBound..<min(range.upperBound, first)
    }

    private func reserve(_ port: Int) -> Bool {
        taken.withLock { taken in
            guard taken[port] == nil, let descriptor = Self.bind(port) else { return false }
            taken[port] = descriptor
            return true
        }
    }

    /// Binds a socket whose name begins with NUL, so that it is no file.
    private static func bind(_ port: Int) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = [0] + Array("sheaf-port-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, size) == 0 }
        }
        if isBound { return descriptor }
        close(descriptor)
        return nil
    }

    deinit {
        taken.withLock { for descriptor in $0.values { close(descriptor) } }
    }
}

extension ExecutorHome {
    /// The ports that the instances of this home have, whether they run or not.
    var instancePorts: Set<Int> {
        var ports: Set<Int> = []
        for workspace in FileTree.names(in: workloads) ?? [] {
            for name in FileTree.names(in: "\(workloads)/\(workspace)/service") ?? [] {
                let folder = "\(workloads)/\(workspace)/service/\(name)"
                for generation in FileTree.names(in: folder) ?? [] {
                    ports.formUnion(IncarnationFiles(folder: "\(folder)/\(generation)").ports?.all ?? [])
                }
            }
        }
        return ports
    }
}
