import Basics
import Findings
package import LosslessJSON
import Messages

/// What one step did about one finding, as a metric line or a case tells it.
package struct ReportEntry: Sendable {
    /// When; `nil` for a case, which does not say when it was answered.
    let time: Timestamp?
    let findingID: String
    var resource: String
    var resourceType: String
    var account: String
    var principal: String
    /// Who has opened the access; empty where that was not asked or is not known.
    var openedBy: String
    var rule: String
    var owner: String
    var mode: String
    /// What is decided; `nil` where nothing is, or the line does not say it.
    var action: Decision.Action?
    /// How it has ended; `nil` where it has not, or the line does not say it.
    var status: Outcome.Status?
    /// Why something was not done.
    var summary: String
    /// Whether this step has decided, or has ended the finding before anything was decided: once an answer.
    var isAnswer: Bool
    /// Whether a person is asked because of the mode, where the rule itself would block.
    var isAskedByMode: Bool
    /// What the step failed with.
    var errorType: String?

    /// Reads a line that `MetricLines` wrote, in this version or an earlier one; `nil` for every other line, and for one
    /// that is about no finding.
    package init?(metricLine json: JSON) {
        guard let handler = json["Handler"]?.string, let id = json["findingId"]?.string,
            let milliseconds = json["_aws"]?["Timestamp"]?.int
        else { return nil }
        time = Timestamp(secondsSinceEpoch: Int64(milliseconds / 1000))
        findingID = id
        resource = json["resource"]?.string ?? ""
        resourceType = json["ResourceType"]?.string ?? ""
        account = json["accountId"]?.string ?? ""
        principal = json["principal"]?.string ?? ""
        openedBy = json["openedBy"]?.string ?? ""
        rule = json["rule"]?.string ?? ""
        owner = json["owner"]?.string ?? ""
        mode = json["Mode"]?.string ?? ""
        summary = json["summary"]?.string ?? ""
        isAskedByMode = json["askedByMode"]?.bool ?? false
        errorType = json["ErrorType"]?.string
        let counted = json["Outcome"]?.string
        let word = counted ?? ""
        action = (json["action"]?.string).flatMap(Decision.Action.init) ?? Decision.Action(rawValue: word)
        status = (json["status"]?.string).flatMap(Outcome.Status.init) ?? Outcome.Status(rawValue: word)
        if json["decided"]?.bool == true {
            isAnswer = true
        } else if json["action"] == nil, action != nil || status != nil {
            // As a line was before it said what was decided: the handlers that decide are known.
            let isDecider = [HandlerName.evaluate, .respond].contains { $0.rawValue == handler }
            isAnswer = isDecider || (handler == HandlerName.enrich.rawValue && status != nil)
        } else {
            isAnswer = false
        }
    }

    /// Reads a case, as a step answers it or `rules run` prints it; `nil` for what is none.
    package init?(case json: JSON) {
        guard let finding = json["finding"], let id = finding["id"]?.string else { return nil }
        time = nil
        findingID = id
        resource = finding["resource"]?.string ?? ""
        resourceType = finding["resourceType"]?.string ?? ""
        account = finding["accountId"]?.string ?? ""
        principal = MetricEntry.principal(finding["principal"])
        openedBy = json["context"]?["openedBy"].flatMap(OpenedByWords.change) ?? ""
        let decision = json["decision"]
        let outcome = json["outcome"]
        rule = decision?["rule"]?.string ?? ""
        owner = decision?["owner"]?.string ?? ""
        mode = outcome?["mode"]?.string ?? ""
        action = (decision?["action"]?.string).flatMap(Decision.Action.init)
        status = (outcome?["status"]?.string).flatMap(Outcome.Status.init)
        summary = MetricEntry.undone.contains(status?.rawValue ?? "") ? outcome?["summary"]?.string ?? "" : ""
        isAnswer = action != nil || status != nil
        isAskedByMode = decision?["reasons"]?.array?.contains(.string(Reason.askedByMode.text)) ?? false
    }
}
