import NIOCore
import NIOHTTP1
import SheafSupervision

/// The gateway's end of a client's connection: one request after the other, each to the instance that its path leads to.
final class FrontHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let gateway: Gateway
    private var context: ChannelHandlerContext?
    /// The request that is being answered; nil between requests.
    private var exchange: Exchange?
    /// Whether what comes of the request is of no interest any more, as it has its answer.
    private var isDiscarding = false
    private var isReadPending = false
    private var isInputClosed = false
    private let encoder: HTTPResponseEncoder
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let order = HTTPServerPipelineHandler()

    /// Prepares a connection that was just accepted.
    ///
    /// - Throws: What the channel throws when it has ended meanwhile.
    static func install(on channel: any Channel, of gateway: Gateway) throws {
        let front = FrontHandler(of: gateway)
        try channel.pipeline.syncOperations.addHandlers([front.encoder, front.decoder, front.order, front])
    }

    private init(of gateway: Gateway) {
        self.gateway = gateway
        var framing = HTTPResponseEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        encoder = HTTPResponseEncoder(configuration: framing)
        decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head)
        case .body(let bytes): pass(.body(bytes))
        case .end(let trailers):
            if let exchange {
                exchange.hasWholeRequest = true
                pass(.end(trailers))
                settle(exchange)
            } else {
                isDiscarding = false
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { exchange?.back?.flush() }

    private func begin(_ head: HTTPRequestHead) {
        var head = head
        guard head.method != .CONNECT else { return answer(.noProxy, to: head, closes: true) }
        guard let target = head.localTarget else { return answer(.badRequest, to: head, closes: true) }
        head.uri = target
        let path = String(target.prefix { $0 != "?" })
        if path == Answer.healthPath { return answer(.health(of: gateway.table), to: head) }
        guard let route = gateway.table.route(for: path), let ingress = route.ingress else {
            return answer(.notFound(path, in: gateway.table), to: head)
        }
        let deadline = NIODeadline.now() + gateway.limits.hold
        let exchange = Exchange(head, of: route, through: ingress, deadline: deadline)
        self.exchange = exchange
        dial(for: exchange)
    }

    private func pass(_ part: HTTPServerRequestPart) {
        guard !isDiscarding, let exchange, !exchange.isResponseWhole else { return }
        if let back = exchange.back { send(part, to: back, exchange) }
        // As long as no body was sent, all that there is can be sent again, to another instance.
        if exchange.hasSentBody { exchange.waiting = [] } else { exchange.waiting.append(part) }
    }

    private func send(_ part: HTTPServerRequestPart, to back: BackHandler, _ exchange: Exchange) {
        switch part {
        case .head: break
        case .body(let bytes):
            exchange.hasSentBody = true
            back.write(.body(.byteBuffer(bytes)))
        case .end(let trailers): back.write(.end(exchange.head.isChunked ? trailers : nil))
        }
    }

    // MARK: To an instance

    private func dial(for exchange: Exchange) {
        Dial(of: gateway, until: exchange.deadline) {
            // Whoever has gone needs no instance; a route that has gone has none.
            guard self.exchange === exchange, self.context != nil else { return nil }
            return self.gateway.table.route(id: exchange.route)?.backends
        } done: { result in
            self.take(result, for: exchange)
        }.begin()
    }

    private func take(_ result: Result<Dial.Connection, Dial.Failure>, for exchange: Exchange) {
        guard self.exchange === exchange, context != nil else {
            if case .success(let connection) = result { connection.channel.close(promise: nil) }
            return
        }
        let service = gateway.table.route(id: exchange.route)?.service ?? exchange.route
        switch result {
        case .failure(.unwanted): fail(exchange, with: .notFound(exchange.head.uri, in: gateway.table))
        case .failure(.refused(let reason)): fail(exchange, with: .unavailable(service, reason))
        case .success(let connection):
            do {
                try send(exchange, on: connection.channel)
            } catch {
                // It ended in this moment, which is as if it had refused.
                connection.channel.close(promise: nil)
                dial(for: exchange)
            }
        }
    }

    private func send(_ exchange: Exchange, on channel: any Channel) throws {
        let back = try BackHandler(on: channel, for: self)
        exchange.back = back
        let client = context?.remoteAddress?.ipAddress ?? "127.0.0.1"
        let head = ForwardedHead.request(
            exchange.head,
            through: exchange.ingress,
            from: client,
            isUpgrade: exchange.head.isUpgrade
        )
        back.write(.head(head))
        for part in exchange.waiting { send(part, to: back, exchange) }
        if exchange.hasSentBody { exchange.waiting = [] }
        back.flush()
        back.start()
        resume()
    }

    // MARK: From an instance

    func take(_ head: HTTPResponseHead, from back: BackHandler) {
        guard let exchange, exchange.back === back else { return }
        if head.status == .switchingProtocols {
            guard exchange.head.isUpgrade, exchange.hasWholeRequest else { return lose(back, isHopeless: true) }
            (exchange.hasResponse, exchange.isUpgraded) = (true, true)
            write(.head(ForwardedHead.upgrade(head)))
            return
        }
        if head.status.code < 200 {
            if exchange.head.knowsChunks { write(.head(head)) }
            return
        }
        exchange.hasResponse = true
        let response = ForwardedHead.response(head, to: exchange.head, keepingAlive: !exchange.closes)
        exchange.closes = response.closes
        write(.head(response.head))
    }

    func take(_ bytes: ByteBuffer, from back: BackHandler) {
        guard let exchange, exchange.back === back else { return }
        write(.body(.byteBuffer(bytes)))
    }

    func takeEnd(_ trailers: HTTPHeaders?, from back: BackHandler) {
        guard let exchange, exchange.back === back else { return }
        exchange.back = nil
        if exchange.isUpgraded { return join(back) }
        back.close()
        finish(exchange, trailers: exchange.head.knowsChunks ? trailers : nil)
    }

    /// An instance has gone before its response was whole.
    func lose(_ back: BackHandler, isHopeless: Bool = false) {
        guard let exchange, exchange.back === back else { return }
        exchange.back = nil
        back.close()
        if exchange.hasResponse {
            // What is missing cannot be told in any other way.
            context?.close(promise: nil)
        } else if exchange.mayRepeat, !isHopeless, .now() + gateway.limits.pause < exchange.deadline {
            gateway.loop.assumeIsolated().scheduleTask(in: gateway.limits.pause) { self.dial(for: exchange) }
        } else {
            fail(exchange, with: .broken(gateway.table.route(id: exchange.route)?.service ?? exchange.route))
        }
    }

    var isWritable: Bool { context?.channel.isWritable ?? true }

    func flush() { context?.flush() }
}

