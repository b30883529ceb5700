import AWSClient
import Basics
import Findings
import Ledger
import LosslessJSON
import SimulatedAccount
import Testing

@testable import Handlers

/// What is asked about whatever the rule says: a file system that is open to everybody.
@Suite struct FileSystemApprovalTests {
    private static let arn = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0"

    private func account() throws -> SimulatedAccount {
        let statement: JSON = [
            "Effect": "Allow", "Principal": ["AWS": "*"], "Action": "elasticfilesystem:ClientMount",
            "Resource": .string(Self.arn),
        ]
        let own: JSON = [
            "Effect": "Allow", "Principal": ["AWS": "arn:aws:iam::123456789012:role/App"],
            "Action": "elasticfilesystem:ClientWrite", "Resource": .string(Self.arn),
        ]
        return try SimulatedAccount([
            "account": .string(HandlersTests.account), "topics": [.string(topic)],
            "analyzers": .object(JSONObject([(analyzer, "ACCOUNT")])),
            "resources": .object(
                JSONObject([
                    (Self.arn, ["tags": [:], "policy": ["Version": "2012-10-17", "Statement": [statement, own]]])
                ])
            ),
            "findings": [
                [
                    "analyzerArn": .string(analyzer), "id": .string(findingID(0)), "status": "ACTIVE",
                    "resource": .string(Self.arn), "resourceType": "AWS::EFS::FileSystem", "principal": ["AWS": "*"],
                    "action": ["elasticfilesystem:ClientMount"], "condition": [:], "isPublic": true,
                    "resourceOwnerAccount": .string(HandlersTests.account),
                ]
            ],
        ])
    }

    private func input() throws -> Case {
        let finding: JSON = [
            "id": .string(findingID(0)), "kind": "ExternalAccess", "status": "ACTIVE",
            "analyzerArn": .string(analyzer), "resource": .string(Self.arn), "resourceType": "AWS::EFS::FileSystem",
            "accountId": .string(HandlersTests.account), "region": "us-east-1", "principal": ["AWS": "*"],
            "actions": ["elasticfilesystem:ClientMount"], "condition": [:], "isPublic": true, "isDeleted": false,
        ]
        return try Case(["finding": finding]).toBeResolved()
    }

    @Test func everybodyIsAskedAboutAndThenDenied() async throws {
        let account = try account()
        let ledger = Ledger(MemoryStore(), now: { WallClock.now() })
        let environment = HandlersTests.environment(account).with(ledger)
        let asked = try await resolve(try input(), environment)
        #expect(asked.outcome?.status == .awaitingApproval)
        #expect(asked.outcome?.summary.contains("network clients that come through a mount target") == true)
        let event: JSON = ["taskToken": "task", "case": .object(asked.json)]
        _ = try await HandlerName.approve.run(event.serialized(), environment)
        let request = try #require(try await ledger.request(ofFinding: findingID(0)))
        let decider = Decider(by: "arn:aws:iam::1:user/A", isClaimed: false, way: "command line", reason: nil)
        _ = try await environment.decide(request, isApproval: true, decider)
        let done = try await resolve(try input(), environment)
        #expect(done.outcome?.status == .resolved)
        let deny = account.policy(of: Self.arn)?["Statement"]?.array?.last
        #expect(deny?["Principal"] == ["AWS": "*"])
        #expect(deny?["Condition"] == ["Bool": ["elasticfilesystem:AccessedViaMountTarget": "false"]])
        // Once more it is closed by us, and it can be taken back.
        #expect(try await resolve(try input(), environment).outcome?.status == .alreadyResolved)
        let undone = try await RollbackRun(RollbackInput(findingID: findingID(0), resource: nil), environment).run()
        #expect(undone["outcome"]?["status"]?.string == "ROLLED_BACK")
        #expect(account.policy(of: Self.arn)?["Statement"]?.array?.count == 2)
    }

    @Test func withoutALedgerItIsRefused() async throws {
        let account = try account()
        let outcome = try await resolve(try input(), HandlersTests.environment(account)).outcome
        #expect(outcome?.status == .refused && outcome?.summary.contains("GATEHOUSE_LEDGER_TABLE") == true)
    }
}
