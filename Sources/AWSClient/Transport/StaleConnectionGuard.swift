import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks whether the service has closed a kept-alive connection, right before a request would go out on it.
///
/// A sandbox that was frozen finds the end of its connections only after it goes on, and the first request is often
/// faster than that. A write that was sent into a closed connection could not be told from one that was carried out,
/// so it could not be repeated. An idle connection has nothing to read, neither an end nor bytes (TLS announces its
/// end in some); when there is any, nothing is sent and the exchange fails with `Stale`.
///
///     HTTPRequestEncoder -> StaleConnectionGuard -> response decoder -> the client's own handler
final class StaleConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// The connection was closed before the request was sent.
    struct Stale: Error {}

    private var isUsed = false
    private var isStale = false
    private var isReported = false

    /// Puts a guard into the pipeline of a new connection, after its handshake.
    static func install(in channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
            try pipeline.addHandler(StaleConnectionGuard(), position: .after(encoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isStale, case .head = unwrapOutboundIn(data) {
            // A new connection may still hold session tickets that nobody has read.
            isStale = isUsed && StaleConnectionGuard.hasSomethingToRead(context)
            isUsed = true
            if isStale {
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                // Not from within the write: the client's handler is in the middle of a step.
                context.eventLoop.execute {
                    let (guardian, context) = bound.value
                    guardian.report(context)
                    context.close(promise: nil)
                }
            }
        }
        if isStale {
            promise?.fail(Stale())
        } else {
            context.write(data, promise: promise)
        }
    }

    /// The end may be read before our own report: the client must hear that nothing was sent, and hear it first.
    func channelInactive(context: ChannelHandlerContext) {
        report(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isStale {
            report(context)
        } else {
            context.fireErrorCaught(error)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isStale { context.fireChannelRead(data) }
    }

    private func report(_ context: ChannelHandlerContext) {
        guard isStale, !isReported else { return }
        isReported = true
        context.fireErrorCaught(Stale())
    }

    /// An end of the connection, an error, or bytes. False when the socket cannot be reached.
    private static func hasSomethingToRead(_ context: ChannelHandlerContext) -> Bool {
        let found = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { socket in
            var byte: UInt8 = 0
            let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
            return recv(socket, &byte, 1, flags) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        }
        return found == true
    }
}
