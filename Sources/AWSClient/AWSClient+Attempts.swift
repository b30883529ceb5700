import Basics
import Logging
import Synchronization

extension AWSClient {
    /// The largest body of an answer, in bytes.
    static let bodyLimit = 8 << 20
    /// How long one attempt may take in all.
    static let attemptTimeout = Duration.seconds(15)

    /// What one attempt came to, when it brought no output.
    struct Failure {
        var error: AWSError
        var retry: RetryState.Failure
    }

    func perform<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        counter.countCall()
        let call = try PreparedCall(operation, configuration: core.configuration)
        var state = RetryState(isWrite: call.isWrite, maxAttempts: core.configuration.maxAttempts)
        var refused: (credentials: Credentials, error: AWSError)?
        while true {
            try checkTime()
            let credentials = try await credentials.credentials(
                for: CredentialsRequest(deadline: deadline, refused: refused?.credentials, logger: logger)
            )
            if let refused, refused.credentials == credentials { throw refused.error }
            try checkTime()
            counter.countAttempt()
            var failure: Failure
            switch await attempt(call, credentials: credentials) {
            case .success(let response):
                do throws(AWSError) {
                    let output = try operation.output(from: response)
                    core.bucket.withLock { $0.giveBack(state.lastCost) }
                    return output
                } catch {
                    failure = call.failure(unreadable: error)
                }
            case .failure(let failed):
                failure = failed.failure
            }
            if failure.retry == .expiredCredentials { refused = (credentials, failure.error) }
            try await waitOrThrow(&state, after: failure, call: call)
        }
    }

    /// One attempt: signed now, sent once. A failure is a value here, for the loop to judge.
    private func attempt(_ call: PreparedCall, credentials: Credentials) async -> Result<WireResponse, FailedAttempt> {
        let limit = ContinuousClock.now + Self.attemptTimeout
        let offset = core.clockOffset.load(ordering: .relaxed)
        let exchange = call.exchange(
            credentials: credentials,
            signer: core.signer,
            date: core.now().adding(seconds: offset),
            deadline: min(limit, deadline ?? limit)
        )
        do throws(TransportError) {
            var response = try await core.transport.send(exchange)
            response.service = call.service.id
            response.operation = call.operation
            if (200..<300).contains(response.status) { return .success(response) }
            let failure = call.failure(
                answer: response,
                core: core,
                signedOffset: offset,
                withheld: Withheld(credentials, exchange)
            )
            return .failure(FailedAttempt(failure))
        } catch {
            let failure = call.failure(
                transport: error,
                deadlineIsCallers: deadline.map { $0 <= limit } ?? false,
                withheld: Withheld(credentials, exchange)
            )
            return .failure(FailedAttempt(failure))
        }
    }

    /// Waits for the next attempt, or throws the failure.
    private func waitOrThrow(
        _ state: inout RetryState,
        after failure: Failure,
        call: PreparedCall
    ) async throws(AWSError) {
        let random = Double.random(in: 0..<1)
        let remaining = deadline.map { ContinuousClock.now.duration(to: $0) }
        let (decision, next) = core.bucket.withLock { bucket in
            var next = state
            return (next.next(after: failure.retry, bucket: &bucket, random: random, remaining: remaining), next)
        }
        state = next
        guard case .retry(let wait) = decision else { throw failure.error }
        logger.debug(
            "aws call is tried again",
            metadata: [
                "service": "\(call.service.id)", "operation": "\(call.operation)", "wait": "\(wait)",
                "error": "\(failure.error)",
            ]
        )
        if wait == .zero { return }
        do {
            try await core.pause(wait)
        } catch {
            throw AWSError(kind: .cancelled, message: "cancelled before the next try, after \(failure.error.message)")
        }
    }

    private var isPastDeadline: Bool {
        deadline.map { $0 <= .now } ?? false
    }

    /// Throws before anything is sent when nobody waits for the answer any more.
    private func checkTime() throws(AWSError) {
        if Task.isCancelled { throw AWSError(kind: .cancelled, message: "cancelled, nothing was sent") }
        if isPastDeadline {
            throw AWSError(kind: .deadlineExceeded, message: "the deadline has passed, nothing was sent")
        }
    }
}

/// A failed attempt as the error of a `Result`.
struct FailedAttempt: Error {
    let failure: AWSClient.Failure

    init(_ failure: AWSClient.Failure) {
        self.failure = failure
    }
}
