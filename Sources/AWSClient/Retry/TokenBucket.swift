/// How many retries all calls together may still make, so that an outage is not answered with a flood.
///
/// As AWS SDKs' standard mode defines it: 500 tokens; a retry takes 5, one after a time-out 10; a call that succeeds
/// gives back what its last retry took, or 1.
struct TokenBucket: Equatable {
    static let capacity = 500
    private(set) var tokens = TokenBucket.capacity

    mutating func take(_ cost: Int) -> Bool {
        guard tokens >= cost else { return false }
        tokens -= cost
        return true
    }

    mutating func giveBack(_ cost: Int) {
        tokens = min(TokenBucket.capacity, tokens + max(cost, 1))
    }
}
