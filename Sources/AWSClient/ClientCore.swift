import AWSSigning
import Synchronization

/// What all copies of a client share.
final class ClientCore: Sendable {
    let configuration: AWSConfiguration
    let transport: any HTTPTransport
    let signer = SignatureV4()
    let bucket = Mutex(TokenBucket())
    /// How many seconds the services' clock is ahead of ours, as far as their answers said.
    let clockOffset = Atomic<Int64>(0)

    init(configuration: AWSConfiguration, transport: any HTTPTransport) {
        self.configuration = configuration
        self.transport = transport
    }

    /// The time to sign with.
    func signingDate() -> Timestamp {
        WallClock.now().adding(seconds: clockOffset.load(ordering: .relaxed))
    }

    /// Takes the services' time from an answer. False when ours was right, so that the date was not the trouble.
    func correctClock(by headers: WireHeaders) -> Bool {
        guard let date = headers["date"].flatMap(Timestamp.init(httpDate:)) else { return false }
        let offset = date.secondsSinceEpoch - WallClock.now().secondsSinceEpoch
        let old = clockOffset.exchange(offset, ordering: .relaxed)
        return abs(offset - old) > 30
    }
}
