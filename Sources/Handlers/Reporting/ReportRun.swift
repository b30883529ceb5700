import AWSClient
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages

/// The handler `report`: tells people once a period what was answered, and what enforce would have done.
struct ReportRun {
    /// A week.
    private static let period: Int64 = 7 * 86_400
    /// So many elements of each list are in the message, and in the answer.
    private static let (inMessage, inAnswer) = (20, 100)
    /// What is left of the time for telling people.
    private static let timeToTell = Duration.seconds(20)

    private let end: Timestamp
    /// Names the period where the event does: then a retry is known to be one.
    private let occurrence: String?
    private let environment: HandlerEnvironment

    /// - Parameter event: `{}` for the week until now; `{"time": …}` for the week until then, as an event of EventBridge
    ///   has it and a schedule can give it.
    init(_ event: JSON, _ environment: HandlerEnvironment) throws(HandlerError) {
        guard event.object != nil else {
            throw HandlerError(InvalidEvent("the event", "must be an object such as {}, not \(event.kind)"))
        }
        self.environment = environment
        // As a schedule has it where nobody has put the time in.
        guard let time = event["time"], time.string?.hasPrefix("<aws.") != true else {
            (end, occurrence) = (environment.now(), nil)
            return
        }
        guard let given = time.string.flatMap({ Timestamp(iso8601: $0) }) else {
            throw HandlerError(InvalidEvent("time", "must be a time such as 2026-11-27T07:00:00Z"))
        }
        (end, occurrence) = (given, given.extended)
    }

    /// The figures, and `notification`; null where nobody was told now.
    func run() async throws(HandlerError) -> JSONObject {
        guard let logGroup = environment.settings.logGroup, let region = environment.region else {
            throw HandlerError(
                .invalidConfiguration,
                "GATEHOUSE_LOG_GROUP is not set: set it to the log group of the functions (Lambda itself sets "
                    + "AWS_LAMBDA_LOG_GROUP_NAME)"
            )
        }
        let reader = LogGroupReader(
            logGroup: logGroup,
            region: region,
            aws: environment.aws,
            deadline: environment.deadline.map { $0 - Self.timeToTell }
        )
        let rules = try await environment.rules.rules(environment.access)
        let read = try await reader.read(from: end.adding(seconds: -Self.period), to: end)
        let report = ActivityReport(read.tally, read.source, rules: rules, now: environment.now())
        var answer = report.json(limit: Self.inAnswer)
        answer["notification"] = try await tell(
            Message(report: report.subject, report.text(limit: Self.inMessage))
        )
        environment.logger.info(
            "the report is made",
            metadata: [
                "findings": .stringConvertible(report.findings), "complete": .stringConvertible(read.source.isComplete),
            ]
        )
        return answer
    }

    /// Sends it, once for a period that the event names.
    private func tell(_ message: Message) async throws(HandlerError) -> JSON {
        guard let ledger = environment.ledger, let occurrence, !environment.isDryRun,
            Publishing.topic(for: message, environment) != nil
        else { return try await Publishing.send(message, environment) }
        let telling = Telling(
            access: ["report": .string(environment.settings.logGroup ?? "")],
            what: "REPORT",
            occurrence: occurrence,
            findingID: "report",
            isReportedByEveryRegion: false
        )
        let answer = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.claim(telling)
        }
        let claim: TellingClaim
        switch answer {
        case .send(let given): claim = given
        case .sent(let time):
            environment.logger.info("nobody is told again", metadata: ["toldAt": .string(time.extended)])
            return .null
        case .busy:
            throw HandlerError(.resourceBusy, "another invocation is about to send this report: a retry finds out")
        }
        let notification: JSON
        do throws(HandlerError) {
            notification = try await Publishing.send(message, environment)
        } catch {
            await settle { () async throws(LedgerError) in try await ledger.notTold(claim) }
            throw error
        }
        await settle { () async throws(LedgerError) in try await ledger.told(claim) }
        return notification
    }

    /// What cannot be recorded is told once more by a retry, rather than not at all.
    private func settle(_ write: () async throws(LedgerError) -> Void) async {
        do throws(LedgerError) {
            try await write()
        } catch {
            environment.logger.warning(
                "whether somebody was told could not be recorded",
                metadata: ["why": .string("\(error)")]
            )
        }
    }
}
