import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import LosslessJSON
import SimulatedAccount
import Testing

@testable import Handlers

/// A change that a person decides about.
@Suite struct ApprovalTests {
    @Test func aRequestIsAskedOnceAndChangesNothing() async throws {
        let asked = try ApprovalWorld()
        let answer = try await asked.respond()
        #expect(answer.outcome?.status == .awaitingApproval && answer.outcome?.changes.count == 1)
        #expect(answer.outcome?.proof.isEmpty == false && asked.world.changes == 0)
        #expect(asked.bodies.count == 1 && asked.token != nil)
        #expect(!JSON.object(answer.json).text().contains("token="))
        #expect(try await asked.request?.state == .open)
        // The same once more, and after hours.
        _ = try await asked.respond()
        asked.world.advance(20 * 3600)
        #expect(try await asked.respond().outcome?.status == .awaitingApproval)
        #expect(asked.bodies.count == 1)
    }

    @Test(arguments: [Settings.Mode.enforce, .approve])
    func whatIsApprovedIsDoneAndUndone(_ mode: Settings.Mode) async throws {
        let asked = try ApprovalWorld()
        let before = asked.world.trustPolicy
        _ = try await asked.respond(0, try asked.environment(mode: mode))
        #expect(try await asked.decide("approve") == 200)
        #expect(asked.world.changes == 0)
        let done = try await asked.respond(0, try asked.environment(mode: mode))
        #expect(done.outcome?.status == .resolved && asked.world.changes == 1)
        let request = try await asked.request
        #expect(request?.state == .done && request?.result == "RESOLVED")
        let change = try await asked.world.ledger.known(of: roleARN).changes.first
        #expect(change?.about["approvedBy"]?["by"]?.string == "Ann Example")
        #expect(change?.about["approvedBy"]?["isClaimed"]?.bool == true)
        let undone = try await RollbackRun(
            RollbackInput(findingID: findingID(0), resource: nil),
            try asked.environment()
        ).run()
        #expect(undone["outcome"]?["status"]?.string == "ROLLED_BACK" && asked.world.trustPolicy == before)
    }

