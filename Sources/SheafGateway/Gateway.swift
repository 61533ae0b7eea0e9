import NIOCore
import NIOPosix
import SheafSupervision
import SheafSystem

/// The one way in to the services of a home: listens in their place, and passes on to whichever instances are live.
///
/// What is to be is in the folder of routes, written by the executor; what is in effect is told in `run/routing`. Everything
/// happens on one event loop, so that nothing needs a lock; nothing here may be touched from elsewhere.
final class Gateway {
    let loop: any EventLoop
    let limits: GatewayLimits
    private let paths: GatewayPaths
    private let folder: RouteFolder
    private let identity = ProcessIdentity.current

    private(set) var table = RouteTable()
    private var unreadable: [String: String] = [:]
    private var resting: Set<Int> = []
    private var ingressPort: Int?
    private var backends = Backends()
    private var listeners: [Int: Listener] = [:]
    private var closing = 0
    private var told: GatewayState?
    private var isEnding = false
    /// The connections from outside, so that an end can wait for them.
    private var clients: [ObjectIdentifier: any Channel] = [:]

    init(paths: GatewayPaths, loop: any EventLoop, limits: GatewayLimits) {
        self.paths = paths
        self.loop = loop
        self.limits = limits
        folder = RouteFolder(paths)
    }

    /// Reads the routes and brings them into effect; connections that are open stay where they are.
    func reload() {
        guard !isEnding else { return }
        let content = folder.read()
        table = RouteTable(content.routes)
        (unreadable, resting) = (content.problems, content.resting)
        ingressPort = table.paths.isEmpty ? nil : folder.ingressPort
        backends.forget(allBut: table.instances)
        let wanted = purposes
        for (port, listener) in listeners where wanted[port] != listener.purpose { drop(port, listener) }
        for (port, purpose) in wanted where listeners[port] == nil { listen(on: port, for: purpose) }
        tell()
    }

    /// Lets no more connections in, lets the open requests end, for a while, and then closes what is left.
    func end() -> EventLoopFuture<Void> {
        isEnding = true
        for (port, listener) in listeners { drop(port, listener) }
        let ended = loop.makePromise(of: Void.self)
        closeWhenIdle(until: .now() + limits.ending, ended)
        return ended.futureResult
    }

    private func closeWhenIdle(until deadline: NIODeadline, _ ended: EventLoopPromise<Void>) {
        let isIdle = backends.connections.isEmpty
        guard isIdle || .now() >= deadline else {
            loop.assumeIsolated().scheduleTask(in: limits.pause) { self.closeWhenIdle(until: deadline, ended) }
            return
        }
        for channel in clients.values { channel.close(promise: nil) }
        ended.succeed()
    }

    // MARK: Listening

    private var purposes: [Int: Listener.Purpose] {
        var purposes = table.forwards.mapValues { _ in Listener.Purpose.forward }
        // A service has its port before the ingress has its own, which can be another.
        if let ingressPort, purposes[ingressPort] == nil { purposes[ingressPort] = .ingress }
        return purposes
    }

    private func listen(on port: Int, for purpose: Listener.Purpose) {
        let listener = Listener(port: port, purpose: purpose, gateway: self)
        listeners[port] = listener
        listener.open { self.tell() }
    }

    private func drop(_ port: Int, _ listener: Listener) {
        listeners[port] = nil
        closing += 1
        listener.close {
            self.closing -= 1
            self.tell()
        }
    }

    /// Notes a connection from outside until it has ended.
    func admit(_ client: any Channel) {
        let key = ObjectIdentifier(client)
        clients[key] = client
        client.closeFuture.assumeIsolated().whenComplete { _ in self.clients[key] = nil }
    }

    // MARK: Instances

    func order(of ports: [Int]) -> [Int] { backends.order(of: ports) }

    func begin(_ port: Int) { backends.begin(port) }

    func end(_ port: Int) {
        backends.end(port)
        if !table.instances.contains(port) { tell() }
    }

    // MARK: Telling

    /// Writes what is in effect, once all ports are listened on or known to be somebody else's.
    private func tell() {
        guard closing == 0, !listeners.values.contains(where: \.isOpening) else { return }
        let state = state
        guard state != told else { return }
        do throws(SystemError) {
            // It says what this process does, and no other one may go by it: it need not outlive a power cut.
            try DurableFile.write(state.encoded(), to: paths.state, isSynced: false)
            told = state
        } catch {
            GatewayLog.note("cannot write \(paths.state): \(error)")
            // Whoever waits for it must not wait for ever, once there is room on the disk again.
            loop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.tell() }
        }
    }

    private var state: GatewayState {
        var state = GatewayState(pid: identity.pid, startTime: identity.startTime, problems: unreadable)
        for route in table.routes {
            state.versions[route.id] = route.version
            let reasons = route.forwards.compactMap { listeners[$0.port]?.problem }
            if let reason = reasons.first { state.problems[route.id] = reason }
        }
        if let ingressPort, let listener = listeners[ingressPort] {
            let taken = "a service has the port \(ingressPort)"
            state.problems[GatewayState.ingress] = listener.purpose == .ingress ? listener.problem : taken
        }
        let named = table.instances
        state.draining = backends.connections.filter { !named.contains($0.key) }
        state.resting = resting
        return state
    }
}
