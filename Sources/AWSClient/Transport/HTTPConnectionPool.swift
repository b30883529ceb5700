import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The connections of a transport, kept alive between exchanges.
///
/// Unchecked: everything is touched on `loop` alone.
final class HTTPConnectionPool: @unchecked Sendable {
    /// The connections to one origin.
    private struct Shelf {
        /// The one that was used last stands last.
        var idle: [(connection: HTTPConnection, since: NIODeadline)] = []
        var count = 0
        /// Of these, those that are being opened for nobody yet.
        var preparing = 0
        var waiting: [RunningExchange] = []
    }

    let loop: any EventLoop
    private let connectTimeout: TimeAmount
    private var shelves: [Origin: Shelf] = [:]

    /// Side by side to one origin; what comes beyond waits.
    private static let limit = 64
    /// A frozen sandbox may come back after minutes; the services themselves close idle connections earlier.
    private static let longestIdle = TimeAmount.minutes(5)

    init(loop: any EventLoop, connectTimeout: TimeAmount) {
        self.loop = loop
        self.connectTimeout = connectTimeout
    }

    /// Carries an exchange on a connection that is kept, or on a new one.
    func carry(_ exchange: RunningExchange, to origin: Origin, _ tls: NIOSSLContext?) {
        guard !exchange.isOver else { return }
        while let (connection, since) = shelves[origin]?.idle.popLast() {
            if since + Self.longestIdle > .now(), connection.isUsable { return connection.carry(exchange) }
            connection.close()
        }
        let shelf = shelves[origin, default: Shelf()]
        guard shelf.count < Self.limit, shelf.preparing <= shelf.waiting.count else {
            shelves[origin, default: Shelf()].waiting.append(exchange)
            return
        }
        connect(to: origin, for: exchange, tls)
    }

    /// Opens a connection where there is none.
    func prepare(for origin: Origin, _ tls: NIOSSLContext?) {
        guard shelves[origin, default: Shelf()].count == 0 else { return }
        connect(to: origin, for: nil, tls)
    }

    /// Closes what is idle; what is in use is closed when it is free.
    func close() {
        let idle = shelves.values.flatMap(\.idle)
        shelves = [:]
        for (connection, _) in idle { connection.close() }
    }

    // MARK: Connections come and go

    /// A connection that is coming up.
    private final class Opening {
        /// What it is opened for; `nil` for nobody yet.
        let exchange: RunningExchange?
        var connection: HTTPConnection?
        var isPrepared: Bool

        init(for exchange: RunningExchange?) {
            self.exchange = exchange
            isPrepared = exchange == nil
        }

        func fail(_ error: any Error) {
            exchange.map { $0.fail(TransportError(error, $0)) }
        }

        /// Ends it when it has not come up by now.
        func timeOut() {
            if let exchange, exchange.progress == .nothingSent {
                exchange.fail(
                    TransportError(.notConnected, exchange.progress, "no connection to \(exchange.host) in time")
                )
            } else if isPrepared {
                connection?.close()
            }
        }
    }

    private func connect(to origin: Origin, for exchange: RunningExchange?, _ tls: NIOSSLContext?) {
        shelves[origin, default: Shelf()].count += 1
        let opening = Opening(for: exchange)
        if opening.isPrepared { shelves[origin]?.preparing += 1 }
        // Bounds the handshake as well, which the bootstrap's own bound does not.
        let timer = loop.assumeIsolated().scheduleTask(in: connectTimeout) { opening.timeOut() }
        channel(to: origin).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel):
                channel.closeFuture.assumeIsolated().whenComplete { _ in
                    timer.cancel()
                    self.oneIsGone(opening, from: origin, tls)
                }
                self.open(channel, opening, to: origin, tls)
            case .failure(let error):
                timer.cancel()
                opening.fail(error)
                self.oneIsGone(opening, from: origin, tls)
            }
        }
    }

    /// Of several addresses the one that answers first; nothing is read yet.
    private func channel(to origin: Origin) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelOption(.autoRead, value: false)
        guard let address = origin.address else { return bootstrap.connect(host: origin.host, port: origin.port) }
        return bootstrap.connect(to: address)
    }

    private func open(_ channel: any Channel, _ opening: Opening, to origin: Origin, _ tls: NIOSSLContext?) {
        // Given up while it was opened.
        guard opening.exchange?.isOver != true else { return channel.close(promise: nil) }
        let connection = HTTPConnection(isSecure: tls != nil, for: opening.exchange) { [weak self] connection in
            self?.takeBack(connection, opening, origin, tls)
        }
        opening.connection = connection
        do {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                let name = origin.address == nil ? origin.host : nil
                try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
            }
            try pipeline.addHandler(HTTPRequestEncoder())
            try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
            try pipeline.addHandler(connection)
            try channel.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            opening.fail(error)
            channel.close(promise: nil)
        }
    }

    private func takeBack(
        _ connection: HTTPConnection,
        _ opening: Opening,
        _ origin: Origin,
        _ tls: NIOSSLContext?
    ) {
        guard shelves[origin] != nil else { return connection.close() }
        isNoLongerPrepared(opening, origin)
        shelves[origin]?.idle.append((connection, .now()))
        serveNext(origin, tls)
    }

    private func oneIsGone(_ opening: Opening, from origin: Origin, _ tls: NIOSSLContext?) {
        opening.connection = nil
        guard shelves[origin] != nil else { return }
        isNoLongerPrepared(opening, origin)
        shelves[origin]?.count -= 1
        shelves[origin]?.idle.removeAll { !$0.connection.isOpen }
        serveNext(origin, tls)
    }

    private func isNoLongerPrepared(_ opening: Opening, _ origin: Origin) {
        guard opening.isPrepared else { return }
        opening.isPrepared = false
        shelves[origin]?.preparing -= 1
    }

    private func serveNext(_ origin: Origin, _ tls: NIOSSLContext?) {
        while let next = shelves[origin]?.waiting.first {
            shelves[origin]?.waiting.removeFirst()
            guard !next.isOver else { continue }
            return carry(next, to: origin, tls)
        }
    }
}
