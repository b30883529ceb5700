import AWSClient
import Basics
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount
import Testing

/// What changes when there is a ledger.
@Suite struct LedgerRunTests {
    private func block(_ world: LedgerWorld, _ number: Int = 0) async throws -> Case {
        let environment = world.environment()
        return try await notify(try await resolve(try bareCase(number).toBeResolved(), environment), environment)
    }

    private func undo(_ world: LedgerWorld, _ number: Int = 0) async throws -> Outcome? {
        let input = RollbackInput(findingID: findingID(number), resource: nil)
        let result = try await RollbackRun(input, world.environment()).run()
        return try Case(.object(result)).outcome
    }

    @Test func aChangeIsRecordedAndItsLeaseGivenBack() async throws {
        let world = try LedgerWorld()
        #expect(try await block(world).outcome?.status == .resolved)
        let changes = try await world.ledger.known(of: roleARN).changes
        #expect(changes.map(\.state) == [.made] && changes.first?.findingID == findingID(0))
        #expect(changes.first?.about["rule"]?.string == "r")
        #expect(!world.store.all.contains { $0.key.sort == "LEASE" })
        #expect(world.mails.count == 1)
    }

    @Test func aRetryTellsNobodyAgain() async throws {
        let world = try LedgerWorld()
        _ = try await block(world)
        let again = try await block(world)
        #expect(again.outcome?.status == .alreadyResolved && again.json["notification"] == .null)
        #expect(world.mails.count == 1 && world.changes == 1)
    }

    @Test func aMailThatCouldNotBeSentIsSentByTheRetry() async throws {
        let faults: JSON = [["operation": "Publish", "kind": "unavailable", "code": "InternalError"]]
        let world = try LedgerWorld(faults: faults)
        await #expect(throws: HandlerError.self) { try await block(world) }
        #expect(world.mails.isEmpty && world.changes == 1)
        #expect(try await block(world).outcome?.status == .alreadyResolved)
        #expect(world.mails.count == 1)
    }

