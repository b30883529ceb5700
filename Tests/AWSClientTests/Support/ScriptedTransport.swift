import AWSClient
import Synchronization

/// A way to AWS within the test: each exchange is answered by a closure.
struct ScriptedTransport: HTTPTransport {
    let answer: @Sendable (HTTPExchange) async throws(TransportError) -> WireResponse

    func send(_ exchange: HTTPExchange) async throws(TransportError) -> WireResponse {
        try await answer(exchange)
    }

    static func answering(_ status: Int, _ body: String, _ headers: WireHeaders = [:]) -> ScriptedTransport {
        ScriptedTransport { _ throws(TransportError) in
            WireResponse(status: status, headers: headers, body: Array(body.utf8))
        }
    }
}
