package import AWSClient
import Findings
import LosslessJSON
import Synchronization

/// What one invocation came to, kept while it runs and written when its answer is out.
///
/// It only keeps what it is given: the answer waits for the invocation, so all else is for `MetricLines`.
package final class InvocationMetrics: Sendable {
    /// How one finding ended.
    enum End: Sendable {
        /// As the case says. `input` is what the invocation started from; `nil` where that was no case.
        case answered(JSONObject, input: Case?)
        /// The same, of which only what a line tells is kept: a sweep has thousands.
        case counted(MetricEntry)
        /// A record of a batch that failed, with the error's type.
        case failed(String, input: Case?)

        /// As a line tells it; `nil` for an answer that is not about a finding, such as a batch's.
        var entry: MetricEntry? {
            switch self {
            case .answered(let answer, let input): MetricEntry(answer: answer, input: input)
            case .counted(let entry): entry
            case .failed(let type, let input): MetricEntry(errorType: type, input: input)
            }
        }
    }

    private struct State {
        var ends: [End] = []
        var input: Case?
        var duration: Duration?
    }

    private let begin = ContinuousClock.now
    private let counter: CallCounter?
    private let state = Mutex(State())

    /// - Parameter counter: what counts the invocation's AWS calls; `nil` where none are made.
    package init(counter: CallCounter? = nil) {
        self.counter = counter
    }

    /// Calls of AWS, however often each was tried.
    var calls: Int { counter?.calls ?? 0 }
    /// Tries beyond the first of each call.
    var retries: Int { counter?.retries ?? 0 }
    /// How the findings ended, in order.
    var ends: [End] { state.withLock { $0.ends } }
    /// The case that the invocation started from.
    var input: Case? { state.withLock { $0.input } }

    /// From the beginning to `end()`, or to now.
    var duration: Duration {
        state.withLock { $0.duration } ?? begin.duration(to: .now)
    }

    /// The handler is through.
    package func end() {
        let duration = begin.duration(to: .now)
        state.withLock { $0.duration = duration }
    }

    /// Takes the case that an invocation starts from.
    func began(_ input: Case) {
        state.withLock { $0.input = input }
    }

    /// Takes the invocation's answer.
    func answered(_ answer: JSONObject) {
        state.withLock { $0.ends.append(.answered(answer, input: $0.input)) }
    }

    /// Takes the answer to one case of a batch.
    func answered(_ answer: JSONObject, after input: Case?) {
        state.withLock { $0.ends.append(.answered(answer, input: input)) }
    }

    /// Takes what a metric line tells of the answer to one of many findings.
    func counted(_ answer: JSONObject, after input: Case) {
        guard let entry = MetricEntry(answer: answer, input: input) else { return }
        state.withLock { $0.ends.append(.counted(entry)) }
    }

    /// Takes the failure of one record of a batch; `nil` for one that holds no case.
    func failed(_ error: HandlerError, _ input: Case?) {
        state.withLock { $0.ends.append(.failed(error.type, input: input)) }
    }
}
