import NIOCore
import NIOHTTP1
import NIOPosix

/// One port of 127.0.0.1 that the gateway listens on.
final class Listener {
    enum Purpose: Hashable {
        /// HTTP for all services with a path.
        case ingress
        /// Whatever one service speaks.
        case forward
    }

    private enum State {
        case opening
        case open(any Channel)
        /// Somebody else has the port; it is tried again.
        case refused(reason: String)
        case closed
    }

    let port: Int
    let purpose: Purpose
    private unowned let gateway: Gateway
    private var state = State.opening

    init(port: Int, purpose: Purpose, gateway: Gateway) {
        self.port = port
        self.purpose = purpose
        self.gateway = gateway
    }

    var isOpening: Bool {
        if case .opening = state { true } else { false }
    }

    /// Why nobody listens; nil when somebody does, or is about to.
    var problem: String? {
        if case .refused(let reason) = state { reason } else { nil }
    }

    /// Begins to listen, and goes on trying where that cannot be.
    ///
    /// - Parameter changed: Is called whenever the outcome is another.
    func open(changed: @escaping () -> Void) {
        do {
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            bootstrap.bind(to: address).assumeIsolated().whenComplete { result in
                switch result {
                case .success(let channel): self.noteOpen(channel)
                case .failure(let error): self.noteRefusal("\(error)", changed)
                }
                changed()
            }
        } catch {
            noteRefusal("\(error)", changed)
            changed()
        }
    }

    private func noteOpen(_ channel: any Channel) {
        // It was given up while it began.
        if case .closed = state { return channel.close(promise: nil) }
        state = .open(channel)
    }

    private func noteRefusal(_ reason: String, _ changed: @escaping () -> Void) {
        if case .closed = state { return }
        let isNew = problem == nil
        state = .refused(reason: "cannot listen on port \(port): \(reason)")
        if isNew { GatewayLog.note("cannot listen on port \(port): \(reason)") }
        gateway.loop.assumeIsolated().scheduleTask(in: gateway.limits.listenAgain) {
            guard case .refused = self.state else { return }
            self.open(changed: changed)
        }
    }

    /// Lets nobody in any more; who is in stays.
    ///
    /// - Parameter done: Is called when the port is free.
    func close(done: @escaping () -> Void) {
        guard case .open(let channel) = state else {
            state = .closed
            return done()
        }
        state = .closed
        channel.close().assumeIsolated().whenComplete { _ in done() }
    }

    private var bootstrap: ServerBootstrap {
        let gateway = NIOLoopBound(gateway, eventLoop: gateway.loop)
        let purpose = purpose, port = port
        return ServerBootstrap(group: gateway.value.loop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // A forward reads nothing before it knows where it goes.
            .childChannelOption(.autoRead, value: purpose == .ingress)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gateway = gateway.value
                    gateway.admit(channel)
                    switch purpose {
                    case .ingress: try FrontHandler.install(on: channel, of: gateway)
                    case .forward: try Forward(of: port, for: channel, gateway: gateway).begin()
                    }
                }
            }
    }
}