    @Test func whatIsRolledBackIsAsItWasAndCoolsDown() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        _ = try await block(world)
        #expect(world.trustPolicy != before)
        #expect(try await undo(world)?.status == .rolledBack)
        #expect(world.trustPolicy == before)
        #expect(world.mails.count == 2 && world.mails.last?.hasPrefix("UNDONE") == true)
        // Twice is once, and told once.
        let again = try await undo(world)
        #expect(again?.status == .rolledBack && again?.summary.contains("already") == true)
        #expect(world.mails.count == 2)
        world.advance(13 * 86_400)
        let refused = try await block(world).outcome
        #expect(refused?.status == .refused)
        #expect(refused?.summary.contains("assumed-role/gatehouse/simulated gave this access back on 20") == true)
        world.advance(86_400)
        #expect(try await block(world).outcome?.status == .resolved)
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]])
    func severalAreRolledBackInAnyOrder(_ order: [Int]) async throws {
        let world = try LedgerWorld(outsiders: 3)
        let before = world.trustPolicy
        for number in 0..<3 { #expect(try await block(world, number).outcome?.status == .resolved) }
        for number in order { #expect(try await undo(world, number)?.status == .rolledBack) }
        #expect(try JSON.parse(text: world.trustPolicy) == JSON.parse(text: before))
    }

    @Test func anEditedStatementIsAConflictThatShowsBoth() async throws {
        let world = try LedgerWorld()
        _ = try await block(world)
        let edited = world.trustPolicy.replacing("user/User0", with: "user/Somebody")
        try await write(edited, world)
        let outcome = try await undo(world)
        #expect(outcome?.status == .conflict)
        #expect(
            outcome?.summary.contains("user/Somebody") == true && outcome?.summary.contains("where we wrote") == true
        )
        #expect(try await world.ledger.known(of: roleARN).changes.map(\.state) == [.made])
    }

    private func write(_ document: String, _ world: LedgerWorld) async throws {
        let call = try #require(world.simulated.calls.last { $0.operation == "UpdateAssumeRolePolicy" })
        #expect(call.isWrite)
        try await world.simulated.write(document)
    }

    @Test func whatVanishedIsMadeAgainTwiceADay() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        _ = try await block(world)
        for number in 1...2 {
            world.advance(3600)
            try await world.simulated.write(before)
            let again = try await block(world).outcome
            #expect(again?.status == .resolved)
            #expect(again?.summary.contains("made again (\(number) of at most 2 times in a day)") == true)
            #expect(world.mails.count == 1 + number)
        }
        world.advance(3600)
        try await world.simulated.write(before)
        let left = try await block(world).outcome
        #expect(left?.status == .refused && left?.summary.contains("CloudTrail: iam:UpdateAssumeRolePolicy") == true)
        world.advance(86_400)
        #expect(try await block(world).outcome?.status == .resolved)
    }

    @Test func whatVanishedIsCountedThoughAWriteFails() async throws {
        let throttled: JSON = [
            "operation": "UpdateAssumeRolePolicy", "kind": "throttled", "code": "Throttling", "after": 1, "times": 1,
        ]
        let world = try LedgerWorld(faults: [throttled])
        let before = world.trustPolicy
        _ = try await block(world)
        world.advance(3600)
        // By the role's owner, which is not counted among the faults' calls.
        await #expect(throws: (any Error).self) { try await world.simulated.write(before) }
        try await world.simulated.write(before)
        let again = try await block(world).outcome
        #expect(again?.summary.contains("made again (1 of at most 2 times in a day)") == true)
        #expect(try await world.ledger.known(of: roleARN).changes.map(\.state) == [.made])
    }

    @Test func aFailedRemakingIsARemakingAllTheSame() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        _ = try await block(world)
        for number in 1...2 {
            world.advance(3600)
            try await world.simulated.write(before)
            let dying = DyingCaller(world.simulated.caller(), before: "UpdateAssumeRolePolicy")
            _ = try? await resolve(try bareCase(0).toBeResolved(), world.environment(aws: dying))
            world.advance(400)
            let again = try await block(world).outcome
            #expect(again?.summary.contains("made again (\(number) of at most 2 times in a day)") == true)
        }
        world.advance(3600)
        try await world.simulated.write(before)
        #expect(try await block(world).outcome?.status == .refused)
    }

    @Test func onlyWhatWasSentIsCounted() async throws {
        let faults: JSON = [["operation": "Publish", "kind": "unavailable", "code": "InternalError", "times": 2]]
        let world = try LedgerWorld(outsiders: 2, faults: faults)
        let environment = world.environment { $0.maxMessagesPerHour = 1 }
        func answer(_ number: Int) async throws -> Case {
            let input = try bareCase(number).toBeResolved()
            return try await notify(try await resolve(input, environment), environment)
        }
        for _ in 0..<2 { await #expect(throws: HandlerError.self) { try await answer(0) } }
        _ = try await answer(0)
        #expect(world.mails.count == 1 && world.mails.first?.hasPrefix("BLOCKED") == true)
        _ = try await answer(1)
        #expect(world.mails.count == 2 && world.mails.last?.hasPrefix("GATEHOUSE HOLDS MESSAGES BACK") == true)
    }

    @Test func aNoticeThatCouldNotBeSentIsSentLater() async throws {
        let faults: JSON = [["operation": "Publish", "kind": "unavailable", "code": "InternalError"]]
        let world = try LedgerWorld(faults: faults)
        let environment = world.environment { $0.maxMessagesPerHour = 0 }
        let resolved = try await resolve(try bareCase(0).toBeResolved(), environment)
        await #expect(throws: HandlerError.self) { try await notify(resolved, environment) }
        _ = try await notify(resolved, environment)
        #expect(world.mails.map { $0.hasPrefix("GATEHOUSE HOLDS MESSAGES BACK") } == [true])
    }

    @Test func anotherReasonToRefuseIsTold() async throws {
        let world = try LedgerWorld(outsiders: 47, quota: 2048)
        try await world.ledger.pause(Pause(by: "me", at: world.ledger.now(), reason: nil))
        // Before the pause is read the document is found to be too long.
        _ = try await block(world)
        #expect(world.mails.count == 1)
        var paused = try bareCase(0).toBeResolved()
        paused.conclude(Outcome(.refused, "Changes are paused since now by me.", mode: "enforce"))
        _ = try await notify(paused, world.environment())
        #expect(world.mails.count == 2)
        _ = try await notify(paused, world.environment())
        #expect(world.mails.count == 2)
    }

    @Test func whatSomebodyElseHasTakenOutCoolsDownToo() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        _ = try await block(world)
        world.advance(3600)
        try await world.simulated.write(before)
        let outcome = try await undo(world)
        #expect(outcome?.status == .refused)
        #expect(
            outcome?.summary.contains("Somebody else has taken it out. The same access is not blocked again") == true
        )
        #expect(try await world.ledger.changes(ofFinding: findingID(0)).map(\.state) == [.vanished])
        #expect(try await block(world).outcome?.status == .refused)
        #expect(world.trustPolicy == before)
    }

    @Test func whilePausedNothingIsChangedButUndone() async throws {
        let world = try LedgerWorld(outsiders: 2)
        _ = try await block(world)
        try await world.ledger.pause(Pause(by: "arn:aws:iam::1:user/Ann", at: world.ledger.now(), reason: "a storm"))
        let refused = try await block(world, 1).outcome
        #expect(refused?.status == .refused && world.changes == 1)
        #expect(refused?.summary.contains("by arn:aws:iam::1:user/Ann (a storm), so nothing was changed") == true)
        let archived = try await archive(
            {
                var input = $0
                input.decide(Decision(.archive, rule: "a", reasons: []))
                return input
            }(try bareCase(1)),
            world.environment()
        )
        #expect(archived.outcome?.status == .refused)
        #expect(!world.simulated.calls.contains { $0.operation == "UpdateFindings" })
        #expect(try await undo(world)?.status == .rolledBack)
        #expect(try await world.ledger.resume()?.reason == "a storm")
        #expect(try await block(world, 1).outcome?.status == .resolved)
    }

    @Test func aBrakeTellsAPersonInPlaceOfChanging() async throws {
        let world = try LedgerWorld(outsiders: 3)
        let environment = world.environment { $0.maxChangesPerHour = 2 }
        for number in 0..<2 {
            _ = try await resolve(try bareCase(number).toBeResolved(), environment)
        }
        let held = try await notify(try await resolve(try bareCase(2).toBeResolved(), environment), environment)
        #expect(held.outcome == nil && held.decision?.action == .notify && world.changes == 2)
        #expect(held.decision?.reasons.last?.text.contains("as many as GATEHOUSE_MAX_CHANGES_PER_HOUR allows") == true)
        #expect(world.mails.count == 1)
        world.advance(3600)
        #expect(try await resolve(try bareCase(2).toBeResolved(), environment).outcome?.status == .resolved)
    }

    @Test func messagesAreHeldBackAboveTheirLimit() async throws {
        let world = try LedgerWorld(outsiders: 4)
        let environment = world.environment { $0.maxMessagesPerHour = 1 }
        for number in 0..<4 {
            let input = try bareCase(number).toBeResolved()
            _ = try await notify(try await resolve(input, environment), environment)
        }
        #expect(world.changes == 4 && world.mails.count == 2)
        #expect(world.mails.last?.hasPrefix("GATEHOUSE HOLDS MESSAGES BACK until 20") == true)
    }

    @Test func aRoleThatEveryRegionReportsIsToldOnce() async throws {
        let world = try LedgerWorld()
        let environment = world.environment()
        for number in 0..<17 {
            var input = try bareCase(0)
            input.decide(Decision(.notify, rule: "r", reasons: []))
            var json = input.json
            var finding = try #require(json["finding"]?.object)
            finding["id"] = .string(findingID(100 + number))
            finding["updatedAt"] = .string("2026-11-27T00:00:\(10 + number)Z")
            json["finding"] = .object(finding)
            _ = try await notify(try Case(.object(json)), environment)
        }
        #expect(world.mails.count == 1)
    }

    @Test func anotherWritersLeaseIsWaitedForAndThenBusy() async throws {
        let world = try LedgerWorld()
        guard
            case .taken(let lease) = try await world.ledger.takeLease(
                of: roleARN,
                until: world.ledger.now().adding(seconds: 60)
            )
        else { throw HandlerError(.internalError, "no lease") }
        let error = await #expect(throws: HandlerError.self) { try await block(world) }
        #expect(error?.kind == .resourceBusy && world.changes == 0)
        try await world.ledger.release(lease)
        #expect(try await block(world).outcome?.status == .resolved)
    }

    @Test func observingTouchesNoLedger() async throws {
        let world = try LedgerWorld()
        let environment = world.environment { $0.mode = .observe }
        #expect(try await resolve(try bareCase(0).toBeResolved(), environment).outcome?.status == .observed)
        #expect(world.store.all.isEmpty)
    }
}
