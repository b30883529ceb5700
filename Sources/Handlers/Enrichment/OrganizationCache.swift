package import AWSClient
package import Basics
package import LosslessJSON
import Synchronization

/// What Organizations has told, kept for as long as the process lives, but no answer for longer than 15 minutes and no
/// failure for longer than one.
package final class OrganizationCache: Sendable {
    /// What is known of one account: perhaps a part, and why the rest is not.
    package struct Entry: Sendable, Equatable {
        /// The answer, or the part of it that came.
        package var json: JSON?
        /// Why there is no answer, or only a part.
        package var error: AWSError?

        package init(json: JSON? = nil, error: AWSError? = nil) {
            self.json = json
            self.error = error
        }
    }

    /// How long an answer is good for, in seconds.
    package static let answerLife: Int64 = 900
    /// How long a failure is not asked about again, in seconds.
    package static let failureLife: Int64 = 60
    /// How many entries are kept.
    package static let limit = 1_000

    private struct Kept {
        let entry: Entry
        let until: Timestamp
    }

    private struct State {
        var entries: [String: Kept] = [:]
        var hasSaid = false
    }

    private let state = Mutex(State())

    package init() {}

    /// What is known under a key at that time.
    package func entry(_ key: String, now: Timestamp) -> Entry? {
        state.withLock { state in
            guard let kept = state.entries[key], now < kept.until else { return nil }
            // A clock that was set back must not keep an answer for years.
            let life = kept.entry.error == nil ? Self.answerLife : Self.failureLife
            return kept.until <= now.adding(seconds: life) ? kept.entry : nil
        }
    }

    /// Keeps an entry. What only our own lack of time has ended is not kept.
    package func keep(_ entry: Entry, _ key: String, now: Timestamp) {
        if let kind = entry.error?.kind, kind == .cancelled || kind == .deadlineExceeded { return }
        let life = entry.error == nil ? Self.answerLife : Self.failureLife
        state.withLock { state in
            if state.entries.count >= Self.limit, state.entries[key] == nil {
                state.entries = state.entries.filter { now < $0.value.until }
                if state.entries.count >= Self.limit { state.entries = [:] }
            }
            state.entries[key] = Kept(entry: entry, until: now.adding(seconds: life))
        }
    }

    /// How many entries there are.
    package var count: Int {
        state.withLock { $0.entries.count }
    }

    /// Whether something is said for the first time in this process.
    func saysFirst() -> Bool {
        state.withLock { state in
            defer { state.hasSaid = true }
            return !state.hasSaid
        }
    }
}
