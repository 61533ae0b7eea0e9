import NIOCore

/// Passes all bytes of a connection on to another one, no faster than that takes them.
///
/// Each end may stop sending while it still receives; when one is gone, the other is closed.
final class GlueHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private weak var partner: GlueHandler?
    private var context: ChannelHandlerContext?
    private var isReadPending = false
    /// What came before there was a partner: a client that stops sending is read to its end, wanted or not.
    private var held: [ByteBuffer] = []
    private var hasStoppedSending = false

    /// Joins two connections that have no other handlers, and begins to read from both.
    static func join(_ one: any Channel, _ other: any Channel) {
        let first = GlueHandler()
        do {
            try one.pipeline.syncOperations.addHandler(first)
            first.join(other)
        } catch {
            // It has ended meanwhile.
            other.close(promise: nil)
        }
    }

    /// Joins the connection of this handler with one that has no handlers, and begins to read from both.
    func join(_ other: any Channel) {
        guard let context else { return other.close(promise: nil) }
        let second = GlueHandler()
        (partner, second.partner) = (second, self)
        do {
            try other.pipeline.syncOperations.addHandler(second)
            for bytes in held { second.write(bytes) }
            held = []
            second.context?.flush()
            if hasStoppedSending { second.finish(closing: .output) }
            for channel in [context.channel, other] { try channel.syncOptions?.setOption(.autoRead, value: true) }
        } catch {
            // One of them has ended meanwhile.
            context.close(promise: nil)
            other.close(promise: nil)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let partner { partner.write(bytes) } else { held.append(bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { partner?.context?.flush() }

    func channelInactive(context: ChannelHandlerContext) {
        // What was written is sent first.
        partner?.finish(closing: .all)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            hasStoppedSending = true
            partner?.finish(closing: .output)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resume() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if partner?.context?.channel.isWritable ?? true { context.read() } else { isReadPending = true }
    }

    private func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

    private func resume() {
        guard isReadPending, let context else { return }
        isReadPending = false
        context.read()
    }

    /// Closes once everything is sent that was written; a channel by itself would drop it.
    private func finish(closing mode: CloseMode) {
        guard let context else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            channel.close(mode: mode, promise: nil)
        }
    }
}
