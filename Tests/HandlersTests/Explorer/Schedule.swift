import Basics
import Synchronization

/// Decides who goes on next, what goes wrong, and what time it is, all by one seed.
final class Schedule: Sendable {
    /// What becomes of a call.
    enum Turn {
        case goOn
        /// Turned away.
        case throttled
        /// Made, but nobody hears of it.
        case lost
        /// The process has died before the call, or after it.
        case dead(afterwards: Bool)
    }

    /// How often things go wrong, in a thousand calls.
    struct Chances {
        var throttled = 15
        var lost = 25
        var dead = 6
        /// Of a reading of the resource, that it is an old one.
        var stale = 200
        /// How old at most, in milliseconds.
        var lag: Int64 = 1500
        /// That somebody sleeps for half a minute or more.
        var sleep = 4
    }

    struct Counts {
        var turns = 0
        var throttled = 0
        var lost = 0
        var dead = 0
        /// Calls that came after their invocation's end, because it had slept.
        var overdue = 0
        var stale = 0
        /// Hashes of the orders that were seen.
        var order: UInt64 = 0xCBF2_9CE4_8422_2325
    }

    private struct Parked {
        let writer: Int
        let wakes: Int64
        let isCall: Bool
        let isWrite: Bool
        let continuation: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var numbers: SeededNumbers
        /// Milliseconds since the beginning.
        var time: Int64 = 0
        var parked: [Parked] = []
        var dead: Set<Int> = []
        var chances: Chances
        var counts = Counts()
        var story: [String] = []
    }

    private let state: Mutex<State>
    /// The real clock at the beginning of the virtual time.
    private let start = ContinuousClock.now
    static let begin: Int64 = 1_795_250_400

    init(seed: UInt64, chances: Chances) {
        state = Mutex(State(numbers: SeededNumbers(seed: seed), chances: chances))
    }

    var counts: Counts { state.withLock { $0.counts } }
    var milliseconds: Int64 { state.withLock { $0.time } }
    var now: Timestamp { Timestamp(secondsSinceEpoch: Self.begin + milliseconds / 1000) }
    var instant: ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    /// What happened, a line a call, for whoever looks into one seed.
    var story: String { state.withLock { $0.story.joined(separator: "\n") } }

    func countOverdue() {
        state.withLock { $0.counts.overdue += 1 }
    }

    func tell(_ line: @autoclosure () -> String) {
        state.withLock { $0.story.append("\($0.time) \(line())") }
    }

    /// From now on nothing goes wrong any more, and no time passes but what is waited for.
    func calm() {
        state.withLock { $0.chances = Chances(throttled: 0, lost: 0, dead: 0, stale: 0, lag: 0, sleep: 0) }
    }

    func advance(milliseconds: Int64) {
        state.withLock { $0.time += milliseconds }
    }

    func isDead(_ writer: Int) -> Bool { state.withLock { $0.dead.contains(writer) } }

    func number(in range: ClosedRange<Int64>) -> Int64 {
        state.withLock { Int64.random(in: range, using: &$0.numbers) }
    }

    /// How old the next reading is, in milliseconds.
    func staleness() -> Int64 {
        state.withLock { state in
            guard state.chances.lag > 0, state.numbers.happens(state.chances.stale) else { return 0 }
            state.counts.stale += 1
            return Int64.random(in: 1...state.chances.lag, using: &state.numbers)
        }
    }

    /// Waits for the writer's turn to make a call.
    func turn(of writer: Int, isWrite: Bool) async -> Turn {
        await park(writer, for: 0, isCall: true, isWrite: isWrite)
    }

    /// Waits for so many milliseconds at least.
    func sleep(_ writer: Int, for milliseconds: Int64) async -> Turn {
        await park(writer, for: milliseconds, isCall: false, isWrite: false)
    }

    private func park(_ writer: Int, for milliseconds: Int64, isCall: Bool, isWrite: Bool) async -> Turn {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.parked.append(
                    Parked(
                        writer: writer,
                        wakes: state.time + milliseconds,
                        isCall: isCall,
                        isWrite: isWrite,
                        continuation: continuation
                    )
                )
            }
        }
    }

    /// Runs everything to its end.
    func run(on executor: TurnExecutor) {
        executor.runUntilIdle()
        while let (continuation, turn) = next() {
            continuation.resume(returning: turn)
            executor.runUntilIdle()
        }
    }

    private func next() -> (CheckedContinuation<Turn, Never>, Turn)? {
        state.withLock { state in
            guard let soonest = state.parked.map(\.wakes).min() else { return nil }
            if state.time < soonest { state.time = soonest }
            let ready = state.parked.indices.filter { state.parked[$0].wakes <= state.time }
            let index = ready[Int.random(in: 0..<ready.count, using: &state.numbers)]
            let chosen = state.parked.remove(at: index)
            state.counts.turns += 1
            state.counts.order = (state.counts.order ^ UInt64(chosen.writer + 1)) &* 0x100_0000_01B3
            return (chosen.continuation, Self.turn(of: chosen, &state))
        }
    }

    private static func turn(of chosen: Parked, _ state: inout State) -> Turn {
        guard !state.dead.contains(chosen.writer) else { return .dead(afterwards: false) }
        guard chosen.isCall else { return .goOn }
        state.time += Int64.random(in: 2...60, using: &state.numbers)
        if state.numbers.happens(state.chances.sleep) {
            state.time += Int64.random(in: 5_000...90_000, using: &state.numbers)
        }
        if state.numbers.happens(state.chances.dead) {
            state.counts.dead += 1
            state.dead.insert(chosen.writer)
            return .dead(afterwards: state.numbers.happens(500))
        }
        if state.numbers.happens(state.chances.throttled) {
            state.counts.throttled += 1
            return .throttled
        }
        if chosen.isWrite, state.numbers.happens(state.chances.lost) {
            state.counts.lost += 1
            return .lost
        }
        return .goOn
    }
}
