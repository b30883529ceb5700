import Basics
import Findings
import LosslessJSON
import Policies

/// The ways back from a change, a paragraph each: our command line, the AWS CLI alone, and the deployed function.
struct UndoSections {
    let paragraphs: [[String]]

    init(_ input: Case, _ guide: any ResourceGuide) {
        // What somebody has overwritten already cannot be taken back.
        guard let rollback = input.outcome?.rollback, VerificationWords(input)?.isChangeThere != false else {
            paragraphs = []
            return
        }
        let finding = input.finding
        guard let change = guide.change(input), input.outcome?.status != .archived else {
            paragraphs = [["To undo it:", UndoSections.shown(rollback)]]
            return
        }
        var first = "To undo it"
        // A retry finds the access blocked; it does not say which rule made us block it.
        if AccessState(input).isBlocked { first += " (if the access is intended, add an archive rule FIRST)" }
        var paragraphs = [
            ["\(first):", UndoSections.shown(rollback), UndoSections.credentials(finding)],
            change.undo.map { undo in
                ["Or with the AWS CLI alone, pasted into AWS CloudShell of account \(finding.accountID):", undo]
            } ?? [
                "Not with the AWS CLI alone: our Deny stands in one statement with those of other findings, of which only "
                    + "gatehouse takes out one."
            ],
        ]
        let changes = RollbackCommand.namedChanges(input.outcome?.changes ?? [])
        if let function = UndoSections.byFunction(finding, rollback.findingID, changes) { paragraphs.append(function) }
        self.paragraphs = paragraphs
    }

    /// Whole: a command that is cut undoes nothing. Before and after of the longest ACL, 100 grants, are within this.
    private static func shown(_ rollback: Outcome.Rollback) -> String { rollback.command.printable(limit: 60_000) }

    /// Whose credentials our command line needs: it asks the analyzer and edits the resource.
    private static func credentials(_ finding: Finding) -> String {
        guard let analyzer = finding.analyzerARN, analyzer.account != finding.accountID else {
            return "(with credentials of account \(finding.accountID))"
        }
        return "(with credentials of account \(analyzer.account), the analyzer's, and GATEHOUSE_MEMBER_ROLE and "
            + "GATEHOUSE_MEMBER_EXTERNAL_ID as the deployed functions have them)"
    }

    /// `nil` too where the changes would make the command longer than anybody wants to read a third time.
    private static func byFunction(_ finding: Finding, _ id: String, _ changes: [JSON]) -> [String]? {
        guard JSON.array(changes).text().utf8.count < 800 else { return nil }
        guard let analyzer = finding.analyzerARN else { return nil }
        let region = analyzer.region.shellQuoted
        var input = JSONObject([("findingId", .string(id)), ("resource", .string(finding.resource.description))])
        if !changes.isEmpty { input["changes"] = .array(changes) }
        let query = "Stacks[0].Outputs[?OutputKey==`\"RollbackFunction\"`].OutputValue"
        let name =
            "aws cloudformation describe-stacks --stack-name gatehouse --query \(query.shellQuoted) --output text "
            + "--region \(region)"
        return [
            "Or by the deployed function (stack gatehouse), pasted into AWS CloudShell of account \(analyzer.account):",
            "aws lambda invoke --function-name \"$(\(name))\" --cli-binary-format raw-in-base64-out "
                + "--payload \(JSON.object(input).text().shellQuoted) --region \(region) /dev/stdout",
        ]
    }
}
