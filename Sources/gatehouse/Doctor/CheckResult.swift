import AWSClient
import Basics
import LosslessJSON

/// What one check of `gatehouse doctor` has found.
struct CheckResult: Sendable, Equatable {
    /// How it stands.
    enum Status: String, Sendable {
        /// As it should be.
        case ok
        /// Odd, or something that could not be asked.
        case warning
        /// Gatehouse does not work like this.
        case failed = "FAIL"
    }

    /// What was looked at, such as `topic`.
    let check: String
    let status: Status
    /// What was found, as one sentence.
    let what: String
    /// A command or a place that mends it; `nil` where there is nothing to mend.
    let mend: String?

    private init(_ status: Status, _ check: String, _ what: String, _ mend: String?) {
        self.status = status
        self.check = check
        self.what = what.printable(limit: 1500)
        self.mend = mend?.printable(limit: 1500)
    }

    static func ok(_ check: String, _ what: String) -> CheckResult {
        CheckResult(.ok, check, what, nil)
    }

    static func warning(_ check: String, _ what: String, mend: String?) -> CheckResult {
        CheckResult(.warning, check, what, mend)
    }

    static func failed(_ check: String, _ what: String, mend: String) -> CheckResult {
        CheckResult(.failed, check, what, mend)
    }

    /// AWS did not say how it stands: a warning, never a claim.
    static func unknown(_ check: String, _ error: AWSError, of what: String) -> CheckResult {
        guard error.kind == .accessDenied else {
            return .warning(check, "could not be checked: \(what): \(error)", mend: "run it again")
        }
        return .warning(
            check,
            "could not be checked: your credentials may not call \(error.permission)",
            mend: "credentials that are allowed \(error.permission)"
        )
    }

    /// The lines for people: status, check and finding, and below them the mend.
    var lines: [String] {
        let word = status.rawValue.padded(to: 9)
        let color = status == .ok ? "32" : status == .warning ? "33" : "31"
        let first = Terminal.styled(word, color) + check.padded(to: 14) + what
        return [first] + (mend.map { [String(repeating: " ", count: 23) + "-> \($0)"] } ?? [])
    }

    var json: JSON {
        [
            "check": .string(check), "status": .string(status.rawValue), "what": .string(what),
            "mend": mend.map(JSON.string) ?? .null,
        ]
    }
}

extension AWSError {
    /// The permission that the call needs, such as `sns:ListSubscriptionsByTopic`.
    var permission: String {
        let prefixes = [
            "AccessAnalyzer": "access-analyzer", "CloudFormation": "cloudformation", "DynamoDB": "dynamodb",
            "EventBridge": "events", "IAM": "iam", "Lambda": "lambda", "S3": "s3", "SNS": "sns", "SQS": "sqs",
            "STS": "sts",
        ]
        return "\(prefixes[service] ?? service):\(operation)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - utf8.count))
    }
}
