import NIOCore
import NIOPosix

/// The search for an instance that accepts a connection.
///
/// Instances that refuse are passed over; when all do, they are asked again after a pause, for a bounded time. So a
/// service that hands its port from one process to the next keeps its callers waiting, and loses none.
final class Dial {
    enum Failure: Error {
        /// There is no route any more, or the caller has gone.
        case unwanted
        /// No instance has accepted in time.
        case refused(reason: String)
    }

    /// A connection to an instance; whoever has it closes it, and then it is not counted any more.
    struct Connection {
        var channel: any Channel
        var port: Int
    }

    private let gateway: Gateway
    private let deadline: NIODeadline
    private let targets: () -> [Int]?
    private let done: (Result<Connection, Failure>) -> Void
    private var reason = "there is no instance"

    /// - Parameters:
    ///   - gateway: Knows the instances.
    ///   - deadline: When it is given up.
    ///   - targets: The ports at this moment; nil when the connection is not wanted any more.
    ///   - done: Is called once, on the event loop.
    init(
        of gateway: Gateway,
        until deadline: NIODeadline,
        targets: @escaping () -> [Int]?,
        done: @escaping (Result<Connection, Failure>) -> Void
    ) {
        self.gateway = gateway
        self.deadline = deadline
        self.targets = targets
        self.done = done
    }

    /// Begins a round of attempts.
    func begin() {
        guard let ports = targets() else { return done(.failure(.unwanted)) }
        attempt(gateway.order(of: ports)[...])
    }

    private func attempt(_ ports: ArraySlice<Int>) {
        guard let port = ports.first else { return pause() }
        gateway.begin(port)
        connect(port).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.take(channel, port)
            case .failure(let error):
                self.gateway.end(port)
                self.reason = "port \(port): \(Self.words(for: error))"
                self.attempt(ports.dropFirst())
            }
        }
    }

    private func take(_ channel: any Channel, _ port: Int) {
        let gateway = gateway
        channel.closeFuture.assumeIsolated().whenComplete { _ in gateway.end(port) }
        // The kernel happened to choose the port itself as the near end, which connects without any server.
        guard channel.localAddress?.port != port else {
            channel.close(promise: nil)
            return pause()
        }
        done(.success(Connection(channel: channel, port: port)))
    }

    private func pause() {
        guard .now() + gateway.limits.pause < deadline else { return done(.failure(.refused(reason: reason))) }
        gateway.loop.assumeIsolated().scheduleTask(in: gateway.limits.pause) { self.begin() }
    }

    private func connect(_ port: Int) -> EventLoopFuture<any Channel> {
        do {
            return ClientBootstrap(group: gateway.loop)
                .connectTimeout(gateway.limits.connect)
                .channelOption(.autoRead, value: false)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: port))
        } catch {
            return gateway.loop.makeFailedFuture(error)
        }
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as IOError where error.errnoCode == ECONNREFUSED: "connection refused"
        case let error as IOError: "\(error)"
        case ChannelError.connectTimeout: "no answer"
        default: "\(error)"
        }
    }
}
