/// What an earlier step of this invocation read of the resource.
struct EarlierReading: Sendable {
    /// AWS's answer.
    let lookedUp: any Sendable
    private let asked: ContinuousClock.Instant
    private let revision: UInt64?

    /// - Parameters:
    ///   - asked: when it was asked for.
    ///   - revision: the journal's before that.
    init(_ lookedUp: any Sendable, asked: ContinuousClock.Instant, revision: UInt64?) {
        self.lookedUp = lookedUp
        self.asked = asked
        self.revision = revision
    }

    /// When it was asked for, where it is as good as a new one: it is young, and nobody has changed anything since.
    func asked(stillGoodIn environment: HandlerEnvironment) -> ContinuousClock.Instant? {
        guard let revision, revision == environment.journal.revision,
            asked.duration(to: environment.instant()) < .milliseconds(250)
        else { return nil }
        return asked
    }
}