    @Test func whatIsRejectedStaysOpenForTheCoolDown() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("reject") == 200)
        let denied = try await asked.respond()
        #expect(denied.outcome?.status == .deniedApproval && asked.world.changes == 0)
        #expect(denied.outcome?.summary.contains("Ann Example (a name that was typed)") == true)
        asked.world.advance(13 * 86_400)
        #expect(try await asked.respond().outcome?.status == .deniedApproval)
        #expect(asked.bodies.count == 2)
        asked.world.advance(86_400)
        #expect(try await asked.respond().outcome?.status == .awaitingApproval)
        #expect(asked.bodies.count == 3)
    }

    @Test func whatIsRejectedStaysOpenWhateverTheRulesSay() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("reject") == 200)
        let environment = try asked.environment { environment in
            environment.rules = (try? RuleSource(setting: "builtin:strict")) ?? RuleSource()
        }
        #expect(try await asked.respond(0, environment).outcome?.status == .deniedApproval)
        #expect(asked.world.changes == 0)
        asked.world.advance(14 * 86_400)
        #expect(try await asked.respond(0, environment).outcome?.status == .resolved)
    }

    @Test func aCommandWithOtherSettingsEndsNoRequest() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("approve") == 200)
        let request = try #require(try await asked.request)
        let other = try asked.environment { environment in
            environment.settings.trustedOrganization = "o-a1b2c3d4e5"
            environment = environment.with(asked.world.ledger)
        }
        #expect(try await other.carryOut(request).outcome?.status == .refused)
        #expect(try await asked.request?.state == .approved && asked.world.changes == 0)
        #expect(try await asked.environment().carryOut(request).outcome?.status == .resolved)
    }

    @Test func aCommandDoesWhatWasShownWhateverItsRulesSay() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("approve") == 200)
        let request = try #require(try await asked.request)
        let edited = asked.world.trustPolicy.replacing(#""sts:AssumeRole""#, with: #"["sts:AssumeRole"]"#)
        try await asked.world.simulated.write(edited)
        for rules in ["builtin:strict", #"{"version":1,"default":"ARCHIVE","rules":[]}"#] {
            let other = try asked.environment { environment in
                environment.rules = (try? RuleSource(setting: rules)) ?? RuleSource()
            }
            #expect(try await other.carryOut(request).outcome?.status == .refused)
        }
        #expect(asked.world.trustPolicy == edited)
        // And so does the function, where its rules have changed to RESOLVE.
        let resolving = try asked.environment { environment in
            environment.rules = (try? RuleSource(setting: "builtin:strict")) ?? RuleSource()
        }
        #expect(try await asked.respond(0, resolving).outcome?.approval == .isOutdated)
    }

    @Test func whatWasApprovedIsNotReplaced() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        let open = try #require(try await asked.request)
        #expect(try await asked.decide("approve") == 200)
        // Somebody who has judged the open one asks about another change.
        let answer = try await asked.world.ledger.ask(
            ApprovalRequest(
                id: "x",
                findingID: open.findingID,
                case: open.case,
                access: try bareCase(0).finding.access,
                summary: "another",
                changes: [],
                bound: ["another"],
                proof: [],
                askedAt: open.askedAt,
                hours: 24,
                coolDownDays: 14,
                asker: ApprovalRequest.Asker()
            ),
            after: nil,
            replacing: open
        )
        guard case .pending(let found) = answer else { return #expect(Bool(false), "it was replaced") }
        #expect(found.id == open.id && found.state == .approved)
    }

    @Test func theDifferenceIsOfTheDocuments() async throws {
        let asked = try ApprovalWorld()
        var json = try await asked.respond().json
        var forged = try bareCase(1).json
        forged["decision"] = json["decision"]
        var outcome = json["outcome"]?.object ?? JSONObject()
        let change = outcome["changes"]?.array?.first
        outcome["changes"] = [
            [
                "resource": .string(roleARN), "operation": change?["operation"] ?? "",
                "before": change?["before"] ?? "",
                "after": change?["after"] ?? "", "diff": "nothing is changed",
            ]
        ]
        forged["outcome"] = .object(outcome)
        json = JSONObject([("taskToken", "t"), ("case", .object(forged))])
        _ = try await HandlerName.approve.run(JSON.object(json).serialized(), try asked.environment())
        let request = try await asked.world.ledger.request(ofFinding: findingID(1))
        #expect(request?.changes.array?.first?["diff"]?.string?.contains("+") == true)
    }

    @Test func nobodyDecided() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        let token = asked.token
        asked.world.advance(86_400)
        #expect(try await asked.page(token: token).status == 410)
        #expect(try await asked.decide("approve") == 410)
        let lapsed = try await asked.respond()
        #expect(lapsed.outcome?.status == .deniedApproval)
        #expect(lapsed.outcome?.summary.contains("nobody decided") == true && asked.bodies.count == 2)
        #expect(try await asked.respond().outcome?.status == .awaitingApproval)
        #expect(asked.bodies.count == 3 && asked.token != token)
        #expect(try await asked.page(token: token).status == 410)
    }

    @Test func whatHasChangedMeanwhileIsRefusedAndAskedAnew() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        let first = asked.token
        #expect(try await asked.decide("approve") == 200)
        let edited = asked.world.trustPolicy.replacing(#""sts:AssumeRole""#, with: #"["sts:AssumeRole"]"#)
        try await asked.world.simulated.write(edited)
        let refused = try await asked.respond()
        #expect(refused.outcome?.status == .refused && refused.outcome?.approval == .isOutdated)
        #expect(asked.world.trustPolicy == edited)
        // REFUSED and the new request are told.
        #expect(asked.bodies.count == 3 && asked.token != first)
        #expect(try await asked.page(token: first).status == 410)
        #expect(try await asked.decide("approve") == 200)
        #expect(try await asked.respond().outcome?.status == .resolved)
    }

    @Test func aRequestIsDecidedOnce() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("reject") == 200)
        #expect(try await asked.decide("approve") == 409)
        let shown = try await asked.page(token: asked.token)
        #expect(shown.status == 409 && shown.html.contains("Ann Example"))
    }

    @Test func thePageShowsEverythingAndChangesNothing() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        let before = asked.world.store.all
        for _ in 0..<3 {
            let page = try await asked.page(token: asked.token)
            #expect(page.status == 200)
            for text in [roleARN, outsider(0), "sts:AssumeRole", "+", "Your name"] { #expect(page.html.contains(text)) }
        }
        #expect(asked.world.store.all.count == before.count)
        #expect(try await asked.page(token: asked.token, user: "arn:aws:iam::1:user/A").html.contains("You are"))
        #expect(try await asked.page("PUT", token: asked.token).status == 405)
        #expect(try await asked.page(token: asked.token, path: "/favicon.ico").status == 404)
        #expect(try await asked.page(token: nil).status == 400)
        #expect(try await asked.page(token: (asked.token ?? "") + "A").status == 403)
        #expect(try await asked.page("POST", token: asked.token, form: "decision=approve").status == 400)
        #expect(try await asked.page("POST", token: asked.token, form: "decision=maybe&name=A").status == 400)
        let large = String(repeating: "x", count: 20_000)
        #expect(try await asked.page("POST", token: asked.token, form: "reason=\(large)").status == 413)
        #expect(try await asked.request?.state == .open)
    }

    /// The same access as another region reports it.
    private func ofOtherRegion(_ change: (inout JSONObject) -> Void = { _ in }) throws -> Case {
        var json = try bareCase(0).json
        var finding = json["finding"]?.object ?? JSONObject()
        finding["id"] = "11111111-1111-1111-1111-111111111111"
        change(&finding)
        json["finding"] = .object(finding)
        var input = try Case(.object(json))
        input.decide(Decision(.approve, rule: "r", reasons: []))
        return input
    }

    @Test func theSameAccessIsAskedAboutOnce() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        // Its Deny would have another Sid.
        try await asked.world.simulated.report(try ofOtherRegion())
        var environment = try asked.environment()
        environment.functionARN = "arn:aws:lambda:us-west-2:123456789012:function:other"
        let other = try await Pipeline.run(.respond, on: try ofOtherRegion(), environment)
        #expect(other.outcome?.status == .awaitingApproval)
        #expect(other.outcome?.summary.contains(findingID(0)) == true)
        #expect(try await asked.world.ledger.pendingRequests().map(\.findingID) == [findingID(0)])
        #expect(asked.bodies.count == 1)
        #expect(try await asked.decide("reject") == 200)
        #expect(
            try await Pipeline.run(.respond, on: try ofOtherRegion(), environment).outcome?.status == .deniedApproval
        )
    }

    @Test func aRejectionIsOfItsConditionsAlone() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("reject") == 200)
        let narrower = try ofOtherRegion { $0["condition"] = ["aws:SourceIp": "192.0.2.0/24"] }
        try await asked.world.simulated.report(narrower)
        let answer = try await Pipeline.run(.respond, on: narrower, try asked.environment())
        #expect(answer.outcome?.status != .deniedApproval)
    }

    @Test func whatTheRulesDoMeanwhileIsNotToBeDecided() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        let environment = try asked.environment { environment in
            environment.rules = (try? RuleSource(setting: "builtin:strict")) ?? RuleSource()
        }
        #expect(try await asked.respond(0, environment).outcome?.status == .resolved)
        #expect(try await asked.decide("reject") == 410)
        #expect(try await asked.world.ledger.pendingRequests().isEmpty)
    }

    @Test func observeModeAsksNobody() async throws {
        let asked = try ApprovalWorld()
        let observed = try await asked.respond(0, try asked.environment(mode: .observe))
        #expect(observed.outcome?.status == .observed)
        #expect(try await asked.world.ledger.pendingRequests().isEmpty && asked.token == nil)
    }

    @Test func approvedChangesAreNotHeldBackButArePaused() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("approve") == 200)
        let environment = try asked.environment { environment in
            environment.settings.maxChangesPerHour = 0
            environment = environment.with(asked.world.ledger)
        }
        try await asked.world.ledger.pause(Pause(by: "somebody", at: asked.world.ledger.now(), reason: nil))
        #expect(try await asked.respond(0, environment).outcome?.status == .refused)
        #expect(try await asked.request?.state == .approved)
        _ = try await asked.world.ledger.resume()
        #expect(try await asked.respond(0, environment).outcome?.status == .resolved)
    }

    @Test func aMailThatCouldNotBeSentIsSentByTheRetry() async throws {
        let faults: JSON = [["operation": "Publish", "kind": "unavailable", "code": "InternalError"]]
        let asked = try ApprovalWorld(faults: faults)
        await #expect(throws: HandlerError.self) { try await asked.respond() }
        #expect(try await asked.respond().outcome?.status == .awaitingApproval)
        #expect(asked.bodies.count == 1)
        #expect(try await asked.page(token: asked.token).status == 200)
    }

    private func sweep(_ asked: ApprovalWorld) async throws -> JSON {
        try JSON.parse(try await HandlerName.sweep.run(Array("{}".utf8), try asked.environment()))
    }

    @Test func theSweepLeavesAWaitingRequestAlone() async throws {
        let asked = try ApprovalWorld()
        #expect(try await sweep(asked)["started"]?.int == 1)
        #expect(asked.bodies.count == 1)
        #expect(try await sweep(asked)["known"]?.int == 1)
        asked.world.advance(86_400)
        // Nobody decided: it is told, and asked anew by the next one.
        #expect(try await sweep(asked)["started"]?.int == 1)
        #expect(try await asked.world.ledger.pendingRequests().isEmpty)
        #expect(try await sweep(asked)["started"]?.int == 1)
        #expect(try await asked.request?.state == .open)
        #expect(asked.bodies.count == 3)
    }

    @Test func theSweepCarriesOutWhatNobodyDid() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        #expect(try await asked.decide("approve") == 200)
        #expect(try await sweep(asked)["started"]?.int == 0)
        asked.world.advance(301)
        #expect(try await sweep(asked)["started"]?.int == 1)
        #expect(asked.world.changes == 1)
        #expect(try await asked.world.ledger.pendingRequests().isEmpty)
    }

    @Test func aRequestWhoseFindingIsGoneIsForgotten() async throws {
        let asked = try ApprovalWorld()
        _ = try await asked.respond()
        try await asked.world.simulated.caller().call(
            UpdateFindings(
                ids: [findingID(0)],
                status: "ARCHIVED",
                analyzerARN: analyzer,
                region: try Region("us-east-1")
            )
        )
        asked.world.advance(2 * 86_400 + 1)
        #expect(try await sweep(asked)["started"]?.int == 0)
        #expect(try await asked.request?.state == .lapsed)
    }
}

extension SimulatedAccount {
    /// Has the analyzer know a case's finding too.
    fileprivate func report(_ input: Case) async throws {
        try add(finding: [
            "analyzerArn": .string(analyzer), "id": .string(input.finding.id), "status": "ACTIVE",
            "resource": .string(roleARN), "resourceType": "AWS::IAM::Role", "principal": ["AWS": .string(outsider(0))],
            "action": ["sts:AssumeRole"], "condition": .object(input.finding.condition), "isPublic": false,
            "resourceOwnerAccount": .string(HandlersTests.account), "updatedAt": "2026-11-21T08:00:00Z",
        ])
    }
}
