import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOTLS

/// One HTTP/1.1 connection: carries one exchange at a time, and says when it can carry the next.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let isSecure: Bool
    /// Told after each exchange that leaves the connection usable.
    private let isFree: (HTTPConnection) -> Void
    private var context: ChannelHandlerContext?
    /// The exchange under way; before the connection is ready, the one that it was opened for.
    private var running: RunningExchange?
    private var isReady = false
    private var isClosing = false
    private var isSent = false
    private var status = 0
    private var headers: WireHeaders = [:]
    private var body: [UInt8] = []
    private var isKeptAlive = false

    /// - Parameter first: what it is opened for; hears why it cannot be opened.
    init(isSecure: Bool, for first: RunningExchange?, isFree: @escaping (HTTPConnection) -> Void) {
        self.isSecure = isSecure
        self.isFree = isFree
        running = first
        first?.abandon = { [weak self] in self?.close() }
    }

    var isOpen: Bool { context?.channel.isActive ?? false }

    /// Whether it has carried an exchange and can carry another.
    ///
    /// A sandbox that was frozen finds the end of its connections only after it goes on, and the next request is often
    /// faster than that. A write into a closed connection could not be told from one that was carried out. An idle
    /// connection has nothing to read, neither an end nor bytes (TLS announces its end in some); when there is any, nothing
    /// may be sent on it.
    var isUsable: Bool {
        guard let context, isOpen, isReady, running == nil else { return false }
        let hasSomething = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) {
            socket in
            var byte: UInt8 = 0
            let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
            return recv(socket, &byte, 1, flags) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        }
        return hasSomething != true
    }

    /// Carries an exchange. The connection must be usable.
    func carry(_ exchange: RunningExchange) {
        running = exchange
        exchange.abandon = { [weak self] in self?.close() }
        send()
    }

    func close() {
        isClosing = true
        (running, isReady) = (nil, false)
        context?.close(promise: nil)
    }

    // MARK: Coming up

    /// The connection is there by then; only TLS has to shake hands.
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !isSecure { becomeReady() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { becomeReady() }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady() {
        guard !isClosing else { return }
        isReady = true
        if running != nil { send() } else { isFree(self) }
    }

    // MARK: The request

    private func send() {
        guard let context, let running else { return }
        let exchange = running.exchange
        var head = HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: exchange.method),
            uri: exchange.target
        )
        head.headers.reserveCapacity(exchange.headers.fields.count + 2)
        for field in exchange.headers.fields { head.headers.add(name: field.name, value: field.value) }
        if exchange.headers["host"] == nil { head.headers.add(name: "host", value: exchange.endpoint.authority) }
        if !exchange.body.isEmpty || !["GET", "HEAD", "DELETE"].contains(exchange.method) {
            head.headers.add(name: "content-length", value: String(exchange.body.count))
        }
        (isSent, isKeptAlive) = (false, false)
        running.progress = .sending
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !exchange.body.isEmpty {
            let bytes = context.channel.allocator.buffer(bytes: exchange.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenSuccess { self.isSent = true }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    // MARK: The answer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody has asked: whatever it is, it must not be taken for the next answer.
        guard let running else { return close() }
        switch unwrapInboundIn(data) {
        case .head(let head): read(head, running)
        case .body(let bytes):
            guard body.count + bytes.readableBytes <= running.exchange.bodyLimit else {
                return fail(.tooLarge(running))
            }
            body.append(contentsOf: bytes.readableBytesView)
        case .end: finish(running)
        }
    }

    private func read(_ head: HTTPResponseHead, _ running: RunningExchange) {
        running.progress = .answering
        status = Int(head.status.code)
        headers = [:]
        headers.reserveCapacity(head.headers.count)
        for (name, value) in head.headers { headers.append(name, value) }
        body = []
        isKeptAlive = head.isKeepAlive
        guard let length = headers["content-length"].flatMap({ Int($0) }) else { return }
        guard length <= running.exchange.bodyLimit else { return fail(.tooLarge(running)) }
        body.reserveCapacity(length)
    }

    private func finish(_ running: RunningExchange) {
        let response = WireResponse(status: status, headers: headers, body: body)
        (headers, body) = ([:], [])
        self.running = nil
        // An answer that came before the whole request has gone leaves the rest of it on the way.
        if isKeptAlive, isSent {
            running.end(.success(response))
            isFree(self)
        } else {
            close()
            running.end(.success(response))
        }
    }

    // MARK: Going wrong

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let running { fail(TransportError(error, running)) } else { close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let running { fail(.closed(running)) }
        context.fireChannelInactive()
    }

    private func fail(_ error: TransportError) {
        let running = running
        close()
        running?.fail(error)
    }
}
