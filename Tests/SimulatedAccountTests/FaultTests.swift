import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount
import Testing

/// Errors that the file asks for.
@Suite struct FaultTests {
    private let read = GetRole(roleName: "Audit", partition: .aws)

    @Test func aFaultMeetsSoManyCallsAndNoOther() async throws {
        let fault: JSON = ["operation": "GetRole", "kind": "throttled", "code": "Throttling", "times": 2]
        let account = try simulated([roles(roleARN), ("faults", [fault])])
        let caller = account.caller()
        for _ in 0..<2 {
            let error = await refusal(read, caller)
            #expect(error?.kind == .throttled)
            #expect(error?.description == "IAM GetRole: Throttling: simulated")
        }
        #expect(account.calls.isEmpty)
        #expect(await refusal(read, caller) == nil)
        #expect(account.calls.map(\.operation) == ["GetRole"])
    }

    @Test func withoutANumberItMeetsOneCall() async throws {
        let fault: JSON = ["operation": "GetRole", "kind": "unavailable"]
        let caller = try simulated([roles(roleARN), ("faults", [fault])]).caller()
        #expect(await refusal(GetAccountSummary(partition: .aws), caller) == nil)
        #expect(await refusal(read, caller)?.kind == .unavailable)
        #expect(await refusal(read, caller) == nil)
    }

    /// RDS and SNS have an operation of the same name.
    @Test func aFaultOfAServiceIsThatServicesOnly() async throws {
        let topic = "arn:aws:sns:us-east-1:123456789012:t"
        let snapshot = "arn:aws:rds:us-east-1:123456789012:snapshot:s"
        let fault: JSON = ["service": "RDS", "operation": "ListTagsForResource", "kind": "accessDenied"]
        let caller = try simulated([
            ("resources", .object(JSONObject([(topic, [:]), (snapshot, [:])]))), ("faults", [fault]),
        ]).caller()
        let region = Partition.aws.globalRegion
        #expect(await refusal(ListTagsForTopic(topicARN: topic, region: region), caller) == nil)
        #expect(
            await refusal(ListTagsForDBSnapshot(snapshotARN: snapshot, region: region), caller)?.kind == .accessDenied
        )
        #expect(await refusal(ListTagsForDBSnapshot(snapshotARN: snapshot, region: region), caller) == nil)
    }

    @Test func anAnswerThatIsLostHasDoneItsWork() async throws {
        let fault: JSON = ["operation": "UpdateAssumeRolePolicy", "kind": "unavailable", "outcomeUnknown": true]
        let account = try simulated([roles(roleARN), ("faults", [fault])])
        let error = await refusal(update("Audit"), account.caller())
        #expect(error?.kind == .unavailable && error?.outcomeUnknown == true)
        #expect(account.trustPolicy(ofRole: roleARN) == trust())
        #expect(account.calls.map(\.isWrite) == [true])
    }

    @Test func anErrorBeforeTheWriteHasDoneNothing() async throws {
        let fault: JSON = ["operation": "UpdateAssumeRolePolicy", "kind": "throttled"]
        let account = try simulated([roles(roleARN), ("faults", [fault])])
        #expect(await refusal(update("Audit"), account.caller())?.kind == .throttled)
        #expect(account.trustPolicy(ofRole: roleARN) == #"{"Statement":[]}"#)
        #expect(account.calls.isEmpty)
    }
}
