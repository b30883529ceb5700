import AWSSigning
import Basics
import Synchronization

/// A wall clock that stands still but for the pauses, which take no time; it keeps how long each was to be.
final class TestClock: Sendable {
    private struct State {
        var seconds: Int64
        var pauses: [Duration] = []
    }

    private let state: Mutex<State>

    /// 2026-11-21T08:40:00Z.
    init(secondsSinceEpoch seconds: Int64 = 1_795_250_400) {
        state = Mutex(State(seconds: seconds))
    }

    var now: Timestamp { Timestamp(secondsSinceEpoch: state.withLock { $0.seconds }) }
    var pauses: [Duration] { state.withLock { $0.pauses } }

    /// A pause passes as whole minutes, so that every try has a date of its own.
    func pause(_ duration: Duration) {
        state.withLock { state in
            state.pauses.append(duration)
            state.seconds += 60
        }
    }
}
