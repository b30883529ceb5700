import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import LosslessJSON
import Policies
import SimulatedAccount
import Synchronization
import Testing

@Suite struct ResolveTests {
    @Test func findingsAtTheSameTimeAllEndInTheDocument() async throws {
        let simulated = try world(outsiders: 12)
        let environment = environment(simulated)
        try await withThrowingTaskGroup(of: Outcome.Status?.self) { group in
            for number in 0..<12 {
                group.addTask { try await resolve(try bareCase(number), environment).outcome?.status }
            }
            for try await status in group { #expect(status == .resolved) }
        }
        let document = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        #expect(document.statements.count == 13)
        for number in 0..<12 {
            let principal = Principal(key: "AWS", value: outsider(number))
            #expect(document.denies(principal, ["sts:AssumeRole"], zone: ZoneOfTrust(account: account)))
        }
    }

    @Test func aDenyThatIsOverwrittenIsWrittenAgain() async throws {
        let simulated = try world(outsiders: 1)
        let original = try #require(simulated.trustPolicy(ofRole: roleARN))
        let rounds = Mutex(0)
        let meddler = Meddler(caller: simulated.caller()) {
            guard
                rounds.withLock({
                    $0 += 1
                    return $0
                }) == 1
            else { return }
            let other = original.replacing("2012-10-17", with: "2008-10-17")
            _ = try? await simulated.caller().call(
                UpdateAssumeRolePolicy(roleName: "Audit", policyDocument: other, partition: .aws)
            )
        }
        let result = try await resolve(try bareCase(0), environment(simulated, aws: meddler))
        #expect(result.outcome?.status == .resolved)
        // The other writer's change is kept, and it is what counts as before.
        #expect(result.outcome?.changes.first?.before["Version"]?.string == "2008-10-17")
        let document = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        #expect(document.json["Version"]?.string == "2008-10-17")
        #expect(document.statements.count == 2)
    }

    @Test func somebodyWhoKeepsOverwritingIsReported() async throws {
        let error = await #expect(throws: HandlerError.self) {
            try await resolveWhileOthersWrite { original, round in
                original.replacing("{\"Version\"", with: "{\"Id\":\"round \(round)\",\"Version\"")
            }
        }
        #expect(error?.kind == .conflictingChange)
    }

    @Test func aChangeThatDoesNotShowIsWorthARetry() async throws {
        let error = await #expect(throws: HandlerError.self) {
            try await resolveWhileOthersWrite { original, _ in original }
        }
        #expect(error?.kind == .serviceUnavailable)
    }

    /// Resolves while somebody writes a document of their own right after each of our writes.
    private func resolveWhileOthersWrite(
        _ document: @escaping @Sendable (_ original: String, _ round: Int) -> String
    ) async throws {
        let simulated = try world(outsiders: 1)
        let original = try #require(simulated.trustPolicy(ofRole: roleARN))
        let rounds = Rounds()
        let meddler = Meddler(caller: simulated.caller()) {
            let round = rounds.count.withLock { count in
                count += 1
                return count
            }
            let written = UpdateAssumeRolePolicy(
                roleName: "Audit",
                policyDocument: document(original, round),
                partition: .aws
            )
            _ = try? await simulated.caller().call(written)
        }
        _ = try await resolve(try bareCase(0), environment(simulated, aws: meddler))
    }

    /// A replica that is behind must not make us write its old document back.
    @Test func aStaleReadAfterTheWriteErasesNothing() async throws {
        let simulated = try world(outsiders: 1)
        let older = try #require(simulated.trustPolicy(ofRole: roleARN))
        let newer = try PolicyDocument(text: older).appending(
            JSONObject([
                ("Sid", "SomebodysNewDeny"), ("Effect", "Deny"), ("Principal", ["AWS": "111122223333"]),
                ("Action", "sts:AssumeRole"),
            ])
        )
        _ = try await simulated.caller().call(
            UpdateAssumeRolePolicy(roleName: "Audit", policyDocument: newer.text, partition: .aws)
        )
        let behind = BehindReplica(caller: simulated.caller(), older: older, staleReads: 2)
        let result = try await resolve(try bareCase(0), environment(simulated, aws: behind))
        #expect(result.outcome?.status == .resolved)
        let document = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        #expect(document.statements.map(\.sid) == [nil, "SomebodysNewDeny", Deny.sid(forFinding: findingID(0))])
        #expect(simulated.calls.count { $0.operation == "UpdateAssumeRolePolicy" } == 2)
    }

    @Test(arguments: [Settings.Mode.observe, .approve])
    func noModeButEnforceWrites(_ mode: Settings.Mode) async throws {
        for decision in ["RESOLVE", "APPROVE", "NOTIFY", "ARCHIVE", "IGNORE"] {
            let simulated = try world(outsiders: 1)
            let input = try bareCase(0, adding: [("decision", ["action": .string(decision)])])
            _ = try await resolve(input, environment(simulated, mode: mode))
            #expect(simulated.calls.allSatisfy { !$0.isWrite })
        }
    }

    @Test(arguments: ["NOTIFY", "ARCHIVE", "IGNORE"])
    func otherDecisionsAreLeftAlone(_ decision: String) async throws {
        let simulated = try world(outsiders: 1)
        let input = try bareCase(0, adding: [("decision", ["action": .string(decision)])])
        let result = try await resolve(input, environment(simulated))
        #expect(result.outcome == nil)
        #expect(simulated.calls.isEmpty)
    }

    @Test func anAnswerThatCouldNotBeGivenIsRefusedBeforeTheWrite() async throws {
        let simulated = try world(outsiders: 1)
        let ballast = String(repeating: "x", count: 6 * 1024 * 1024 - 30_000)
        let error = await #expect(throws: HandlerError.self) {
            try await resolve(try bareCase(0, adding: [("note", .string(ballast))]), environment(simulated))
        }
        #expect(error?.kind == .responseTooLarge)
        #expect(simulated.calls.allSatisfy { !$0.isWrite })
    }

    @Test func resolvingTwiceEqualsResolvingOnce() async throws {
        let simulated = try world(outsiders: 1)
        _ = try await resolve(try bareCase(0), environment(simulated))
        let first = simulated.trustPolicy(ofRole: roleARN)
        let again = try await resolve(try bareCase(0), environment(simulated))
        #expect(again.outcome?.status == .alreadyResolved)
        #expect(simulated.trustPolicy(ofRole: roleARN) == first)
    }

    @Test func rollbackGivesTheDocumentBack() async throws {
        let simulated = try world(outsiders: 2)
        let before = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        let resolved = try await resolve(try bareCase(1), environment(simulated))
        let input = try RollbackInput(JSON.object(resolved.json).serialized())
        // In every mode.
        let answer = try await RollbackRun(input, environment(simulated, mode: .observe)).run()
        #expect(answer["outcome"]?["status"]?.string == "ROLLED_BACK")
        let after = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        #expect(after == before)
    }
}
