package import Findings
package import Messages

/// What an invocation does besides answering, for a command that shows it.
package enum InvocationNews: Sendable {
    /// What became of a message.
    package enum Fate: Sendable {
        case sent
        /// There is no topic for it.
        case noTopic
        /// A dry run sends nothing.
        case dryRun
    }

    /// What `OBSERVED` would be without the dry run.
    case wouldBe(Outcome.Status)
    /// A message, as it is sent.
    case message(Message, Fate)
    /// Nobody is told of what people should be told, and why.
    case notTold(String)
    /// Records of a batch that hold one finding, by their message ids, and its case.
    case answered(records: [String], Case)
    /// Records of a batch that failed.
    case failed(records: [String], HandlerError)
    /// Records of a batch that were not begun, and why.
    case skipped(records: [String], why: String)
}
