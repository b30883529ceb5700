import Findings
import Policies

/// What to do by hand when the access is not intended: where it is granted, how to see it and how to take it away.
struct ClosingSteps {
    let steps: [String]

    init(_ input: Case, _ guide: any ResourceGuide) {
        let finding = input.finding
        switch finding.kind {
        case .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword, .unusedPermission:
            steps = UnusedSteps(finding).steps
            return
        case .externalAccess, .internalAccess:
            break
        }
        guard guide.change(input)?.isOwnedByAWS != true else {
            // AWS refuses every edit of such a role, whoever tries.
            steps = ["Delete it through its service if it is not needed; otherwise open an AWS case."]
            return
        }
        var steps = guide.steps(input)
        if finding.error == "ACCESS_DENIED" {
            steps.append(
                "Find what keeps Access Analyzer out: often a Deny in the resource's policy or a control policy."
            )
        }
        if finding.kind == .internalAccess {
            steps.append("Internal access needs both sides: the principal's own permissions can be cut instead.")
        }
        if let again = ClosingSteps.rescanCommand(finding) {
            steps.append("Then ask Access Analyzer to rescan it\(finding.analyzerNote): \(again)")
        }
        self.steps = steps
    }

    private static func rescanCommand(_ finding: Finding) -> String? {
        guard finding.kind == .externalAccess, let analyzer = finding.analyzerARN else { return nil }
        return Command(
            "aws accessanalyzer start-resource-scan",
            [
                ("--analyzer-arn", analyzer.description), ("--resource-arn", finding.resource.description),
                ("--resource-owner-account", finding.accountID),
            ],
            region: analyzer.region
        ).text
    }
}

extension Finding {
    /// Where the analyzer is asked, when that is not the resource's account.
    var analyzerNote: String {
        guard let analyzer = analyzerARN, analyzer.account != accountID else { return "" }
        return " (in the analyzer's account \(analyzer.account))"
    }
}
