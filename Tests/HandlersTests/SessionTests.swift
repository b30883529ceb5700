import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount
import Testing

/// Sessions that began before a role was blocked are ended, where that is switched on.
@Suite struct SessionTests {
    private let sid = "Gatehouse00000000000000000000000000000000"

    private func environment(_ world: LedgerWorld) -> HandlerEnvironment {
        world.environment { $0.revokesSessions = true }
    }

    private func block(_ world: LedgerWorld, _ environment: HandlerEnvironment? = nil) async throws -> Case {
        let environment = environment ?? self.environment(world)
        return try await notify(try await resolve(try bareCase(0).toBeResolved(), environment), environment)
    }

    private func policies(_ world: LedgerWorld) -> [String: String] { world.simulated.inlinePolicies(ofRole: roleARN) }

    @Test func sessionsAreEndedAndGivenBack() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        let done = try await block(world)
        #expect(done.outcome?.status == .resolved && done.outcome?.changes.count == 2)
        #expect(done.outcome?.summary.contains("also inside the zone of trust") == true)
        let policy = try JSON.parse(text: policies(world)[sid] ?? "")
        #expect(policy["Statement"]?.array?.first?["Condition"]?["DateLessThan"]?["aws:TokenIssueTime"] != nil)
        // Once more: nothing is written.
        let again = try await block(world)
        #expect(again.outcome?.status == .alreadyResolved && again.outcome?.rollback != nil)
        #expect(try await world.ledger.known(of: roleARN).changes.count == 2)
        let undone = try await RollbackRun(
            RollbackInput(findingID: findingID(0), resource: nil),
            environment(world)
        ).run()
        #expect(undone["outcome"]?["status"]?.string == "ROLLED_BACK")
        #expect(world.trustPolicy == before && policies(world).isEmpty)
    }

    @Test func withoutTheSettingNobodyLosesASession() async throws {
        let world = try LedgerWorld()
        #expect(try await block(world, world.environment()).outcome?.changes.count == 1)
        #expect(policies(world).isEmpty)
        #expect(!world.simulated.calls.contains { $0.operation == "ListRolePolicies" })
    }

    @Test func whatCannotBeEndedIsSaidAndTheAccessIsBlocked() async throws {
        let faults: JSON = [["operation": "PutRolePolicy", "kind": "accessDenied", "code": "AccessDenied"]]
        let world = try LedgerWorld(faults: faults)
        let done = try await block(world)
        #expect(done.outcome?.status == .resolved && done.outcome?.summary.contains("NOT ended") == true)
        #expect(done.outcome?.changes.count == 1 && world.mails.first?.hasPrefix("BLOCKED") == true)
    }

    @Test(arguments: ["ListRolePolicies"])
    func whatCannotBeLookedAtKeepsNothingFromBeingBlocked(_ operation: String) async throws {
        let faults: JSON = [
            ["operation": .string(operation), "kind": "accessDenied", "code": "AccessDenied", "times": 100]
        ]
        let world = try LedgerWorld(faults: faults)
        let done = try await block(world)
        #expect(done.outcome?.status == .resolved && world.changes == 1)
        #expect(done.outcome?.summary.contains("NOT ended") == true)
        let observed = try LedgerWorld(faults: faults)
        var environment = self.environment(observed)
        environment.settings.mode = .observe
        #expect(try await block(observed, environment).outcome?.status == .observed)
    }

    @Test func aLostAnswerIsNoLostPolicy() async throws {
        let faults: JSON = [
            ["operation": "PutRolePolicy", "kind": "unavailable", "code": "InternalFailure", "outcomeUnknown": true]
        ]
        let world = try LedgerWorld(faults: faults)
        #expect(try await block(world).outcome?.changes.count == 2)
        #expect(policies(world).count == 1)
    }

    @Test func aProcessThatDiesInBetweenIsCompletedByTheRetry() async throws {
        let world = try LedgerWorld()
        let dying = DyingCaller(world.simulated.caller(), before: "PutRolePolicy")
        var environment = world.environment(aws: dying)
        environment.settings.revokesSessions = true
        await #expect(throws: (any Error).self) { try await block(world, environment) }
        #expect(policies(world).isEmpty && world.changes == 1)
        world.advance(1000)
        let retried = try await block(world)
        #expect(policies(world).count == 1)
        #expect(retried.outcome?.rollback != nil)
    }

    @Test func sessionsAreEndedOnceAndNotLongAfterwards() async throws {
        let world = try LedgerWorld()
        _ = try await block(world, world.environment())
        // Switched on days later: nobody outside has a session any more.
        world.advance(3 * 86_400)
        _ = try await block(world)
        #expect(policies(world).isEmpty)
        let other = try LedgerWorld()
        _ = try await block(other)
        try await other.simulated.caller().call(
            DeleteRolePolicy(roleName: "Audit", policyName: sid, partition: .aws)
        )
        other.advance(120)
        _ = try await block(other)
        #expect(policies(other).isEmpty)
    }

    @Test func anEditedPolicyIsAConflict() async throws {
        let world = try LedgerWorld()
        _ = try await block(world)
        try await world.simulated.editInlinePolicy(sid, ofRole: "Audit")
        let undone = try await RollbackRun(
            RollbackInput(findingID: findingID(0), resource: nil),
            environment(world)
        ).run()
        #expect(undone["outcome"]?["status"]?.string == "CONFLICT")
        #expect(policies(world).count == 1)
    }

    @Test func withoutALedgerTheCaseOrTheSettingTells() async throws {
        let world = try LedgerWorld()
        var environment = HandlersTests.environment(world.simulated)
        environment.settings.revokesSessions = true
        let done = try await resolve(try bareCase(0).toBeResolved(), environment)
        #expect(done.outcome?.changes.count == 2)
        let undone = try await RollbackRun(
            RollbackInput(findingID: findingID(0), resource: roleARN),
            environment
        ).run()
        #expect(undone["outcome"]?["status"]?.string == "ROLLED_BACK")
        #expect(policies(world).isEmpty)
    }

    @Test func anApprovalHoldsAlthoughTimeGoesOn() async throws {
        let asked = try ApprovalWorld()
        let environment = try asked.environment { environment in
            environment.settings.revokesSessions = true
            environment = environment.with(asked.world.ledger)
        }
        let awaiting = try await asked.respond(0, environment)
        #expect(awaiting.outcome?.status == .awaitingApproval && awaiting.outcome?.changes.count == 2)
        asked.world.advance(3600)
        _ = try await asked.respond(0, environment)
        #expect(asked.bodies.count == 1)
        #expect(try await asked.decide("approve", environment) == 200)
        asked.world.advance(60)
        #expect(try await asked.respond(0, environment).outcome?.status == .resolved)
        #expect(asked.world.simulated.inlinePolicies(ofRole: roleARN).count == 1)
    }
}

extension SimulatedAccount {
    fileprivate func editInlinePolicy(_ name: String, ofRole role: String) async throws {
        let document: JSON = [
            "Version": "2012-10-17", "Statement": [["Effect": "Deny", "Action": "s3:*", "Resource": "*"]],
        ]
        try await caller().call(
            PutRolePolicy(roleName: role, policyName: name, policyDocument: document.text(), partition: .aws)
        )
    }
}
