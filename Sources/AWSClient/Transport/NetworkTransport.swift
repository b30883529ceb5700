import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// HTTP/1.1 over the network, on one thread.
///
/// Nothing exists before the first exchange: the thread, the connections and each set of trust roots come up when they
/// are needed, and stay. HTTP/2 would save nothing: there are few requests to each of many hosts.
package final class NetworkTransport: HTTPTransport {
    private struct State {
        var pool: HTTPConnectionPool?
        var contexts: [TrustRoots: NIOSSLContext] = [:]
        /// The roots that verified a host where those tried first had not.
        var proven: [String: TrustRoots] = [:]
    }

    /// The thread of all connections of the process. Never ended: an event loop that a process keeps needs no end.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private static let isGroupUp = Mutex(false)

    private let caBundle: String?
    private let connectTimeout: Duration
    private let state = Mutex(State())

    /// `caBundle` is a PEM file's path, in place of all other roots; `connectTimeout` bounds connecting with TLS.
    package init(caBundle: String? = nil, connectTimeout: Duration = .seconds(3)) {
        self.caBundle = caBundle
        self.connectTimeout = connectTimeout
    }

    deinit {
        guard let pool = state.withLock({ $0.pool }) else { return }
        pool.loop.execute { pool.close() }
    }

    /// Sends a request and gathers its answer.
    package func send(_ exchange: HTTPExchange) async throws(TransportError) -> WireResponse {
        guard exchange.endpoint.isSecure else {
            return try await send(exchange, verifiedBy: nil)
        }
        let host = exchange.endpoint.host
        let order = TrustRoots.order(forHost: host, caBundle: caBundle)
        let proven = state.withLock { $0.proven[host] }
        let candidates = proven.map { [$0] } ?? order
        var tried: [String] = []
        var reason = ""
        for roots in candidates {
            do throws(TransportError) {
                let response = try await send(exchange, verifiedBy: roots)
                if !tried.isEmpty { state.withLock { $0.proven[host] = roots } }
                return response
            } catch {
                switch error.reason {
                case .untrusted: reason = error.message
                case .noTrustRoots where !tried.isEmpty: reason += ", \(error.message)"
                default: throw error
                }
                tried.append(roots.description)
            }
        }
        if let why = await CertificateDates.objection(to: exchange, connectTimeout, Self.group) {
            throw TransportError(.certificateOutOfDate, mayHaveBeenSent: false, message: why)
        }
        throw TransportError(
            .untrusted,
            mayHaveBeenSent: false,
            message: "the certificate of \(host) is not verified by \(tried.joined(separator: " or ")) (\(reason)): "
                + "set AWS_CA_BUNDLE to a PEM file that verifies it"
        )
    }

    package func prepare(for endpoint: EndpointURL) {
        var roots: TrustRoots?
        if endpoint.isSecure {
            let proven = state.withLock { $0.proven[endpoint.host] }
            roots = proven ?? TrustRoots.order(forHost: endpoint.host, caBundle: caBundle).first
        }
        guard let (pool, tls) = try? prepared(roots) else { return }
        let origin = Origin(endpoint, roots)
        pool.loop.execute { pool.prepare(for: origin, tls) }
    }

    private func send(_ exchange: HTTPExchange, verifiedBy roots: TrustRoots?) async throws(TransportError)
        -> WireResponse
    {
        let (pool, tls) = try prepared(roots)
        let origin = Origin(exchange.endpoint, roots)
        let running = RunningExchange(exchange)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pool.loop.execute {
                    running.begin(on: pool.loop) { continuation.resume(returning: $0) }
                    pool.carry(running, to: origin, tls)
                }
            }
        } onCancel: {
            pool.loop.execute { running.cancel() }
        }
        // A name that cannot be looked up for want of a socket looks like a name that does not exist.
        if case .failure(let error) = result, error.reason == .notConnected, !FileDescriptors.areFree(1) {
            throw .noDescriptors
        }
        return try result.get()
    }

    /// The connections, and what certificates are verified with; `nil` without TLS.
    private func prepared(_ roots: TrustRoots?) throws(TransportError) -> (HTTPConnectionPool, NIOSSLContext?) {
        try state.withLock { (state) throws(TransportError) in
            let pool = if let pool = state.pool { pool } else { try newPool() }
            state.pool = pool
            guard let roots else { return (pool, nil) }
            let context = if let context = state.contexts[roots] { context } else { try roots.context() }
            state.contexts[roots] = context
            return (pool, context)
        }
    }

    /// SwiftNIO ends the process when its thread gets no descriptors: whether there are any is looked at before.
    private func newPool() throws(TransportError) -> HTTPConnectionPool {
        let isUp = Self.isGroupUp.withLock { isUp in
            isUp = isUp || FileDescriptors.areFree(8)
            return isUp
        }
        guard isUp else { throw .noDescriptors }
        return HTTPConnectionPool(loop: Self.group.next(), connectTimeout: TimeAmount(connectTimeout))
    }
}
