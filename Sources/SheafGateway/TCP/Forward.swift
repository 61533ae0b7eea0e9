import NIOCore
import SheafSupervision

/// One connection to the port of a service, and the instance that it goes to.
final class Forward {
    private let port: Int
    private let client: any Channel
    private let gateway: Gateway
    private let glue = GlueHandler()
    private var hasEnded = false

    init(of port: Int, for client: any Channel, gateway: Gateway) {
        self.port = port
        self.client = client
        self.gateway = gateway
    }

    /// Finds an instance, and joins the two; closes the connection where none is found in time.
    ///
    /// - Throws: When the connection has ended already.
    func begin() throws {
        try client.pipeline.syncOperations.addHandler(glue)
        client.closeFuture.assumeIsolated().whenComplete { _ in self.hasEnded = true }
        Dial(of: gateway, until: .now() + gateway.limits.hold) {
            self.hasEnded ? nil : self.instances
        } done: { result in
            switch result {
            case .success(let connection): self.join(connection.channel)
            case .failure: self.client.close(promise: nil)
            }
        }.begin()
    }

    /// As the routes are at this moment; nil when nothing stands behind the port any more.
    private var instances: [Int]? {
        let table = gateway.table
        guard let id = table.forwards[port], let route = table.route(id: id) else { return nil }
        return route.forwards.first { $0.port == port }?.instances
    }

    private func join(_ instance: any Channel) {
        guard !hasEnded else { return instance.close(promise: nil) }
        glue.join(instance)
    }
}
