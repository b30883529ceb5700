/// Decides after each failed attempt of one call whether and when there is another. Knows no clock and no randomness.
///
/// | failure | read | write | wait | tokens |
/// | --- | --- | --- | --- | --- |
/// | throttled | again | again: it was turned away | up to 500 ms · 2ⁿ | 5 |
/// | not sent (refused, no connection) | again | again | up to 50 ms · 2ⁿ | 5 |
/// | 5xx, broken or unreadable answer | again | no: it may have been done | up to 50 ms · 2ⁿ | 5 |
/// | no answer in time | again | no | up to 50 ms · 2ⁿ | 10 |
/// | closed before sending | at once, the first time | the same | none | 0 |
/// | closed before any answer | at once, the first time | no | none | 0 |
/// | expired credentials, wrong clock | at once, the first time | the same | none | 0 |
/// | anything else | no | no | | |
///
/// n counts from 0, the wait is a random part of the whole (full jitter) and at most 20 s, for example:
///
/// | retry | throttled | other |
/// | --- | --- | --- |
/// | 1 | 0 to 500 ms | 0 to 50 ms |
/// | 2 | 0 to 1 s | 0 to 100 ms |
/// | 3 | 0 to 2 s | 0 to 200 ms |
///
/// The base is lower than the SDKs' 1 s because a function is paid by its time and has few callers; throttling keeps
/// more of it. `Retry-After` lengthens the wait; one over 20 s, or past the deadline, ends the call.
struct RetryState {
    enum Failure: Equatable {
        case throttled(retryAfter: Duration?)
        case notSent
        case transient(retryAfter: Duration?)
        case timedOut
        case closed(mayHaveBeenSent: Bool)
        case expiredCredentials
        case clockSkew
        case final
    }

    enum Decision: Equatable {
        case retry(after: Duration)
        case fail
    }

    static let longestWait = Duration.seconds(20)

    let isWrite: Bool
    let maxAttempts: Int
    private(set) var attempts = 1
    private var backoffs = 0
    private var reconnected = false
    private var refreshed = false
    private var corrected = false
    private(set) var lastCost = 0

    init(isWrite: Bool, maxAttempts: Int) {
        self.isWrite = isWrite
        self.maxAttempts = maxAttempts
    }

    /// What to do after an attempt failed. `random` is from 0 to 1, `remaining` the time to the deadline.
    mutating func next(
        after failure: Failure,
        bucket: inout TokenBucket,
        random: Double,
        remaining: Duration?
    ) -> Decision {
        switch failure {
        case .final:
            return .fail
        case .closed(let mayHaveBeenSent):
            if isWrite, mayHaveBeenSent { return .fail }
            if !reconnected {
                // A kept-alive connection that the service had closed meanwhile: not a sign of trouble.
                reconnected = true
                return .retry(after: .zero)
            }
            return backOff(base: .milliseconds(50), cost: 5, retryAfter: nil, &bucket, random, remaining)
        case .expiredCredentials:
            defer { refreshed = true }
            return refreshed ? .fail : atOnce()
        case .clockSkew:
            defer { corrected = true }
            return corrected ? .fail : atOnce()
        case .throttled(let retryAfter):
            return backOff(base: .milliseconds(500), cost: 5, retryAfter: retryAfter, &bucket, random, remaining)
        case .notSent:
            return backOff(base: .milliseconds(50), cost: 5, retryAfter: nil, &bucket, random, remaining)
        case .transient(let retryAfter):
            if isWrite { return .fail }
            return backOff(base: .milliseconds(50), cost: 5, retryAfter: retryAfter, &bucket, random, remaining)
        case .timedOut:
            if isWrite { return .fail }
            return backOff(base: .milliseconds(50), cost: 10, retryAfter: nil, &bucket, random, remaining)
        }
    }

    private mutating func atOnce() -> Decision {
        guard attempts < maxAttempts else { return .fail }
        attempts += 1
        return .retry(after: .zero)
    }

    private mutating func backOff(
        base: Duration,
        cost: Int,
        retryAfter: Duration?,
        _ bucket: inout TokenBucket,
        _ random: Double,
        _ remaining: Duration?
    ) -> Decision {
        guard attempts < maxAttempts else { return .fail }
        let ceiling = min(base * (1 << min(backoffs, 16)), Self.longestWait)
        let wait = max(ceiling * min(max(random, 0), 1), retryAfter ?? .zero)
        guard wait <= Self.longestWait else { return .fail }
        if let remaining, wait >= remaining { return .fail }
        guard bucket.take(cost) else { return .fail }
        lastCost = cost
        attempts += 1
        backoffs += 1
        return .retry(after: wait)
    }
}
