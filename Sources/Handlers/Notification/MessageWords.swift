import Findings
import LosslessJSON

/// A JSON object as one line.
func JSONText(_ object: JSONObject) -> String {
    JSON.object(object).text()
}

extension Message {
    /// The first line: what happened, in one sentence that is true by itself.
    static func headline(_ input: Case) -> String {
        guard let outcome = input.outcome else {
            return input.decision?.action == .approve
                ? "Gatehouse changed nothing: an access waits for a person's decision."
                : "Gatehouse changed nothing: a finding needs a person's attention."
        }
        let summary = plain(outcome.summary, limit: 2000)
        switch outcome.status {
        case .resolved: return "Gatehouse blocked an access that was not intended. \(summary)"
        case .alreadyResolved: return "Gatehouse blocked this access earlier, and it is still blocked. \(summary)"
        case .observed: return "Observe mode: nothing was changed. \(summary)"
        case .exempt, .protected:
            return "Nothing was changed, and Access Analyzer reports the access as active. \(summary)"
        case .refused: return "Gatehouse did not make the change. \(summary)"
        case .awaitingApproval: return "Nothing was changed yet: a person has to decide. \(summary)"
        case .deniedApproval: return "A person decided against the change. \(summary)"
        case .rolledBack: return "A change of Gatehouse was undone: the access may be open again. \(summary)"
        case .conflict: return "Gatehouse changed nothing, because somebody else has edited since. \(summary)"
        case .failed: return "Gatehouse tried and did not succeed; the access may still be open. \(summary)"
        case .archived, .ignored: return summary
        }
    }

    /// What a person should look at, by how the case ended.
    static func nextSteps(_ input: Case) -> [String] {
        let finding = input.finding
        switch input.outcome?.status {
        case .resolved, .alreadyResolved:
            return [
                "Who let this principal in, and why: CloudTrail events CreateRole and UpdateAssumeRolePolicy.",
                "Sessions that were started before the Deny stay alive until they expire, at most 12 hours.",
                "If the access is intended: undo the Deny and add an archive rule, or the next finding is blocked too.",
                "If the role is managed by code (CloudFormation, Terraform): mend it there, or the Deny is overwritten.",
            ]
        case .observed:
            return ["Whether the change is what you want. In enforce mode it is made: set GATEHOUSE_MODE=enforce."]
        case .exempt, .protected, .refused, .failed:
            return [
                "Whether the access is intended. If not, remove the principal from the resource's policy by hand.",
                "If it is intended: archive the finding in Access Analyzer.",
            ]
        case .conflict:
            return ["The statement named above: who edited it, and whether it should stay."]
        case .rolledBack:
            return ["Access Analyzer reports the access again with a new finding: archive that one if it is intended."]
        case .awaitingApproval, .deniedApproval, .archived, .ignored:
            return []
        case nil:
            if finding.error != nil {
                return ["Why Access Analyzer cannot read the resource's policy: often a Deny in the policy itself."]
            }
            return ["Whether the access is intended: if so archive the finding, else remove it from the policy."]
        }
    }
}
