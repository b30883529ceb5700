import AWSClient
import Basics
import Findings
import Handlers
import LosslessJSON
import Policies
import SimulatedAccount
import Testing

/// What Access Analyzer says beforehand.
@Suite struct PreviewTests {
    private func account(
        principal: JSON = ["AWS": .string(outsider(0))],
        previews: JSON = [:],
        analyzers: JSON? = nil,
        faults: JSON = []
    ) throws -> SimulatedAccount {
        let trust: JSON = [
            "Version": "2012-10-17",
            "Statement": [["Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"]],
        ]
        return try SimulatedAccount([
            "account": .string(HandlersTests.account),
            "analyzers": analyzers ?? .object(JSONObject([(analyzer, "ACCOUNT")])),
            "topics": [.string(topic)], "previews": previews, "faults": faults,
            "findings": [
                [
                    "analyzerArn": .string(analyzer), "id": .string(findingID(0)), "status": "ACTIVE",
                    "resource": .string(roleARN), "resourceType": "AWS::IAM::Role", "principal": principal,
                    "action": ["sts:AssumeRole"], "condition": [:], "isPublic": .bool(principal == ["AWS": "*"]),
                    "resourceOwnerAccount": .string(HandlersTests.account),
                ]
            ],
            "roles": .object(JSONObject([(roleARN, ["trustPolicy": trust])])),
        ])
    }

    private func input(_ principal: JSON = ["AWS": .string(outsider(0))]) throws -> Case {
        var json = try bareCase(0).json
        var finding = json["finding"]?.object ?? JSONObject()
        finding["principal"] = principal
        json["finding"] = .object(finding)
        return try Case(.object(json)).toBeResolved()
    }

    private func preview(_ account: SimulatedAccount, _ input: Case) async throws -> Case {
        try await Pipeline.run(.preview, on: input, environment(account))
    }

    @Test func anIdentityIsConfirmedByItsCondition() async throws {
        let account = try account()
        let previewed = try await preview(account, try input())
        #expect(previewed.preview?.status == .confirmed && previewed.preview?.form == .condition)
        #expect(!account.calls.contains { $0.operation == "UpdateAssumeRolePolicy" })
        let created = account.calls.first { $0.operation == "CreateAccessPreview" }?.parameters["configurations"]
        #expect(created?[roleARN]?["iamRole"]?["trustPolicy"]?.string?.contains("Deny") == true)
        let done = try await resolve(previewed, environment(account))
        #expect(done.outcome?.status == .resolved)
    }

    @Test func anAccountIsConfirmedByItsPrincipal() async throws {
        // Access Analyzer does not weigh aws:PrincipalAccount.
        let principal: JSON = ["AWS": "999988887777"]
        let account = try account(principal: principal)
        let previewed = try await preview(account, try input(principal))
        #expect(previewed.preview?.status == .confirmed && previewed.preview?.form == .principal)
        #expect(account.calls.count { $0.operation == "CreateAccessPreview" } == 2)
        let before = account.trustPolicy(ofRole: roleARN)
        let done = try await resolve(previewed, environment(account))
        #expect(done.outcome?.status == .resolved)
        let deny = try JSON.parse(text: account.trustPolicy(ofRole: roleARN) ?? "")["Statement"]?.array?.last
        #expect(deny?["Principal"] == ["AWS": "999988887777"] && deny?["Condition"] == nil)
        // Once more it is closed by us, and it can be taken back.
        let again = try await resolve(previewed, environment(account))
        #expect(again.outcome?.status == .alreadyResolved && again.outcome?.rollback != nil)
        // The same account as another region reports it: denied already.
        var other = previewed.json
        var finding = other["finding"]?.object ?? JSONObject()
        finding["id"] = "11111111-1111-1111-1111-111111111111"
        other["finding"] = .object(finding)
        try account.add(finding: [
            "analyzerArn": .string(analyzer), "id": finding["id"] ?? "", "status": "ACTIVE",
            "resource": .string(roleARN), "resourceType": "AWS::IAM::Role", "principal": principal,
            "action": ["sts:AssumeRole"], "condition": [:], "isPublic": false,
            "resourceOwnerAccount": .string(HandlersTests.account),
        ])
        let same = try await resolve(try Case(.object(other)), environment(account))
        #expect(same.outcome?.status == .alreadyResolved)
        let undone = try await RollbackRun(
            RollbackInput(findingID: findingID(0), resource: roleARN),
            environment(account)
        ).run()
        #expect(undone["outcome"]?["status"]?.string == "ROLLED_BACK")
        #expect(try JSON.parse(text: account.trustPolicy(ofRole: roleARN) ?? "") == JSON.parse(text: before ?? ""))
    }