// Ending a request
extension FrontHandler {
    private func write(_ part: HTTPServerResponsePart) { context?.write(wrapOutboundOut(part), promise: nil) }

    private func finish(_ exchange: Exchange, trailers: HTTPHeaders?) {
        exchange.isResponseWhole = true
        guard let context else { return }
        let closes = exchange.closes || (isInputClosed && exchange.hasWholeRequest)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(trailers))).assumeIsolated().whenComplete { _ in
            if closes { channel.close(promise: nil) }
        }
        settle(exchange)
        resume()
    }

    /// Lets the next request begin once this one is over in both directions.
    private func settle(_ exchange: Exchange) {
        if exchange.hasWholeRequest, exchange.isResponseWhole, self.exchange === exchange { self.exchange = nil }
    }

    private func fail(_ exchange: Exchange, with answer: Answer) {
        exchange.hasResponse = true
        let closes = exchange.closes || expectsContinue(exchange.head)
        exchange.closes = closes
        write(.head(answer.head(closes: closes)))
        if exchange.head.method != .HEAD { write(.body(.byteBuffer(ByteBuffer(string: answer.text)))) }
        exchange.waiting = []
        finish(exchange, trailers: nil)
    }

    /// Answers a request that goes to no service; the rest of it is read and dropped.
    private func answer(_ answer: Answer, to head: HTTPRequestHead, closes: Bool = false) {
        isDiscarding = true
        let closes = closes || !head.isKeepAlive || head.headers.contains(name: "upgrade") || expectsContinue(head)
        write(.head(answer.head(closes: closes)))
        if head.method != .HEAD { write(.body(.byteBuffer(ByteBuffer(string: answer.text)))) }
        guard let context else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            if closes { channel.close(promise: nil) }
        }
    }

    /// Whether the client waits before it sends the body; whether it does so after another answer, nobody can tell.
    private func expectsContinue(_ head: HTTPRequestHead) -> Bool { head.headers.contains(name: "expect") }

    /// Passes on whatever comes from now on, after both have agreed on another protocol.
    private func join(_ back: BackHandler) {
        guard let client = context?.channel, let instance = back.release() else { return }
        exchange = nil
        context?.flush()
        // Whatever of HTTP is taken off hands on what it has read, so what joins the two has to be there before.
        let pipeline = client.pipeline.syncOperations
        GlueHandler.join(client, instance)
        for handler in [self, order, decoder, encoder] as [any RemovableChannelHandler] {
            pipeline.removeHandler(handler, promise: nil)
        }
        for channel in [client, instance] { channel.read() }
    }
}

// What happens to the connection
extension FrontHandler {
    func channelInactive(context: ChannelHandlerContext) {
        let back = exchange?.back
        exchange = nil
        back?.close()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            // The client sends nothing more; whoever waits for a response still gets it.
            isInputClosed = true
            if exchange == nil { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let back = exchange?.back
        let mayAnswer = error is HTTPParserError && exchange?.hasResponse != true && !isDiscarding
        exchange = nil
        back?.close()
        guard mayAnswer else { return context.close(promise: nil) }
        let channel = context.channel
        write(.head(Answer.badRequest.head(closes: true)))
        write(.body(.byteBuffer(ByteBuffer(string: Answer.badRequest.text))))
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.back?.resume() }
        context.fireChannelWritabilityChanged()
    }

    /// Reads no more of a body than an instance takes.
    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadPending = true }
    }

    private var mayRead: Bool {
        guard let exchange, !exchange.isResponseWhole else { return true }
        return exchange.back?.isWritable ?? false
    }

    func resume() {
        guard isReadPending, mayRead, let context else { return }
        isReadPending = false
        context.read()
    }
}
