import Basics
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Whether a host's certificates are refused for their dates: BoringSSL only says that they are not verified, and what
/// is to be done about that is something else.
enum CertificateDates {
    /// One certificate's dates, in seconds since 1970.
    struct Dates: Sendable, Equatable {
        let from: Int64
        let until: Int64
    }

    /// Shakes hands once more, without sending anything, and looks at the dates of what the host presents.
    ///
    /// - Returns: what is wrong and who must act; `nil` when the dates are right or cannot be seen.
    static func objection(
        to exchange: HTTPExchange,
        _ limit: Duration,
        _ group: MultiThreadedEventLoopGroup
    ) async -> String? {
        let endpoint = exchange.endpoint
        let left = ContinuousClock.now.duration(to: exchange.deadline)
        guard left > .zero else { return nil }
        let seen = await presented(by: endpoint, TimeAmount(min(limit, left)), group)
        return objection(to: seen, host: endpoint.host, now: WallClock.now())
    }

    /// What speaks against a chain's dates.
    static func objection(to chain: [Dates], host: String, now: Timestamp) -> String? {
        let today = now.secondsSinceEpoch
        if let end = chain.map(\.until).filter({ $0 < today }).min() {
            return "a certificate of \(host) expired on \(Timestamp(secondsSinceEpoch: end).extended): whoever runs "
                + "\(host), or the proxy in front of it, must renew it; until then nothing is sent there and no retry helps. "
                + "(Here it is \(now.extended): if that is wrong, set this machine's clock.)"
        }
        if let start = chain.map(\.from).filter({ $0 > today }).max() {
            return "a certificate of \(host) is not valid before \(Timestamp(secondsSinceEpoch: start).extended), and "
                + "here it is \(now.extended): set this machine's clock, or have whoever runs \(host) replace the certificate; "
                + "until then nothing is sent there and no retry helps"
        }
        return nil
    }

    private static func presented(
        by endpoint: EndpointURL,
        _ limit: TimeAmount,
        _ group: MultiThreadedEventLoopGroup
    ) async -> [Dates] {
        let seen = Seen()
        let host = endpoint.host.hasPrefix("[") ? String(endpoint.host.dropFirst().dropLast()) : endpoint.host
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([])
        guard let context = try? NIOSSLContext(configuration: configuration) else { return [] }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 443)) != nil
        let bootstrap = ClientBootstrap(group: group).connectTimeout(limit).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = try NIOSSLClientHandler(
                    context: context,
                    serverHostname: isAddress ? nil : host,
                    customVerificationCallback: { chain, promise in
                        seen.chain.withLock {
                            $0 = chain.map { Dates(from: Int64($0.notValidBefore), until: Int64($0.notValidAfter)) }
                        }
                        promise.succeed(.failed)
                    }
                )
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        let port = endpoint.port ?? 443
        guard let channel = try? await bootstrap.connect(host: host, port: port).get() else { return [] }
        let end = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        // Closed by the handshake, which always fails here, or by the time.
        try? await channel.closeFuture.get()
        end.cancel()
        return seen.chain.withLock { $0 }
    }

    private final class Seen: Sendable {
        let chain = Mutex<[Dates]>([])
    }
}
