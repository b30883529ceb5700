import AWSSigning
import Basics
import Synchronization

/// What all copies of a client share.
final class ClientCore: Sendable {
    let configuration: AWSConfiguration
    let transport: any HTTPTransport
    let signer = SignatureV4()
    let bucket = Mutex(TokenBucket())
    /// How many seconds the services' clock is ahead of ours, as far as their answers said.
    let clockOffset = Atomic<Int64>(0)
    /// The wall clock.
    let now: @Sendable () -> Timestamp
    /// Lets so much time pass between two tries.
    let pause: @Sendable (Duration) async throws -> Void

    init(
        configuration: AWSConfiguration,
        transport: any HTTPTransport,
        now: @escaping @Sendable () -> Timestamp = { WallClock.now() },
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.configuration = configuration
        self.transport = transport
        self.now = now
        self.pause = pause
    }

    /// Takes the services' time from an answer, where it holds one, and says whether the try that it answers was signed
    /// with another: compared with what that very try was signed with, for a sibling may have corrected the clock since.
    /// False when the date was not the trouble.
    func correctClock(by headers: WireHeaders, signedOffset: Int64) -> Bool {
        if let date = headers["date"].flatMap(Timestamp.init(httpDate:)) {
            clockOffset.store(date.secondsSinceEpoch - now().secondsSinceEpoch, ordering: .relaxed)
        }
        return abs(clockOffset.load(ordering: .relaxed) - signedOffset) > 30
    }
}
