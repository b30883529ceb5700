package import AWSSigning
import Logging
import Synchronization

/// Keeps what `fetch` brought until five minutes before its end, and lets only one fetch run at a time.
///
/// A failed fetch is not remembered: the next call fetches again. While the old credentials are still valid they are
/// used in its place.
package final class CachingCredentials: CredentialsProvider {
    /// Brings fresh credentials, for example by `AssumeRole`.
    package typealias Fetch = @Sendable (CredentialsRequest) async throws(AWSError) -> Credentials

    private struct State {
        var cached: Credentials?
        var isFetching = false
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Result<Void, AWSError>, Never>] = [:]
    }

    private enum Step {
        case use(Credentials)
        case fetch(fallback: Credentials?)
        case wait
    }

    /// Seconds before the end from which fresh ones are fetched.
    private static let refreshMargin: Int64 = 300

    private let fetch: Fetch
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// Caches what `fetch` brings; `now` is the wall clock.
    package init(
        now: @escaping @Sendable () -> Timestamp = { WallClock.now() },
        fetch: @escaping Fetch
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// Cached credentials, or fresh ones. Throws what `fetch` throws.
    package func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        while true {
            switch nextStep(for: request) {
            case .use(let credentials):
                return credentials
            case .fetch(let fallback):
                return try await refresh(for: request, fallback: fallback)
            case .wait:
                try await waitForFetch()
            }
        }
    }

    private func nextStep(for request: CredentialsRequest) -> Step {
        let now = now()
        return state.withLock { state in
            let cached = state.cached.flatMap { $0 == request.refused ? nil : $0 }
            guard let cached else {
                if state.isFetching { return .wait }
                state.isFetching = true
                return .fetch(fallback: nil)
            }
            guard let expiration = cached.expiration else { return .use(cached) }
            if now < expiration.adding(seconds: -Self.refreshMargin) { return .use(cached) }
            let isValid = now < expiration
            if state.isFetching { return isValid ? .use(cached) : .wait }
            state.isFetching = true
            return .fetch(fallback: isValid ? cached : nil)
        }
    }

    private func refresh(
        for request: CredentialsRequest,
        fallback: Credentials?
    ) async throws(AWSError) -> Credentials {
        do throws(AWSError) {
            let fresh = try await fetch(request)
            finish(.success(()), cached: fresh)
            return fresh
        } catch {
            // Whoever waits has a deadline and a task of its own: it tries by itself when only ours ended.
            let isOurs = error.kind == .cancelled || error.kind == .deadlineExceeded
            finish(isOurs ? .success(()) : .failure(error), cached: nil)
            guard let fallback else { throw error }
            request.logger.warning(
                "credentials could not be refreshed, using the old ones until they end",
                metadata: ["error": "\(error)"]
            )
            return fallback
        }
    }

    private func finish(_ result: Result<Void, AWSError>, cached: Credentials?) {
        let waiters = state.withLock { state in
            state.isFetching = false
            if let cached { state.cached = cached }
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: result) }
    }

    private func waitForFetch() async throws(AWSError) {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Result<Void, AWSError>? = state.withLock { state in
                    if Task.isCancelled { return .failure(.cancelledWhileWaiting) }
                    if !state.isFetching { return .success(()) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(returning: .failure(.cancelledWhileWaiting))
        }
        try result.get()
    }
}

extension AWSError {
    static let cancelledWhileWaiting = AWSError(kind: .cancelled, message: "cancelled while waiting for credentials")
}
