import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import LosslessJSON
import SimulatedAccount
import Synchronization
import Testing

@testable import Handlers

/// The sweep finds what events missed, completes what was begun, and sees what no longer stands.
@Suite struct SweepTests {
    private func sweep(
        _ world: LedgerWorld,
        _ input: JSON = [:],
        _ change: (inout HandlerEnvironment) -> Void = { _ in }
    ) async throws -> JSON {
        var environment = world.environment()
        environment.rules = try RuleSource(setting: "builtin:strict")
        change(&environment)
        return try JSON.parse(try await HandlerName.sweep.run(input.serialized(), environment))
    }

    private func count(_ answer: JSON, _ name: String) -> Int? { answer[name]?.int }

    @Test func whatNoEventToldIsAnsweredOnce() async throws {
        let world = try LedgerWorld(outsiders: 3)
        let first = try await sweep(world)
        #expect(count(first, "analyzers") == 1 && count(first, "findings") == 3 && count(first, "started") == 3)
        #expect(count(first, "failed") == 0 && first["next"] == nil)
        #expect(world.changes == 3 && world.mails.count == 3)
        let second = try await sweep(world)
        #expect(count(second, "known") == 3 && count(second, "started") == 0)
        #expect(world.changes == 3 && world.mails.count == 3)
    }

    @Test func whatOnlyAPauseKeptUsFromIsNotFinal() async throws {
        let world = try LedgerWorld()
        try await world.ledger.pause(Pause(by: "me", at: world.ledger.now(), reason: nil))
        #expect(count(try await sweep(world), "started") == 1)
        #expect(world.changes == 0)
        #expect(count(try await sweep(world), "started") == 1)
        _ = try await world.ledger.resume()
        #expect(count(try await sweep(world), "started") == 1)
        #expect(world.changes == 1)
    }

    @Test func whatWasOnlyObservedIsDoneInEnforceMode() async throws {
        let world = try LedgerWorld()
        let observed = try await sweep(world) { $0.settings.mode = .observe }
        #expect(count(observed, "started") == 1 && world.changes == 0)
        #expect(count(try await sweep(world) { $0.settings.mode = .observe }, "known") == 1)
        #expect(count(try await sweep(world), "started") == 1)
        #expect(world.changes == 1)
    }

    @Test func anIntentionIsCompletedAndTold() async throws {
        let world = try LedgerWorld()
        // The write is made; the process dies before it can say so.
        let dying = DyingCaller(world.simulated.caller(), after: "UpdateAssumeRolePolicy")
        let environment = world.environment(aws: dying)
        _ = try? await resolve(try bareCase(0).toBeResolved(), environment)
        #expect(try await world.ledger.known(of: roleARN).changes.map(\.state) == [.intended])
        world.advance(400)
        let answer = try await sweep(world)
        #expect(count(answer, "completed") == 1 && count(answer, "failed") == 0)
        #expect(try await world.ledger.known(of: roleARN).changes.map(\.state) == [.made])
        #expect(world.changes == 1 && world.mails.count == 1)
    }

    @Test func soItIsWhereAccessAnalyzerHasClosedTheFinding() async throws {
        let world = try LedgerWorld(afterScan: "RESOLVED")
        let dying = DyingCaller(world.simulated.caller(), after: "UpdateAssumeRolePolicy")
        _ = try? await resolve(try bareCase(0).toBeResolved(), world.environment(aws: dying))
        let scan = StartResourceScan(
            resource: roleARN,
            ownerAccount: account,
            analyzerARN: analyzer,
            region: world.simulated.region
        )
        try await world.simulated.caller().call(scan)
        world.advance(400)
        #expect(count(try await sweep(world), "completed") == 1)
        #expect(world.mails.count == 1 && world.mails.first?.hasPrefix("BLOCKED") == true)
    }

    @Test func whatWasRolledBackIsLookedAtWhenTheCoolDownIsOver() async throws {
        let world = try LedgerWorld()
        _ = try await sweep(world)
        let input = RollbackInput(findingID: findingID(0), resource: nil)
        _ = try await RollbackRun(input, world.environment()).run()
        world.advance(3600)
        #expect(count(try await sweep(world), "started") == 1)
        #expect(world.changes == 2)
        world.advance(14 * 86_400)
        #expect(count(try await sweep(world), "started") == 1)
        #expect(world.changes == 3)
    }

    @Test func anAnalyzerThatCannotBeReadKeepsNothingBack() async throws {
        let faults: JSON = [["operation": "ListFindings", "kind": "accessDenied", "code": "AccessDenied"]]
        let world = try LedgerWorld(faults: faults)
        let metrics = world.environment().metrics
        let answer = try await sweep(world) { environment in
            environment.metrics = metrics
        }
        #expect(count(answer, "failed") == 1 && count(answer, "analyzers") == 1)
        // There is an alarm for that.
        #expect(metrics.ends.compactMap { $0.entry?.errorType } == ["Function.AccessDenied"])
        // A place that the service does not know is its beginning.
        let next: JSON = ["next": ["analyzer": .string(analyzer), "token": "old"]]
        #expect(count(try await sweep(world, next), "started") == 1)
    }

    /// Where the time is up within a page, the rest of it is looked at next, and nothing twice.
    @Test func whatWasLookedAtIsPassedOver() async throws {
        let world = try LedgerWorld(outsiders: 3)
        let next: JSON = ["analyzer": .string(analyzer), "token": .null, "after": .string(findingID(1))]
        let answer = try await sweep(world, ["scope": ["region": "us-east-1"], "next": next])
        #expect(count(answer, "findings") == 1 && count(answer, "started") == 1)
        let gone: JSON = ["analyzer": .string(analyzer), "token": .null, "after": "gone"]
        #expect(count(try await sweep(world, ["scope": ["region": "us-east-1"], "next": gone]), "findings") == 3)
    }

