import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers one answer, within its limit, and knows how far the exchange came.
final class ExchangeDelegate: HTTPClientResponseDelegate {
    /// How far an exchange came.
    enum Progress: Int, Comparable, Sendable {
        case nothingSent, sending, answering

        static func < (left: Progress, right: Progress) -> Bool { left.rawValue < right.rawValue }
    }

    /// The answer's body is larger than the limit.
    struct TooLarge: Error {}

    private struct State {
        var progress = Progress.nothingSent
        var status = 0
        var headers: WireHeaders = [:]
        var body: [UInt8] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var progress: Progress { state.withLock { $0.progress } }

    func didSendRequestHead(task: HTTPClient.Task<WireResponse>, _ head: HTTPRequestHead) {
        state.withLock { $0.progress = .sending }
    }

    func didReceiveHead(task: HTTPClient.Task<WireResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        var headers: WireHeaders = [:]
        headers.reserveCapacity(head.headers.count)
        for (name, value) in head.headers { headers.append(name, value) }
        let length = headers["content-length"].flatMap { Int($0) }
        state.withLock { state in
            state.progress = .answering
            state.status = Int(head.status.code)
            state.headers = headers
            if let length, length <= limit { state.body.reserveCapacity(length) }
        }
        if let length, length > limit { return task.eventLoop.makeFailedFuture(TooLarge()) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<WireResponse>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.body.count + buffer.readableBytes <= limit else { return false }
            state.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<WireResponse>) throws -> WireResponse {
        state.withLock { state in
            let body = state.body
            state.body = []
            return WireResponse(status: state.status, headers: state.headers, body: body)
        }
    }
}
