import NIOCore
import NIOPosix
package import SheafSupervision

/// A gateway that runs on a thread of its own.
package struct GatewayServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let gateway: NIOLoopBound<Gateway>

    /// Begins to serve the routes of a folder; which are in effect, `run/routing` tells.
    ///
    /// - Throws: What the event loop throws when it cannot begin.
    package init(_ paths: GatewayPaths, limits: GatewayLimits = GatewayLimits()) throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        gateway = try loop.submit {
            NIOLoopBound(Gateway(paths: paths, loop: loop, limits: limits), eventLoop: loop)
        }.wait()
        reload()
    }

    /// Reads the routes again.
    package func reload() {
        let gateway = gateway
        group.next().execute { gateway.value.reload() }
    }

    /// Lets open requests end, and returns when nothing is open any more.
    package func end() throws {
        let gateway = gateway
        try group.next().flatSubmit { gateway.value.end() }.wait()
        try group.syncShutdownGracefully()
    }
}
