import Glibc
import SheafSystem

/// A connected unix socket that messages go over, for one thread.
package final class WireSocket {
    /// A longer message is no message of ours.
    private static let longestMessage = 256 << 20
    private static let writeThreshold = 64 << 10

    private let descriptor: Descriptor
    private var input: [UInt8] = []
    private var position = 0
    private var output: [UInt8] = []

    package init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// Connects to a socket file.
    package convenience init(connectingTo path: String) throws {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("make a socket") }
        let descriptor = Descriptor(owning: number)
        let result = try UnixAddress.with(path) { connect(number, $0, $1) }
        guard result == 0 else { throw SystemError("connect to \(path)") }
        self.init(descriptor)
    }

    /// Gives up reading when nothing comes for a time.
    package func setReadLimit(seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor.number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The first message of a client, which has no letter; nil when there is none.
    package func receiveStartup() throws -> [UInt8]? {
        guard try buffer(4) else { return nil }
        return try body()
    }

    /// The next message; nil when the other side has closed the connection.
    package func receive() throws -> WireMessage? {
        guard try buffer(1) else { return nil }
        let type = input[position]
        position += 1
        guard try buffer(4) else { throw Self.cut }
        return WireMessage(type: type, body: try body())
    }

    private func body() throws -> [UInt8] {
        var reader = WireReader(Array(input[position..<(position + 4)]))
        let length = try reader.int32() - 4
        position += 4
        guard length >= 0, length <= Self.longestMessage else {
            throw SteampipeError("steampipe.protocol", "a message of the wire protocol has an impossible length")
        }
        guard try buffer(length) else { throw Self.cut }
        defer { position += length }
        return Array(input[position..<(position + length)])
    }

    /// Reads until a number of bytes is there; false at the end of the connection.
    private func buffer(_ count: Int) throws -> Bool {
        while input.count - position < count {
            if position > 0 {
                input.removeSubrange(..<position)
                position = 0
            }
            let bytes = try descriptor.read()
            guard !bytes.isEmpty else { return false }
            input += bytes
        }
        return true
    }

    /// Sends a message soon: with the next `flush`, or earlier.
    package func send(_ message: WireMessage) throws {
        output += message.bytes
        if output.count >= Self.writeThreshold { try flush() }
    }

    /// Sends bytes that are no message.
    package func send(bytes: [UInt8]) { output += bytes }

    /// Sends what waits.
    package func flush() throws {
        var sent = 0
        while sent < output.count {
            let count = output[sent...].withUnsafeBytes {
                Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("send to the socket") }
            sent += count
        }
        output.removeAll(keepingCapacity: true)
    }

    private static let cut = SteampipeError("steampipe.protocol", "the connection ended inside a message")
}

/// The address of a socket file, as the system wants it.
enum UnixAddress {
    /// The longest path of a socket file, without the zero at its end.
    static let longestPath = 107

    static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws -> Int32 {
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
