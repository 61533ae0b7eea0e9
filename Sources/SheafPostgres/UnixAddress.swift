package import Glibc
import SheafSystem

/// The address of a socket file, as the system wants it.
package enum UnixAddress {
    /// The longest path of a socket file, without the zero at its end.
    package static let longestPath = 107

    /// Runs a call with the address.
    ///
    /// - Throws: `SystemError` when the path is too long.
    package static func with(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        guard path.utf8.count <= longestPath else { throw SystemError("use \(path)", number: ENAMETOOLONG) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
