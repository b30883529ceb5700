import Basics
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension TransportError {
    /// What an error of a connection means, by how far the exchange on it came.
    init(_ error: any Error, _ running: RunningExchange) {
        let (host, progress) = (running.host, running.progress)
        switch progress {
        case .nothingSent:
            if case .connectTimeout = error as? ChannelError {
                self.init(.notConnected, progress, "no connection to \(host) in time")
            } else if let why = TransportError.verificationFailure(error) {
                self.init(.untrusted, progress, why)
            } else {
                self.init(.notConnected, progress, TransportError.noConnection(to: host, error))
            }
        case .sending where TransportError.isEnd(error):
            self = .closed(running)
        case .sending:
            self.init(.brokenAnswer, progress, "\(host) did not answer in HTTP: \(TransportError.words(error))")
        case .answering:
            self.init(.brokenAnswer, progress, "the answer of \(host) broke off: \(TransportError.words(error))")
        }
    }

    /// The connection was closed.
    static func closed(_ running: RunningExchange) -> TransportError {
        let (host, progress) = (running.host, running.progress)
        return switch progress {
        case .nothingSent: TransportError(.notConnected, progress, "\(host) closed the connection")
        case .sending: TransportError(.closedBeforeAnswer, progress, "\(host) closed the connection before it answered")
        case .answering:
            TransportError(.brokenAnswer, progress, "the answer of \(host) broke off: the connection was closed")
        }
    }

    static func tooLarge(_ running: RunningExchange) -> TransportError {
        TransportError(.tooLarge, running.progress, "the answer is too large")
    }

    /// Whether the connection broke, and not what came over it.
    private static func isEnd(_ error: any Error) -> Bool {
        error is IOError || error is ChannelError || error is NIOSSLError || error is BoringSSLError
    }

    /// Why a chain or host name was not verified; nil for every other error.
    private static func verificationFailure(_ error: any Error) -> String? {
        if let extra = error as? NIOSSLExtraError,
            extra == .failedToValidateHostname || extra == .serverHostnameImpossibleToMatch
        {
            return "it is for another host"
        }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        return String(describing: error).holds("CERTIFICATE_VERIFY_FAILED") ? "chain not verified" : nil
    }

    /// Why there is no connection, in words.
    private static func noConnection(to host: String, _ error: any Error) -> String {
        if let attempts = error as? NIOConnectionError {
            // Of several addresses the last one's error says no less than the first one's.
            if let first = attempts.connectionErrors.first { return noConnection(to: host, first.error) }
            let name = host.prefix { $0 != ":" }
            return attempts.dnsAError == nil && attempts.dnsAAAAError == nil
                ? "the host \(name) has no address" : "cannot find the host \(name)"
        }
        if case .connectTimeout = error as? ChannelError { return "no connection to \(host) in time" }
        switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED: return "connection refused by \(host)"
        case ETIMEDOUT: return "no connection to \(host) in time"
        case ENETUNREACH, EHOSTUNREACH: return "\(host) cannot be reached from this network"
        case ECONNRESET, EPIPE: return "\(host) closed the connection"
        default: break
        }
        if error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError {
            return "no TLS connection to \(host): \(words(error))"
        }
        return "no connection to \(host): \(words(error))"
    }

    /// The cause, short enough for a line.
    private static func words(_ error: any Error) -> String {
        // NIO's own text holds the call and the error's number as well, and says "connection reset" of every one.
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        return String(String(describing: error).printable(limit: 2048).prefix(300))
    }
}
