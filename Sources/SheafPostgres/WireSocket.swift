import Glibc
package import SheafSystem

/// A connected socket that messages go over, for one thread.
package final class WireSocket {
    /// A longer message is no message of ours.
    private static let longestMessage = 256 << 20
    private static let writeThreshold = 64 << 10

    private let descriptor: Descriptor
    private var input: [UInt8] = []
    private var position = 0
    /// What `flush` sends; rows are written into it directly.
    package let output = WireBuffer()

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

    /// Connects to a port of this machine.
    package convenience init(connectingToLocalPort port: Int) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("make a socket") }
        let descriptor = Descriptor(owning: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError("connect to port \(port)") }
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
            throw PostgresError.protocolViolation("a message of the wire protocol has an impossible length")
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
        output.append(message.bytes)
        if output.count >= Self.writeThreshold { try flush() }
    }

    /// Sends bytes that are no message.
    package func send(bytes: [UInt8]) { output.append(bytes) }

    /// Sends what waits.
    package func flush() throws {
        let bytes = output.bytes
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(
                descriptor.number,
                bytes.baseAddress?.advanced(by: sent),
                bytes.count - sent,
                Int32(MSG_NOSIGNAL)
            )
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("send to the socket") }
            sent += count
        }
        output.removeAll()
    }

    private static let cut = PostgresError.protocolViolation("the connection ended inside a message")
}