    @Test func everybodyIsNotConfirmedAndGoesOn() async throws {
        let principal: JSON = ["AWS": "*"]
        let account = try account(principal: principal)
        let previewed = try await preview(account, try input(principal))
        #expect(previewed.preview?.status == .unconfirmed)
        #expect(account.calls.count { $0.operation == "CreateAccessPreview" } == 1)
        #expect(try await resolve(previewed, environment(account)).outcome?.status == .resolved)
    }

    @Test func whatOpensSomethingElseIsRefused() async throws {
        let new: JSON = [
            "changeType": "NEW", "status": "ACTIVE", "resource": .string(roleARN), "principal": ["AWS": "*"],
            "action": ["sts:AssumeRole"],
        ]
        let account = try account(previews: ["new": [new]])
        let previewed = try await preview(account, try input())
        #expect(previewed.preview?.status == .contradicted)
        let refused = try await resolve(previewed, environment(account)).outcome
        #expect(refused?.status == .refused && refused?.summary.contains("sts:AssumeRole") == true)
        #expect(!account.calls.contains { $0.operation == "UpdateAssumeRolePolicy" })
    }

    @Test func whatIsNotReadyIsLookedAtAgain() async throws {
        let account = try account(previews: ["pending": 6])
        let first = try await preview(account, try input())
        #expect(first.preview?.status == .pending && first.preview?.attempt == 1)
        let second = try await preview(account, first)
        #expect(second.preview?.status == .confirmed && second.preview?.attempt == 2)
        #expect(account.calls.count { $0.operation == "CreateAccessPreview" } == 1)
    }

    @Test func whatIsNeverReadyIsUnavailable() async throws {
        let account = try account(previews: ["pending": 1000])
        var previewed = try input()
        for _ in 0..<AccessPreview.limit { previewed = try await preview(account, previewed) }
        #expect(previewed.preview?.status == .unavailable && previewed.preview?.attempt == AccessPreview.limit)
        #expect(try await resolve(previewed, environment(account)).outcome?.status == .resolved)
    }

    @Test(
        arguments: [
            (["organization": "x"], ["pending": 0], []), ([:], ["failed": "INVALID_CONFIGURATION"], []),
            (
                [:], [:],
                [["operation": "CreateAccessPreview", "kind": "accessDenied", "code": "AccessDeniedException"]]
            ),
        ] as [(JSON, JSON, JSON)]
    )
    func whatCannotBePreviewedGoesOn(_ kind: JSON, _ previews: JSON, _ faults: JSON) async throws {
        let organization: JSON = .object(JSONObject([(analyzer, "ORGANIZATION")]))
        let account = try account(
            previews: previews,
            analyzers: kind["organization"] == nil ? nil : organization,
            faults: faults
        )
        let previewed = try await preview(account, try input())
        #expect(previewed.preview?.status == .unavailable && previewed.preview?.why != nil)
        #expect(try await resolve(previewed, environment(account)).outcome?.status == .resolved)
    }

    @Test func whatPassesByItselfIsTriedAgain() async throws {
        let account = try account(
            faults: [["operation": "GetAccessPreview", "kind": "throttled", "code": "ThrottlingException"]]
        )
        let error = await #expect(throws: HandlerError.self) { try await preview(account, try input()) }
        #expect(error?.kind == .throttled)
    }

    @Test func whatIsNotChangedIsNotPreviewed() async throws {
        let account = try account()
        var told = try bareCase(0)
        told.decide(Decision(.notify, rule: "r", reasons: []))
        #expect(try await preview(account, told).preview == nil)
        #expect(account.calls.isEmpty)
    }
}
