import NIOCore
import NIOHTTP1

/// The gateway's end of the connection to an instance, for one request.
final class BackHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private weak var front: FrontHandler?
    private var context: ChannelHandlerContext?
    private var isReadPending = false
    private let encoder: HTTPRequestEncoder
    private let decoder: ByteToMessageHandler<HTTPResponseDecoder>

    /// Prepares a connection that was just made; nothing is read from it before `start`.
    ///
    /// - Throws: What the channel throws when it has ended meanwhile.
    init(on channel: any Channel, for front: FrontHandler) throws {
        self.front = front
        var framing = HTTPRequestEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        encoder = HTTPRequestEncoder(configuration: framing)
        decoder = ByteToMessageHandler(
            HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .forward)
        )
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, self])
    }

    var isWritable: Bool { context?.channel.isWritable ?? true }

    func start() {
        // A channel that has ended says so by itself.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    func write(_ part: HTTPClientRequestPart) { context?.write(wrapOutboundOut(part), promise: nil) }

    func flush() { context?.flush() }

    func close() {
        front = nil
        context?.close(promise: nil)
    }

    func resume() {
        guard isReadPending, let context else { return }
        isReadPending = false
        context.read()
    }

    /// Takes HTTP off the connection, so that what comes next is passed on as it is.
    func release() -> (any Channel)? {
        guard let channel = context?.channel else { return nil }
        front = nil
        let pipeline = channel.pipeline.syncOperations
        for handler in [self, decoder, encoder] as [any RemovableChannelHandler] {
            pipeline.removeHandler(handler, promise: nil)
        }
        return channel
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): front?.take(head, from: self)
        case .body(let bytes): front?.take(bytes, from: self)
        case .end(let trailers): front?.takeEnd(trailers, from: self)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { front?.flush() }

    func channelInactive(context: ChannelHandlerContext) {
        front?.lose(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        front?.lose(self)
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // An instance that says nothing more has said everything.
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { front?.resume() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if front?.isWritable ?? true { context.read() } else { isReadPending = true }
    }
}
