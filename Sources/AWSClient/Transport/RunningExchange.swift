import NIOCore

/// One exchange from its start to its one end, and how far it came.
///
/// Unchecked: everything but `exchange` is touched on the connections' event loop alone.
final class RunningExchange: @unchecked Sendable {
    /// How far an exchange came.
    enum Progress: Int, Comparable {
        case nothingSent, sending, answering

        static func < (left: Progress, right: Progress) -> Bool { left.rawValue < right.rawValue }
    }

    typealias Completion = @Sendable (Result<WireResponse, TransportError>) -> Void

    let exchange: HTTPExchange
    var progress = Progress.nothingSent
    /// Gives up the connection that the exchange is on, or waits for.
    var abandon: (() -> Void)?
    private(set) var isOver = false
    private var completion: Completion?
    private var timer: Scheduled<Void>?

    init(_ exchange: HTTPExchange) {
        self.exchange = exchange
    }

    /// The host and port as errors name them.
    var host: String { exchange.endpoint.authority }

    /// Begins the time that it may take. An exchange that was cancelled before ends at once.
    func begin(on loop: any EventLoop, _ completion: @escaping Completion) {
        guard !isOver else { return completion(.failure(.cancelled(progress))) }
        self.completion = completion
        let left = TimeAmount(ContinuousClock.now.duration(to: exchange.deadline))
        timer = loop.scheduleTask(in: left) {
            self.fail(TransportError(.timedOut, self.progress, "no answer in time from \(self.host)"))
        }
    }

    /// Ends it, once. A failure gives the connection up: what is on it belongs to nobody any more.
    func end(_ result: Result<WireResponse, TransportError>) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        if case .failure = result { abandon?() }
        abandon = nil
        completion?(result)
        completion = nil
    }

    func fail(_ error: TransportError) {
        end(.failure(error))
    }

    func cancel() {
        fail(.cancelled(progress))
    }
}

extension TransportError {
    /// An error of an exchange that came so far.
    init(_ reason: Reason, _ progress: RunningExchange.Progress, _ message: String) {
        self.init(reason, mayHaveBeenSent: progress > .nothingSent, message: message)
    }

    static func cancelled(_ progress: RunningExchange.Progress) -> TransportError {
        TransportError(.cancelled, progress, "cancelled")
    }
}
