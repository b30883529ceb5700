import Testing

@testable import AWSClient

@Suite struct RetryStateTests {
    private func decisions(
        _ failures: [RetryState.Failure],
        isWrite: Bool = false,
        maxAttempts: Int = 3,
        random: Double = 1,
        remaining: Duration? = nil,
        bucket: inout TokenBucket
    ) -> [RetryState.Decision] {
        var state = RetryState(isWrite: isWrite, maxAttempts: maxAttempts)
        return failures.map { state.next(after: $0, bucket: &bucket, random: random, remaining: remaining) }
    }

    private func decisions(
        _ failures: RetryState.Failure...,
        isWrite: Bool = false,
        maxAttempts: Int = 3,
        random: Double = 1,
        remaining: Duration? = nil
    ) -> [RetryState.Decision] {
        var bucket = TokenBucket()
        return decisions(
            failures,
            isWrite: isWrite,
            maxAttempts: maxAttempts,
            random: random,
            remaining: remaining,
            bucket: &bucket
        )
    }

    @Test func waitsDoubleFromTheirBase() {
        let transient = RetryState.Failure.transient(retryAfter: nil)
        #expect(
            decisions(transient, transient, transient, transient, maxAttempts: 4)
                == [
                    .retry(after: .milliseconds(50)), .retry(after: .milliseconds(100)),
                    .retry(after: .milliseconds(200)), .fail,
                ]
        )
        let throttled = RetryState.Failure.throttled(retryAfter: nil)
        #expect(
            decisions(throttled, throttled, throttled)
                == [.retry(after: .milliseconds(500)), .retry(after: .seconds(1)), .fail]
        )
    }

    @Test func waitsAreAtMostTwentySeconds() {
        let failures = Array(repeating: RetryState.Failure.throttled(retryAfter: nil), count: 99)
        var bucket = TokenBucket()
        for decision in decisions(failures, maxAttempts: 100, bucket: &bucket) {
            guard case .retry(let wait) = decision else { continue }
            #expect(wait <= .seconds(20))
        }
    }

    @Test(arguments: [0.0, 0.25, 0.5, 0.999]) func jitterTakesAPartOfTheWhole(_ random: Double) {
        #expect(
            decisions(.transient(retryAfter: nil), random: random) == [.retry(after: .milliseconds(50) * random)]
        )
    }

    @Test func writesAreRepeatedOnlyWhenTheyWereNotDone() {
        #expect(decisions(.transient(retryAfter: nil), isWrite: true) == [.fail])
        #expect(decisions(.timedOut, isWrite: true) == [.fail])
        #expect(decisions(.closed(mayHaveBeenSent: true), isWrite: true) == [.fail])
        #expect(decisions(.closed(mayHaveBeenSent: false), isWrite: true) == [.retry(after: .zero)])
        #expect(decisions(.throttled(retryAfter: nil), isWrite: true) == [.retry(after: .milliseconds(500))])
        #expect(decisions(.notSent, isWrite: true) == [.retry(after: .milliseconds(50))])
        #expect(decisions(.expiredCredentials, isWrite: true) == [.retry(after: .zero)])
        #expect(decisions(.clockSkew, isWrite: true) == [.retry(after: .zero)])
        #expect(decisions(.final, isWrite: true) == [.fail])
    }

    @Test func aClosedConnectionIsFreeOnce() {
        var bucket = TokenBucket()
        let failures = Array(repeating: RetryState.Failure.closed(mayHaveBeenSent: true), count: 4)
        let made = decisions(failures, bucket: &bucket)
        #expect(
            made == [.retry(after: .zero), .retry(after: .milliseconds(50)), .retry(after: .milliseconds(100)), .fail]
        )
        #expect(bucket.tokens == 490)
        #expect(decisions(.closed(mayHaveBeenSent: true), maxAttempts: 1) == [.retry(after: .zero)])
    }

    @Test func credentialsAndClockAreMendedOnceEach() {
        #expect(
            decisions(.expiredCredentials, .clockSkew, .expiredCredentials, maxAttempts: 5)
                == [.retry(after: .zero), .retry(after: .zero), .fail]
        )
        #expect(decisions(.clockSkew, .clockSkew, maxAttempts: 5) == [.retry(after: .zero), .fail])
    }

    @Test func retryAfterLengthensTheWaitWithinBounds() {
        #expect(decisions(.throttled(retryAfter: .seconds(3)), random: 0) == [.retry(after: .seconds(3))])
        #expect(decisions(.throttled(retryAfter: .milliseconds(1))) == [.retry(after: .milliseconds(500))])
        #expect(decisions(.throttled(retryAfter: .seconds(21))) == [.fail])
    }

    @Test func nothingWaitsPastTheDeadline() {
        #expect(decisions(.transient(retryAfter: nil), remaining: .milliseconds(50)) == [.fail])
        #expect(
            decisions(.transient(retryAfter: nil), remaining: .milliseconds(51)) == [.retry(after: .milliseconds(50))]
        )
        #expect(decisions(.throttled(retryAfter: .seconds(2)), remaining: .seconds(1)) == [.fail])
    }

    @Test func anEmptyBucketEndsRetries() {
        var bucket = TokenBucket()
        var retries = 0
        for _ in 0..<200 {
            if decisions([.timedOut], bucket: &bucket) != [.fail] { retries += 1 }
        }
        #expect(retries == 50)
        #expect(bucket.tokens == 0)
        bucket.giveBack(0)
        bucket.giveBack(10)
        #expect(bucket.tokens == 11)
        for _ in 0..<100 { bucket.giveBack(10) }
        #expect(bucket.tokens == TokenBucket.capacity)
    }

    @Test(
        arguments: [
            (["retry-after": "3"], 3000), (["Retry-After": "0"], 0),
            (["x-amz-retry-after": "1500", "retry-after": "9"], 1500),
        ] as [([String: String], Int)]
    )
    func readsRetryAfter(_ headers: [String: String], _ milliseconds: Int) {
        #expect(RetryAfter.wait(in: WireHeaders(headers.map { ($0, $1) })) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "-1", "1.5", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT"])
    func ignoresARetryAfterThatIsNoCount(_ value: String) {
        #expect(RetryAfter.wait(in: ["retry-after": value]) == nil)
    }
}
