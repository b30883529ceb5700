import AsyncHTTPClient
import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// HTTP/1.1 over the network by async-http-client, on one thread.
///
/// Nothing exists before the first exchange: the thread, the connections and each set of trust roots come up when they
/// are needed, and stay. HTTP/2 would save nothing: there are few requests to each of many hosts.
package final class NetworkTransport: HTTPTransport {
    private struct State {
        var clients: [TrustRoots: HTTPClient] = [:]
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
        for client in state.withLock({ $0.clients.values }) {
            client.shutdown(queue: .global()) { _ in }
        }
    }

    /// Sends a request and gathers its answer.
    package func send(_ exchange: HTTPExchange) async throws(TransportError) -> WireResponse {
        guard exchange.endpoint.isSecure else {
            // The roots do not matter here, so any client does.
            return try await send(exchange, with: client(for: .amazon))
        }
        let host = exchange.endpoint.host
        let order = TrustRoots.order(forHost: host, caBundle: caBundle)
        let proven = state.withLock { $0.proven[host] }
        let candidates = proven.map { [$0] } ?? order
        var tried: [String] = []
        var reason = ""
        for roots in candidates {
            do throws(TransportError) {
                let response = try await send(exchange, with: client(for: roots))
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

    private func client(for roots: TrustRoots) throws(TransportError) -> HTTPClient {
        let result: Result<HTTPClient, TransportError> = state.withLock { state in
            if let client = state.clients[roots] { return .success(client) }
            do throws(TransportError) {
                let client = HTTPClient(
                    eventLoopGroup: try Self.runningGroup(),
                    configuration: configuration(tls: try roots.tlsConfiguration())
                )
                state.clients[roots] = client
                return .success(client)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// SwiftNIO ends the process when its thread gets no descriptors: whether there are any is looked at before.
    private static func runningGroup() throws(TransportError) -> MultiThreadedEventLoopGroup {
        let isUp = isGroupUp.withLock { isUp in
            isUp = isUp || FileDescriptors.areFree(8)
            return isUp
        }
        guard isUp else { throw .noDescriptors }
        return group
    }

    private func configuration(tls: TLSConfiguration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // A frozen sandbox may come back after minutes; the services themselves close idle connections earlier.
        configuration.connectionPool.idleTimeout = .minutes(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.http1_1ConnectionDebugInitializer = { StaleConnectionGuard.install(in: $0) }
        return configuration
    }

    private func send(_ exchange: HTTPExchange, with client: HTTPClient) async throws(TransportError) -> WireResponse {
        let delegate = ExchangeDelegate(limit: exchange.bodyLimit)
        var headers = HTTPHeaders()
        headers.reserveCapacity(exchange.headers.fields.count + 2)
        for field in exchange.headers.fields { headers.add(name: field.name, value: field.value) }
        let request: HTTPClient.Request
        do {
            let endpoint = exchange.endpoint
            request = try HTTPClient.Request(
                url: "\(endpoint.isSecure ? "https" : "http")://\(endpoint.authority)\(exchange.target)",
                method: HTTPMethod(rawValue: exchange.method),
                headers: headers,
                body: exchange.body.isEmpty ? nil : .byteBuffer(ByteBuffer(bytes: exchange.body))
            )
        } catch {
            throw TransportError(.notConnected, mayHaveBeenSent: false, message: "unusable request: \(error)")
        }
        let deadline = NIODeadline.now() + TimeAmount(ContinuousClock.now.duration(to: exchange.deadline))
        let task = client.execute(
            request: request,
            delegate: delegate,
            eventLoop: .indifferent,
            deadline: deadline,
            logger: nil
        )
        do {
            return try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            let failure = TransportError(error, progress: delegate.progress, host: exchange.endpoint.authority)
            // A name that cannot be looked up for want of a socket looks like a name that does not exist.
            if failure.reason == .notConnected, !FileDescriptors.areFree(1) { throw .noDescriptors }
            throw failure
        }
    }
}
