import AsyncHTTPClient
import Basics
import NIOCore
import NIOPosix
import NIOSSL

extension TransportError {
    /// What an error of the HTTP client means, by how far the exchange came.
    init(_ error: any Error, progress: ExchangeDelegate.Progress, host: String) {
        let mayHaveBeenSent = progress > .nothingSent
        func made(_ reason: Reason, _ message: String) -> TransportError {
            TransportError(reason, mayHaveBeenSent: mayHaveBeenSent, message: message)
        }
        if error is ExchangeDelegate.TooLarge {
            self = made(.tooLarge, "the answer is too large")
            return
        }
        if error is StaleConnectionGuard.Stale {
            self = TransportError(.closedBeforeAnswer, mayHaveBeenSent: false, message: "\(host) closed the connection")
            return
        }
        let known = error as? HTTPClientError
        switch (known, progress) {
        case (.cancelled, _), (.requestStreamCancelled, _):
            self = made(.cancelled, "cancelled")
        case (.deadlineExceeded, _), (.readTimeout, _), (.writeTimeout, _):
            self = made(.timedOut, "no answer in time from \(host)")
        case (.connectTimeout, .nothingSent), (.tlsHandshakeTimeout, .nothingSent),
            (.getConnectionFromPoolTimeout, .nothingSent):
            self = made(.notConnected, "no connection to \(host) in time")
        case (.remoteConnectionClosed, .nothingSent):
            self = made(.closedBeforeAnswer, "\(host) closed the connection")
        case (_, .nothingSent):
            if let why = TransportError.verificationFailure(error) {
                self = made(.untrusted, why)
            } else {
                self = made(.notConnected, "no connection to \(host): \(TransportError.words(error))")
            }
        case (_, .sending):
            let isClosed =
                known == .remoteConnectionClosed || error is IOError || error is ChannelError
                || error is NIOSSLError || error is BoringSSLError
            self = made(
                isClosed ? .closedBeforeAnswer : .brokenAnswer,
                isClosed
                    ? "\(host) closed the connection before it answered"
                    : "\(host) did not answer in HTTP: \(TransportError.words(error))"
            )
        case (_, .answering):
            self = made(.brokenAnswer, "the answer of \(host) broke off: \(TransportError.words(error))")
        }
    }

    /// Why a chain or host name was not verified; nil for every other error.
    private static func verificationFailure(_ error: any Error) -> String? {
        if let extra = error as? NIOSSLExtraError,
            extra == .failedToValidateHostname || extra == .serverHostnameImpossibleToMatch
        {
            return "it is for another host"
        }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        return String(describing: error).contains("CERTIFICATE_VERIFY_FAILED") ? "chain not verified" : nil
    }

    /// The first cause, short enough for a line.
    private static func words(_ error: any Error) -> String {
        if let connection = error as? NIOConnectionError {
            if connection.connectionErrors.isEmpty {
                return connection.dnsAError == nil && connection.dnsAAAAError == nil
                    ? "it has no address" : "its name cannot be resolved"
            }
            return connection.connectionErrors.first.map { words($0.error) } ?? ""
        }
        return String(String(describing: error).printable(limit: 2048).prefix(300))
    }
}
