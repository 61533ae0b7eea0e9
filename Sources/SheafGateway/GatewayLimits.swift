package import NIOCore

/// How long the gateway waits for others.
package struct GatewayLimits: Sendable {
    /// How long a request or a connection is held while no instance accepts it, as during the hand-over of a port.
    package var hold = TimeAmount.seconds(10)
    /// Between rounds of attempts.
    package var pause = TimeAmount.milliseconds(25)
    /// How long one attempt to connect may take.
    package var connect = TimeAmount.seconds(5)
    /// How long open requests may go on after the gateway was told to end.
    package var ending = TimeAmount.seconds(5)
    /// Between attempts to listen on a port that somebody else has.
    package var listenAgain = TimeAmount.milliseconds(250)

    package init() {}
}
