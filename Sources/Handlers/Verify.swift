import AWSClient
import AWSOperations
import Basics
import Findings
import Logging
import LosslessJSON
import Policies

/// Whether what was blocked is gone.
enum Verification {
    /// Asks Access Analyzer whether an access that was blocked is gone, and sets `verification`.
    ///
    /// Analysis takes up to half an hour, so a caller waits `verification.waitSeconds` and asks again while the answer is
    /// `PENDING`. Only cases whose outcome is `RESOLVED` or `ALREADY_RESOLVED` are looked at.
    static func run(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
        let earlier = try HandlerError.decoding { () throws(InvalidEvent) in try VerificationResult.attempts(of: input)
        }
        guard let status = input.outcome?.status, status == .resolved || status == .alreadyResolved else {
            return input
        }
        let finding = input.finding
        let analyzer = try AnalyzerEndpoint(of: finding)
        let attempt = earlier + 1
        if (attempt - 1).isMultiple(of: VerificationResult.scanEvery), finding.kind == .externalAccess,
            !environment.isDryRun
        {
            try await startScan(finding, analyzer, environment)
        }
        var verification = VerificationResult(
            attempt: attempt,
            findingStatus: try statusNow(of: finding, await analyzer.currentRecord(of: finding, environment.aws))
        )
        if verification.status == .stillActive {
            verification.change = try await ChangeNow(of: input, environment)
        }
        environment.logger.info(
            "the finding was looked at again",
            metadata: [
                "findingId": .string(finding.id), "verification": .string(verification.status.rawValue),
                "attempt": .stringConvertible(attempt), "findingStatus": .string(verification.findingStatus ?? "gone"),
            ]
        )
        var result = input
        result.verified(verification.json)
        return result
    }

    /// The finding's status; `nil` when Access Analyzer no longer has it.
    private static func statusNow(
        of finding: Finding,
        _ answer: Result<FindingRecord, AWSError>
    ) throws(HandlerError) -> String? {
        switch answer {
        case .success(let record):
            if case .different(let how) = FindingCheck(identityOf: finding, record) {
                let isAboutAnother = !record.id.hasSameBytes(as: finding.id)
                throw HandlerError(InvalidEvent(isAboutAnother ? "finding.id" : "finding.resource", how))
            }
            return record.status.printable(limit: 100)
        case .failure(let error) where error.meansNoFinding:
            return nil
        case .failure(let error):
            throw HandlerError(error)
        }
    }

    /// Has the resource analysed now instead of at the next change or within a day.
    private static func startScan(
        _ finding: Finding,
        _ analyzer: AnalyzerEndpoint,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) {
        do throws(AWSError) {
            try await environment.aws.call(
                StartResourceScan(
                    resource: finding.resource.description,
                    ownerAccount: finding.accountID,
                    analyzerARN: analyzer.arn.description,
                    region: analyzer.region
                )
            )
        } catch {
            switch error.kind {
            case .accessDenied, .notFound, .rejected:
                // The scan only makes it quicker: Access Analyzer sees the change by itself within half an hour.
                environment.logger.warning("the resource scan was not started", metadata: ["why": .string("\(error)")])
            case .throttled, .unavailable, .deadlineExceeded, .cancelled, .configuration:
                throw HandlerError(error)
            }
        }
    }
}

/// How an access stands after the change, and when to look again.
struct VerificationResult {
    enum Status: String {
        /// Access Analyzer has the finding as RESOLVED, or no longer has it.
        case resolved = "RESOLVED"
        /// Not yet: look again.
        case pending = "PENDING"
        /// Not after as many looks as are worth it: a person has to look.
        case stillActive = "STILL_ACTIVE"
    }

    let attempt: Int
    let findingStatus: String?
    /// Whether our change is there; looked at once the finding has stayed active for as long as we look.
    var change: ChangeNow?

    init(attempt: Int, findingStatus: String?) {
        self.attempt = attempt
        self.findingStatus = findingStatus
    }

    /// With the waits between them 20 looks take two hours and 25 minutes.
    static let limit = 20
    /// A resource scan is asked for at the first look and at every fifth after it.
    static let scanEvery = 5
    /// More looks than anybody takes; a number beyond it is a mistake.
    private static let mostAttempts = 10_000

    var status: Status {
        guard let findingStatus, FindingStatus(findingStatus) != .resolved else { return .resolved }
        return attempt < Self.limit ? .pending : .stillActive
    }

    /// 15 s, doubled with each look, at most ten minutes.
    var waitSeconds: Int {
        min(600, 15 << min(max(attempt, 1) - 1, 6))
    }

    var json: JSONObject {
        var json = JSONObject([
            ("status", .string(status.rawValue)), ("attempt", .int(attempt)), ("limit", .int(Self.limit)),
        ])
        if let findingStatus { json["findingStatus"] = .string(findingStatus) }
        if let change { json["change"] = .string(change.rawValue) }
        if status == .pending { json["waitSeconds"] = .int(waitSeconds) }
        return json
    }

    /// How often the case has been looked at.
    static func attempts(of input: Case) throws(InvalidEvent) -> Int {
        guard let value = input.json["verification"], value != .null else { return 0 }
        guard let earlier = value.object else {
            throw InvalidEvent("verification", "must be an object, not \(value.kind)")
        }
        guard let attempt = earlier["attempt"], attempt != .null else { return 0 }
        guard let number = attempt.int, (0...mostAttempts).contains(number) else {
            throw InvalidEvent("verification.attempt", "must be a whole number from 0 to \(mostAttempts)")
        }
        return number
    }
}
