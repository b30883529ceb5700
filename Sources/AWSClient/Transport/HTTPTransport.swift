/// One HTTP exchange, signed and complete.
package struct HTTPExchange: Sendable {
    /// The HTTP method.
    package var method: String
    /// Where to.
    package var endpoint: EndpointURL
    /// Path and query as they are sent, from `/` on.
    package var target: String
    /// All header fields but length and host.
    package var headers: WireHeaders
    /// The body, empty for none.
    package var body: [UInt8]
    /// When the exchange is given up.
    package var deadline: ContinuousClock.Instant
    /// The largest body of an answer, in bytes.
    package var bodyLimit: Int

    /// An exchange of these parts.
    package init(
        method: String,
        endpoint: EndpointURL,
        target: String,
        headers: WireHeaders,
        body: [UInt8],
        deadline: ContinuousClock.Instant,
        bodyLimit: Int
    ) {
        self.method = method
        self.endpoint = endpoint
        self.target = target
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.bodyLimit = bodyLimit
    }
}

/// Why an exchange brought no answer.
package struct TransportError: Error, Sendable, Equatable {
    /// What went wrong.
    package enum Reason: Sendable, Equatable {
        /// No connection: refused, no such host, no route, not within the time.
        case notConnected
        /// Nothing verifies the host's certificate.
        case untrusted
        /// A certificate of the host is past its end, or not valid yet: only its owner can mend that.
        case certificateOutOfDate
        /// The process has no file descriptors left.
        case noDescriptors
        /// There are no trust roots to verify with, or they cannot be read.
        case noTrustRoots
        /// The connection was closed before the first byte of an answer, or a kept one before anything was sent.
        case closedBeforeAnswer
        /// The connection was closed within an answer, or the answer is not HTTP.
        case brokenAnswer
        /// The answer's body is larger than the limit.
        case tooLarge
        /// The exchange's deadline passed.
        case timedOut
        /// The task was cancelled.
        case cancelled
    }

    /// What went wrong.
    package var reason: Reason
    /// Some of the request may have reached the service.
    package var mayHaveBeenSent: Bool
    /// In words, without secrets.
    package var message: String

    /// An error of these parts.
    package init(_ reason: Reason, mayHaveBeenSent: Bool, message: String) {
        self.reason = reason
        self.mayHaveBeenSent = mayHaveBeenSent
        self.message = message
    }
}

/// Carries HTTP exchanges: over the network, or within a test.
package protocol HTTPTransport: Sendable {
    /// Sends a request and gathers its answer.
    func send(_ exchange: HTTPExchange) async throws(TransportError) -> WireResponse
    /// Opens a connection where there is none. What fails shows when something is sent.
    func prepare(for endpoint: EndpointURL)
}

extension HTTPTransport {
    package func prepare(for endpoint: EndpointURL) {}
}
