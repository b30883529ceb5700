import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount
import Testing

/// What AWS would not do is not done here either.
@Suite struct RefusalTests {
    private let region = Partition.aws.globalRegion

    @Test func whatIsNotThereIsNamedInTheServicesWords() async throws {
        let caller = try simulated().caller()
        #expect(
            await refusal(GetRole(roleName: "No", partition: .aws), caller)?.description
                == "IAM GetRole: NoSuchEntity: The role with name No cannot be found. (404)"
        )
        #expect(await refusal(update("No"), caller)?.code == "NoSuchEntity")
        let finding = await refusal(GetFinding(id: "1", analyzerARN: analyzer, region: region), caller)
        #expect(finding?.code == "ResourceNotFoundException" && finding?.kind == .notFound)
        #expect(await refusal(DescribeKey(keyARN: keyARN, region: region), caller)?.code == "NotFoundException")
        let queue = GetQueueURL(queueName: "q", owner: ours, region: region)
        #expect(await refusal(queue, caller)?.code == "QueueDoesNotExist")
        let topic = "arn:aws:sns:us-east-1:123456789012:gone"
        let message = Publish(topicARN: topic, subject: "s", message: "m", attributes: [], region: region)
        #expect(await refusal(message, caller)?.kind == .notFound)
        #expect(await refusal(GetParameter(parameter: "/p", region: region), caller)?.code == "ParameterNotFound")
        #expect(
            await refusal(DescribeAccount(accountID: ours, partition: .aws), caller)?.code
                == "AWSOrganizationsNotInUseException"
        )
    }

    @Test func aDocumentOverTheQuotaIsNotWritten() async throws {
        let size = trust().utf8.count
        for (quota, code) in [(size, nil), (size - 1, "LimitExceeded")] as [(Int, String?)] {
            let account = try simulated([
                roles(roleARN), ("quotas", ["AssumeRolePolicySizeQuota": .int(quota)]),
            ])
            let error = await refusal(update("Audit"), account.caller())
            #expect(error?.code == code)
            #expect(account.trustPolicy(ofRole: roleARN) == (code == nil ? trust() : #"{"Statement":[]}"#))
        }
    }

    @Test func rolesAreTheirOwnAccounts() async throws {
        let other = "arn:aws:iam::111122223333:role/Audit"
        let account = try simulated([roles(roleARN, other)])
        #expect(await refusal(update("Audit"), account.caller(inAccount: "111122223333")) == nil)
        #expect(account.trustPolicy(ofRole: other) == trust())
        #expect(account.trustPolicy(ofRole: roleARN) == #"{"Statement":[]}"#)
        #expect(await refusal(update("Audit"), account.caller(inAccount: "999988887777"))?.code == "NoSuchEntity")
    }

    @Test func aRoleThatMayNotBeAssumedAnswersNothing() async throws {
        let member = "arn:aws:iam::111122223333:role/GatehouseMember"
        let role = "arn:aws:iam::111122223333:role/Audit"
        let read = GetRole(roleName: "Audit", partition: .aws)
        let closed = try simulated([roles(role)])
        let error = await refusal(read, closed.caller(inAccount: "111122223333", memberRole: member))
        #expect(error?.kind == .accessDenied && error?.operation == "AssumeRole")
        #expect(error?.message.hasSuffix("not authorized to perform: sts:AssumeRole on resource: \(member)") == true)
        #expect(closed.calls.isEmpty)
        let open = try simulated([roles(role), ("assumableRoles", [.string(member)])])
        #expect(await refusal(read, open.caller(inAccount: "111122223333", memberRole: member)) == nil)
    }

    @Test func anotherAccountsKeyAndTagsThatMayNotBeReadAreDenied() async throws {
        let account = try simulated([("resources", .object(JSONObject([(keyARN, ["tags": .null])])))])
        let read = DescribeKey(keyARN: keyARN, region: region)
        #expect(await refusal(read, account.caller()) == nil)
        #expect(await refusal(read, account.caller(inAccount: "111122223333"))?.kind == .accessDenied)
        let tags = ListResourceTags(keyARN: keyARN, marker: nil, region: region)
        #expect(await refusal(tags, account.caller())?.kind == .accessDenied)
    }

    @Test func aFindingIsItsAnalyzers() async throws {
        let account = try simulated([("findings", [finding("1"), finding("2", status: "ARCHIVED")])])
        let caller = account.caller()
        let other = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/B"
        #expect(await refusal(GetFinding(id: "1", analyzerARN: other, region: region), caller)?.kind == .notFound)
        let listed = ListFindings(analyzerARN: analyzer, resource: roleARN, status: "ARCHIVED", region: region)
        #expect(try await caller.call(listed).findings.map(\.id) == ["2"])
    }

    /// One that is not there: none of them is changed.
    @Test func findingsAreArchivedAllOrNone() async throws {
        let account = try simulated([("findings", [finding("1"), finding("2")])])
        let caller = account.caller()
        func archive(_ ids: [String]) -> UpdateFindings {
            UpdateFindings(ids: ids, status: "ARCHIVED", analyzerARN: analyzer, region: region)
        }
        func status(_ id: String) async throws -> String {
            try await caller.call(GetFinding(id: id, analyzerARN: analyzer, region: region)).status
        }
        #expect(await refusal(archive(["1", "3"]), caller)?.kind == .notFound)
        #expect(try await status("1") == "ACTIVE")
        #expect(await refusal(archive(["1", "2"]), caller) == nil)
        #expect(try await status("1") == "ARCHIVED")
        #expect(account.calls.filter(\.isWrite).map(\.operation) == ["UpdateFindings"])
    }

    @Test func aScanChangesTheFindingsOfItsResource() async throws {
        let after: [(String, JSON)] = [("statusAfterScan", "RESOLVED")]
        let other: [(String, JSON)] = after + [("resource", "arn:aws:iam::123456789012:role/Other")]
        let findings: JSON = [finding("1", after), finding("2"), finding("3", other)]
        let caller = try simulated([("findings", findings)]).caller()
        let scan = StartResourceScan(resource: roleARN, ownerAccount: ours, analyzerARN: analyzer, region: region)
        #expect(await refusal(scan, caller) == nil)
        var statuses: [String] = []
        for id in ["1", "2", "3"] {
            statuses.append(try await caller.call(GetFinding(id: id, analyzerARN: analyzer, region: region)).status)
        }
        #expect(statuses == ["RESOLVED", "ACTIVE", "ACTIVE"])
    }

    @Test func whatItDoesNotKnowItSays() async throws {
        struct Unknown: AWSOperation {
            static let service = AWSService.iam
            static let name = "GetGroup"
            static let isWrite = false
            let region = Partition.aws.globalRegion

            func wireRequest() throws(AWSError) -> WireRequest {
                .query(action: "GetGroup", version: "2010-05-08", parameters: [])
            }

            func output(from response: WireResponse) throws(AWSError) -> Int { response.status }
        }
        #expect(
            await refusal(Unknown(), try simulated().caller())?.description
                == "IAM GetGroup: the simulated account does not know this operation"
        )
    }
}
