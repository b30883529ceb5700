import AWSClient
import Basics
import LosslessJSON
import Policies
import ResourceTypes
import Testing

/// A queue's statements take seven actions each.
@Suite struct ManyActionsTests {
    private let arn = "arn:aws:sqs:us-east-1:123456789012:orders"
    private let other = "999988887777"

    /// What a policy that lets in somebody else by `sqs:*` gives.
    static let actions = [
        "AddPermission", "CancelMessageMoveTask", "ChangeMessageVisibility", "DeleteMessage", "DeleteQueue",
        "GetQueueAttributes", "GetQueueUrl", "ListDeadLetterSourceQueues", "ListMessageMoveTasks", "ListQueueTags",
        "PurgeQueue", "ReceiveMessage", "RemovePermission", "SendMessage", "SetQueueAttributes",
    ].map { "sqs:\($0)" }

    @Test(arguments: [7, 14, 15])
    func everyStatementIsTakenOutAgain(_ count: Int) throws {
        let region = try Region("us-east-1")
        let resource = ChangedResource(try #require(ARN(arn)), partition: .aws, account: "123456789012", region: region)
        let remedies = try #require(KnownResourceTypes.remedies(for: resource)).remedies
        let remedy = try #require(remedies.first as? any PolicyRemedy)
        let zone = ZoneOfTrust(account: "123456789012")
        let before = try PolicyDocument(
            text:
                #"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(other)"},"Action":"sqs:*","Resource":"\#(arn)"}]}"#
        )
        let actions = Array(Self.actions.prefix(count))
        let access = try GrantedAccess(
            .account(other),
            actions,
            condition: JSONObject(),
            in: before,
            zone: zone,
            dialect: remedy.dialect
        )
        let denies = try Deny.planned(
            finding: "f-1",
            access,
            actions: actions,
            conditionKeys: [],
            in: before,
            zone: zone,
            dialect: remedy.dialect
        )
        #expect(denies.count == (count + 6) / 7)
        let edit = try ProvenEdit(adding: denies, to: before, against: access, zone: zone, dialect: remedy.dialect)
        let state = PolicyState(edit.after)
        #expect(remedy.closedAccess(ofFinding: "f-1", in: state)?.actions == actions)
        guard case .edit(let undone) = remedy.undo(finding: "f-1", nil, nil, in: state) else {
            Issue.record("what was added is not taken out")
            return
        }
        #expect(undone.after.document == before)
        #expect(undone.holds(undone.after))
        #expect(!undone.holds(state))
    }
}
