import NIOCore
import NIOHTTP1
import SheafSupervision

/// One request on its way, and what has become of it.
final class Exchange {
    /// With the path and the query as its target.
    let head: HTTPRequestHead
    let ingress: GatewayRoute.Ingress
    let route: String
    let deadline: NIODeadline
    /// Where it was sent; nil while an instance is looked for, and after the response.
    var back: BackHandler?
    /// Parts that came before an instance was found, and the end of a request without a body.
    var waiting: [HTTPServerRequestPart] = []
    /// Whether the whole request has come.
    var hasWholeRequest = false
    /// Whether a byte of its body was sent to an instance: it is never sent to another one then.
    var hasSentBody = false
    /// Whether a response, from whomever, was begun.
    var hasResponse = false
    var isResponseWhole = false
    /// Whether the instance has agreed to go on with another protocol.
    var isUpgraded = false
    /// Whether the connection of the client ends after the response.
    var closes: Bool

    init(_ head: HTTPRequestHead, of route: GatewayRoute, through ingress: GatewayRoute.Ingress, deadline: NIODeadline)
    {
        self.head = head
        self.ingress = ingress
        self.route = route.id
        self.deadline = deadline
        // Behind the head of an upgrade nothing more is read as HTTP.
        closes = !head.isKeepAlive || head.headers.contains(name: "upgrade")
    }

    /// Whether another instance may have it, though one has taken it already.
    var mayRepeat: Bool { !hasSentBody && !hasResponse && head.isIdempotent }
}
