import Basics
import Findings
import Policies

/// A heading with its steps.
typealias Steps = (heading: String, steps: [String])

/// What a person should look at, by how the case ended.
struct NextSteps {
    let sections: [Steps]

    /// - Parameter now: from when a rule to paste is counted.
    init(_ input: Case, _ guide: any ResourceGuide, now: Timestamp) {
        let checks = NextSteps.checks(input, guide.change(input))
        sections =
            (checks.isEmpty ? [] : [("What to check:", checks)])
            + (NextSteps.isOpen(input) ? NextSteps.openSections(input, guide, now) : [])
    }

    /// The heading under which the steps are that take the access away.
    static func heading(_ input: Case) -> String {
        let finding = input.finding
        var heading = isUnused(finding) ? "If it is no longer needed" : "If it is not intended"
        if finding.error != nil { heading = "To see who has access, and to take it away" }
        if let analyzer = finding.analyzerARN, analyzer.account != finding.accountID {
            heading += ", in account \(finding.accountID)"
        }
        return heading
    }

    private static func isUnused(_ finding: Finding) -> Bool {
        switch finding.kind {
        case .externalAccess, .internalAccess: false
        case .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword, .unusedPermission: true
        }
    }

    private static func checks(_ input: Case, _ change: ChangeGuide?) -> [String] {
        guard VerificationWords(input)?.status != .stillActive else {
            let other = "Whether something else grants the same access."
            // Where another statement blocks the access, there is none of ours to look for.
            guard input.outcome?.status == .resolved || input.outcome?.rollback != nil else { return [other] }
            let own = change?.check.map(\.step) ?? "Whether the change is still there."
            return [own, "Who has overwritten it, if it is gone: code that manages the resource, for example.", other]
        }
        switch input.outcome?.status {
        case .resolved?, .alreadyResolved?:
            return change?.afterwards ?? []
        case .observed?:
            return [
                "Whether the change is what you want. To have it made: deploy/install --mode enforce (stack parameter "
                    + "Mode=enforce)."
            ]
        case .conflict?: return ["The statement named above: who edited it, and whether it should stay."]
        case .rolledBack?:
            return [
                "If the access is intended: add an archive rule (README, Rules) before the next finding comes, and "
                    + "archive that one."
            ]
        case .failed?:
            return [change?.check.map(\.step) ?? "Whether anything was changed: see the resource's policy."]
        case .protected? where change?.isOwnedByAWS != true:
            return [
                "Who owns the \(input.finding.resourceType == .iamRole ? "role" : "resource"): only they may change it."
            ]
        default: return []
        }
    }

    /// Whether somebody may have to take the access away by hand.
    private static func isOpen(_ input: Case) -> Bool {
        if VerificationWords(input)?.status == .stillActive { return true }
        switch input.outcome?.status {
        case .failed?, .protected?, .exempt?, .refused?, .deniedApproval?, .rolledBack?, nil: return true
        // What would be archived needs nobody to close it.
        case .observed?: return input.decision?.action == .resolve
        default: return false
        }
    }

    /// Both ways to go on with an access that is still open.
    private static func openSections(_ input: Case, _ guide: any ResourceGuide, _ now: Timestamp) -> [Steps] {
        let close = ClosingSteps(input, guide).steps
        let intended = isUnused(input.finding) ? "If it is still needed:" : "If the access is intended:"
        return (close.isEmpty ? [] : [("\(heading(input)):", close)])
            + [(intended, IntendedSteps(input, now: now).steps)]
    }
}
