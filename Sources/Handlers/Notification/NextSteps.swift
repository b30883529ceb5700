import Findings
import Policies

/// A heading with its steps.
typealias Steps = (heading: String, steps: [String])

/// What a person should look at, by how the case ended.
func nextSteps(_ input: Case) -> [Steps] {
    let finding = input.finding
    guard VerificationWords(input)?.status != .stillActive else {
        return [
            (
                "What to check:",
                [
                    "Whether the change is still there: code that manages the resource may have overwritten it.",
                    "Whether something else grants the same access.",
                ]
            )
        ] + openSteps(input)
    }
    switch input.outcome?.status {
    case .resolved, .alreadyResolved:
        guard finding.role != nil else { return [] }
        return [
            (
                "What to check:",
                [
                    "Who let this principal in, and why: CloudTrail events CreateRole and UpdateAssumeRolePolicy.",
                    "Sessions that were started before the Deny stay alive until they expire, at most 12 hours.",
                    "If the access is intended: undo the Deny and add an archive rule, or the next finding is blocked "
                        + "too.",
                    "If the role is managed by code (CloudFormation, Terraform): mend it there, or the Deny is "
                        + "overwritten.",
                ]
            )
        ]
    case .observed:
        return [
            (
                "What to check:",
                ["Whether the change is what you want. In enforce mode it is made: set GATEHOUSE_MODE=enforce."]
            )
        ]
    case .conflict:
        return [("What to check:", ["The statement named above: who edited it, and whether it should stay."])]
    case .rolledBack:
        return [
            (
                "What to check:",
                ["Access Analyzer reports the access again with a new finding: archive that one if it is intended."]
            )
        ]
    case .failed:
        let check = "Whether anything was changed, before you change it by hand."
        return [("What to check:", [check])] + openSteps(input)
    case .protected:
        return [("What to check:", ["Who owns the role: only they, or AWS, may change it."])] + openSteps(input)
    case .exempt, .refused, .deniedApproval, nil:
        return openSteps(input)
    case .awaitingApproval, .archived, .ignored:
        return []
    }
}

/// Both ways to go on with an access that is still open.
private func openSteps(_ input: Case) -> [Steps] {
    let isUnused: Bool
    switch input.finding.kind {
    case .externalAccess, .internalAccess: isUnused = false
    default: isUnused = true
    }
    let finding = input.finding
    let intended = isUnused ? "If it has to stay:" : "If the access is intended:"
    var heading = isUnused ? "If it can go" : "If it is not intended"
    if finding.error != nil { heading = "To see who has access, and to take it away" }
    if let analyzer = finding.analyzerARN, analyzer.account != finding.accountID {
        heading += ", in account \(finding.accountID)"
    }
    var steps: [Steps] = [("\(heading):", resourceSteps(input)), (intended, intendedSteps(input))]
    if steps[0].steps.isEmpty { steps.removeFirst() }
    return steps
}
