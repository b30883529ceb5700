package import Basics
import Logging
import Synchronization

/// Keeps what `fetch` brought. Calls share one fetch, and there is at most one more in the background.
///
/// | credentials | the call gets | besides |
/// | --- | --- | --- |
/// | none, past their end, or refused | what it fetches or waits for | |
/// | in their last five minutes | those | fresh ones are fetched in the background |
/// | else | those | |
///
/// So nobody who has valid credentials waits, however long the source takes. After a fetch in the background there
/// is a pause; one that failed while a call waited is not remembered, and the next call fetches again.
package final class CachingCredentials: CredentialsProvider {
    /// Brings fresh credentials, for example by `AssumeRole`.
    package typealias Fetch = @Sendable (CredentialsRequest) async throws(AWSError) -> Credentials

    private struct State {
        var cached: Credentials?
        /// A call fetches; others wait for it.
        var isFetching = false
        /// One is fetched in the background; nobody waits for that, for it may hang.
        var isRefreshing = false
        /// No fetch in the background before it.
        var pausedUntil: Timestamp?
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Result<Void, AWSError>, Never>] = [:]
    }

    private enum Step {
        case use(Credentials)
        case useAndRefresh(Credentials)
        case fetch
        case wait
    }

    /// Runs work that nobody waits for.
    package typealias Background = @Sendable (_ work: @escaping @Sendable () async -> Void) -> Void

    /// Seconds before the end from which fresh ones are fetched.
    private static let refreshMargin: Int64 = 300
    /// How long a fetch in the background may take: it has no call's deadline.
    private static let backgroundTime = Duration.seconds(30)

    private let fetch: Fetch
    private let now: @Sendable () -> Timestamp
    private let pause: Int64
    private let background: Background
    private let state = Mutex(State())

    /// Caches what `fetch` brings.
    /// - Parameters:
    ///   - now: the wall clock.
    ///   - pause: seconds after a fetch in the background until the next one.
    ///   - background: runs a fetch that nobody waits for.
    ///   - fetch: brings credentials.
    package init(
        now: @escaping @Sendable () -> Timestamp = { WallClock.now() },
        pause: Int64 = 30,
        background: @escaping Background = { work in Task { await work() } },
        fetch: @escaping Fetch
    ) {
        self.now = now
        self.pause = pause
        self.background = background
        self.fetch = fetch
    }

    /// Cached credentials, or fresh ones. Throws what `fetch` throws.
    package func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        while true {
            switch nextStep(for: request) {
            case .use(let credentials):
                return credentials
            case .useAndRefresh(let credentials):
                background { await self.refreshInBackground(request.logger) }
                return credentials
            case .fetch:
                return try await fetchNow(for: request)
            case .wait:
                try await waitForFetch(until: request.deadline)
            }
        }
    }

    private func nextStep(for request: CredentialsRequest) -> Step {
        let now = now()
        return state.withLock { state in
            let cached = state.cached.flatMap { $0 == request.refused ? nil : $0 }
            if let cached {
                guard let expiration = cached.expiration else { return .use(cached) }
                if now < expiration {
                    let isEarly = now < expiration.adding(seconds: -Self.refreshMargin)
                    let isPaused = state.pausedUntil.map { now < $0 } ?? false
                    if isEarly || isPaused || state.isFetching || state.isRefreshing { return .use(cached) }
                    state.isRefreshing = true
                    return .useAndRefresh(cached)
                }
            }
            if state.isFetching { return .wait }
            state.isFetching = true
            return .fetch
        }
    }

    private func fetchNow(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        do throws(AWSError) {
            let fresh = try await fetch(request)
            finish(.success(()), cached: fresh)
            return fresh
        } catch {
            // Whoever waits has a deadline and a task of its own: it tries by itself when only ours ended.
            let isOurs = error.kind == .cancelled || error.kind == .deadlineExceeded
            finish(isOurs ? .success(()) : .failure(error), cached: nil)
            throw error
        }
    }

    private func refreshInBackground(_ logger: Logger) async {
        var fresh: Credentials?
        do throws(AWSError) {
            fresh = try await fetch(CredentialsRequest(deadline: .now + Self.backgroundTime, logger: logger))
        } catch {
            logger.warning(
                "credentials could not be refreshed, using the old ones until they end",
                metadata: ["error": "\(error)"]
            )
        }
        let next = now().adding(seconds: pause)
        state.withLock { state in
            state.isRefreshing = false
            // After good ones too: they may live no longer than the margin.
            state.pausedUntil = next
            // A call that needed some may have fetched others meanwhile.
            guard let fresh else { return }
            if let end = fresh.expiration, let other = state.cached?.expiration, end <= other { return }
            state.cached = fresh
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

    /// Waits for the fetch that runs, but not longer than the caller has time.
    private func waitForFetch(until deadline: ContinuousClock.Instant?) async throws(AWSError) {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let alarm = deadline.map { deadline in
            Task {
                // Cancelled when the fetch came first.
                try? await Task.sleep(until: deadline, clock: .continuous)
                let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
                waiter?.resume(returning: .failure(.noCredentialsInTime))
            }
        }
        defer { alarm?.cancel() }
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
    static let noCredentialsInTime = AWSError(
        kind: .deadlineExceeded,
        message: "the deadline passed while credentials were fetched"
    )
    static let cancelledWhileWaiting = AWSError(kind: .cancelled, message: "cancelled while waiting for credentials")
}
