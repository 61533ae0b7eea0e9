import CLinux
import Glibc
import SheafPostgres
import SheafSystem
import Synchronization

/// The server that postgres_fdw reads the tables of the plugins from, on a unix socket.
///
/// Each connection has a thread of its own; what protects it is the mode 0700 of the socket's folder.
package final class PluginHost: Sendable {
    private static let sslRequest = 80_877_103
    private static let gssRequest = 80_877_104
    private static let cancelRequest = 80_877_102
    private static let protocolVersion = 196_608

    private struct Running {
        var secret: Int
        var cancellation: Cancellation
    }

    private let listener: Descriptor
    private let log: ServiceLog
    private let current: Mutex<Catalog>
    private let running = Mutex<(next: Int, sessions: [Int: Running])>((1, [:]))

    /// Binds the socket; connections wait until `start`.
    ///
    /// - Throws: `SystemError` when the path cannot be bound.
    package init(path: String, log: ServiceLog, catalog: Catalog = Catalog()) throws {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("make a socket") }
        listener = Descriptor(owning: number)
        self.log = log
        current = Mutex(catalog)
        guard try UnixAddress.with(path, { bind(number, $0, $1) }) == 0 else { throw SystemError("bind \(path)") }
        guard listen(number, 64) == 0 else { throw SystemError("listen on \(path)") }
    }

    /// What queries see from now on; those that run keep what they began with.
    package var catalog: Catalog {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Accepts connections, on a thread of its own.
    package func start() throws {
        try BlockingThread.start { [self] in
            while let connection = accept() { open(connection) }
        }.detach()
    }

    /// Accepts no more connections; those that are open go on.
    package func stop() { shutdown(listener.number, Int32(SHUT_RDWR)) }

    private func accept() -> Descriptor? {
        while true {
            let number = sheaf_accept(listener.number)
            if number >= 0 { return Descriptor(owning: number) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                log.write("plugin host: too many connections")
                // Nothing tells when one is free again, so the accept is tried anew after a pause.
                poll(nil, 0, 100)
            default: return nil
            }
        }
    }

    private func open(_ connection: Descriptor) {
        do {
            try BlockingThread.start { [self] in
                do {
                    try serve(WireSocket(connection))
                } catch {
                    log.write("plugin host: \(error)")
                }
            }.detach()
        } catch {
            log.write("plugin host: \(error)")
        }
    }

    private func serve(_ socket: WireSocket) throws {
        while let body = try socket.receiveStartup() {
            var reader = WireReader(body)
            switch try reader.int32() {
            case Self.sslRequest, Self.gssRequest:
                socket.send(bytes: [UInt8(ascii: "N")])
                try socket.flush()
            case Self.cancelRequest:
                let number = try reader.int32()
                let secret = try reader.int32()
                running.withLock { $0.sessions[number] }.map { if $0.secret == secret { $0.cancellation.cancel() } }
                return
            case Self.protocolVersion: return try run(socket)
            default:
                throw SteampipeError("steampipe.protocol", "the version of the wire protocol is not supported")
            }
        }
    }

    private func run(_ socket: WireSocket) throws {
        let cancellation = try Cancellation()
        let secret = Int(Int32.random(in: .min ... .max))
        let number = running.withLock { state in
            defer { state.next += 1 }
            state.sessions[state.next] = Running(secret: secret, cancellation: cancellation)
            return state.next
        }
        defer { running.withLock { $0.sessions[number] = nil } }
        let session = PluginSession(socket, catalog: { [self] in catalog }, cancellation: cancellation)
        try session.greet(number: number, secret: secret)
        try session.serve()
    }
}