    /// A list that breaks off is left there, and not begun anew for ever.
    @Test(.timeLimit(.minutes(1))) func aListThatBreaksOffIsLeft() async throws {
        let world = try LedgerWorld()
        let listed = Mutex(0)
        let caller = world.simulated.caller()
        let stub = StubCaller(caller: caller) { (operation) async throws(AWSError) in
            guard let list = operation as? ListFindings, list.status == "ACTIVE" else { return nil }
            listed.withLock { $0 += 1 }
            guard list.nextToken == nil else { throw AWSError(kind: .accessDenied, message: "no") }
            let page = try await caller.call(list)
            return FindingPage(findings: page.findings, nextToken: "second", listed: page.listed)
        }
        let answer = try await sweep(world) { $0.aws = stub }
        #expect(count(answer, "failed") == 1 && count(answer, "started") == 1 && answer["next"] == nil)
        #expect(listed.withLock { $0 } == 2)
    }

    @Test func anIntentionThatWasNeverWrittenIsMade() async throws {
        let world = try LedgerWorld()
        let dying = DyingCaller(world.simulated.caller(), before: "UpdateAssumeRolePolicy")
        _ = try? await resolve(try bareCase(0).toBeResolved(), world.environment(aws: dying))
        #expect(world.changes == 0)
        world.advance(400)
        #expect(count(try await sweep(world), "completed") == 1)
        #expect(world.changes == 1 && world.mails.count == 1)
        #expect(try await world.ledger.known(of: roleARN).changes.map(\.state) == [.made])
    }

    @Test func anUndoThatWasBegunIsCompleted() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        _ = try await resolve(try bareCase(0).toBeResolved(), world.environment())
        let dying = DyingCaller(world.simulated.caller(), before: "UpdateAssumeRolePolicy")
        let input = RollbackInput(findingID: findingID(0), resource: nil)
        _ = try? await RollbackRun(input, world.environment(aws: dying)).run()
        #expect(world.trustPolicy != before)
        world.advance(400)
        #expect(count(try await sweep(world), "completed") == 1)
        #expect(world.trustPolicy == before)
        #expect(try await world.ledger.known(of: roleARN).changes.isEmpty)
    }

    @Test func anUndoingThatIsNotPossibleIsNotCalledCompleted() async throws {
        let world = try LedgerWorld()
        _ = try await resolve(try bareCase(0).toBeResolved(), world.environment())
        let dying = DyingCaller(world.simulated.caller(), before: "UpdateAssumeRolePolicy")
        let input = RollbackInput(findingID: findingID(0), resource: nil)
        _ = try? await RollbackRun(input, world.environment(aws: dying)).run()
        world.advance(400)
        let edited = world.trustPolicy.replacing(
            "\"aws:PrincipalArn\":\"\(outsider(0))\"",
            with: "\"aws:PrincipalArn\":\"\(outsider(7))\""
        )
        #expect(edited != world.trustPolicy)
        try await world.simulated.write(edited)
        let answer = try await sweep(world)
        #expect(count(answer, "completed") == 0 && count(answer, "failed") == 1)
        #expect(world.trustPolicy == edited)
    }

    @Test func whatVanishedIsSeenAndMadeAgain() async throws {
        let world = try LedgerWorld()
        let before = world.trustPolicy
        _ = try await sweep(world)
        world.advance(3600)
        try await world.simulated.write(before)
        let answer = try await sweep(world)
        #expect(count(answer, "drifted") == 1)
        #expect(world.trustPolicy != before && world.mails.count == 2)
    }

    @Test func whatIsGoneWithItsAccessIsEnded() async throws {
        let world = try LedgerWorld()
        _ = try await sweep(world)
        world.advance(3600)
        // The access and our Deny are taken out by whoever owns the role.
        try await world.simulated.write(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#
        )
        let archived = UpdateFindings(
            ids: [findingID(0)],
            status: "ARCHIVED",
            analyzerARN: analyzer,
            region: world.simulated.region
        )
        try await world.simulated.caller().call(archived)
        #expect(count(try await sweep(world), "drifted") == 1)
        #expect(try await world.ledger.changes(ofFinding: findingID(0)).map(\.state) == [.vanished])
        #expect(count(try await sweep(world), "drifted") == 0)
    }

    @Test func itStopsInTimeAndGoesOn() async throws {
        let world = try LedgerWorld(outsiders: 6)
        var (input, rounds, found): (JSON, Int, Int) = ([:], 0, 0)
        repeat {
            let ticks = Ticks()
            let start = ContinuousClock.now
            let answer = try await sweep(world, input) { environment in
                environment.deadline = start + .seconds(40)
                // Each look at the clock takes a second.
                environment.instant = { start + .seconds(ticks.next()) }
            }
            found += count(answer, "started") ?? 0
            // As a caller who gives it back, and as a schedule, which gives nothing.
            input = answer["next"].map { rounds.isMultiple(of: 2) ? ["next": $0] : ["scheduled": true] } ?? [:]
            rounds += 1
        } while input != [:] && rounds < 20
        #expect(rounds > 1 && rounds < 20 && found == 6 && world.changes == 6)
    }

    @Test(arguments: ["[]", "7", "\"x\""])
    func whatIsNoObjectIsRefused(_ text: String) async throws {
        let world = try LedgerWorld()
        let error = await #expect(throws: HandlerError.self) { try await sweep(world, try JSON.parse(text: text)) }
        #expect(error?.kind == .invalidEvent)
    }
}
