import Findings
import LosslessJSON
import Messages
import Policies

/// One finding as a metric line tells of it.
struct MetricEntry {
    /// What this invocation brought the finding to; `nil` when an earlier step did, so that it is counted once.
    var outcome: String?
    /// Of a record of a batch that failed.
    var errorType: String?
    /// What is decided, and whether this invocation has decided it.
    var action = ""
    var isDecision = false
    /// Whether somebody is asked because of the mode, where the rule itself would block.
    var isAskedByMode = false
    /// How the finding has ended so far, whatever step brought it there.
    var status = ""
    /// The outcome's sentence, where something was not done.
    var summary = ""
    var account = ""
    var principal = ""
    /// Who has opened the access, as CloudTrail tells it.
    var openedBy = ""
    var resourceType = ""
    var findingID = ""
    var resource = ""
    var rule = ""
    var owner = ""
    /// The rule's own reason comes first of a decision's.
    var reason = ""

    /// What an answer says; `nil` for one that is not about a finding, such as a batch's.
    ///
    /// - Parameter input: what the invocation started from; `nil` where that was no case.
    init?(answer: JSONObject, input: Case?) {
        guard let finding = answer["finding"] else { return nil }
        let decision = answer["decision"]
        if let status = answer["outcome"]?["status"]?.string {
            outcome = input?.outcome == nil ? status : nil
        } else if let action = decision?["action"]?.string {
            outcome = input?.decision == nil ? action : nil
        } else {
            outcome = "NONE"
        }
        resourceType = finding["resourceType"]?.string ?? ""
        findingID = finding["id"]?.string ?? ""
        resource = finding["resource"]?.string ?? ""
        account = finding["accountId"]?.string ?? ""
        principal = Self.principal(finding["principal"])
        openedBy = answer["context"]?["openedBy"].flatMap(OpenedByWords.change) ?? ""
        rule = decision?["rule"]?.string ?? ""
        owner = decision?["owner"]?.string ?? ""
        let reasons = decision?["reasons"]?.array ?? []
        reason = reasons.first?.string ?? ""
        action = decision?["action"]?.string ?? ""
        isDecision = decision != nil && input?.decision == nil
        isAskedByMode = reasons.contains(.string(Reason.askedByMode.text))
        status = answer["outcome"]?["status"]?.string ?? ""
        if Self.undone.contains(status) { summary = answer["outcome"]?["summary"]?.string ?? "" }
    }

    /// A record of a batch that failed.
    init(errorType: String, input: Case?) {
        self.errorType = errorType
        if let input { take(input.finding) }
    }

    /// A finding that came to nothing.
    init(about finding: Finding) {
        take(finding)
    }

    /// Outcomes that say why something was not done.
    static let undone = [
        Outcome.Status.refused, .protected, .exempt, .failed, .conflict, .deniedApproval,
    ].map(\.rawValue)

    /// A finding's principal in one line: `AWS 999988887777`.
    static func principal(_ json: JSON?) -> String {
        (json?.object?.members ?? []).prefix(3).map { "\($0.key) \($0.value.string ?? $0.value.text())" }
            .joined(separator: ", ")
    }

    private mutating func take(_ finding: Finding) {
        resourceType = finding.resourceType.name
        findingID = finding.id
        resource = finding.resource.description
        account = finding.accountID
    }
}
