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

/// Writes that IAM does not answer: an outage is not a conflict, and what was done is found out before anything is said.
@Suite struct OutageTests {
    /// Loses the answers of writes, which are made or not.
    private struct Losing: AWSCaller {
        let caller: SimulatedCaller
        let error: AWSError
        /// Whether the n-th write, from 1, is made all the same.
        let isMade: @Sendable (Int) -> Bool
        /// How many writes lose their answer.
        var lost = Int.max
        let writes = Rounds()

        func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
            guard operation is UpdateAssumeRolePolicy else { return try await caller.call(operation) }
            let number = writes.count.withLock { count in
                count += 1
                return count
            }
            guard number <= lost else { return try await caller.call(operation) }
            if isMade(number) { _ = try await caller.call(operation) }
            throw error.named(service: Operation.service.id, operation: Operation.name)
        }
    }

    private static let lost = AWSError(kind: .unavailable, message: "connection closed", outcomeUnknown: true)

    private func resolved(_ aws: Losing, _ simulated: SimulatedAccount) async throws -> Outcome.Status? {
        try await resolve(try bareCase(0), environment(simulated, aws: aws)).outcome?.status
    }

    @Test(arguments: [
        AWSError(kind: .unavailable, code: "ServiceFailure", message: "m", status: 500, outcomeUnknown: true),
        AWSError(kind: .unavailable, message: "the answer is not XML", status: 200, outcomeUnknown: true), lost,
    ])
    func anOutageIsWorthARetryAndNoConflict(_ error: AWSError) async throws {
        let simulated = try world(outsiders: 1)
        let aws = Losing(caller: simulated.caller(), error: error, isMade: { _ in false })
        let thrown = await #expect(throws: HandlerError.self) { try await resolved(aws, simulated) }
        #expect(thrown?.kind == .serviceUnavailable)
        #expect(thrown?.message.contains("shows it as it was before") == true)
        #expect(thrown?.message.contains("IAM UpdateAssumeRolePolicy") == true)
        #expect(aws.writes.count.withLock { $0 } == 2)
        // The retry makes it.
        let again = Losing(caller: simulated.caller(), error: error, isMade: { _ in false }, lost: 0)
        #expect(try await resolved(again, simulated) == .resolved)
    }

    @Test(arguments: [1, 2]) func aWriteThatWasMadeIsFoundByReadingBack(_ made: Int) async throws {
        let simulated = try world(outsiders: 1)
        let aws = Losing(caller: simulated.caller(), error: Self.lost, isMade: { $0 == made })
        #expect(try await resolved(aws, simulated) == .resolved)
        #expect(aws.writes.count.withLock { $0 } == made)
        let document = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        #expect(document.statements.count == 2)
    }

    /// Somebody else's document in the place of ours is a conflict, whatever became of the answers.
    @Test func anotherDocumentIsAConflict() async throws {
        let simulated = try world(outsiders: 1)
        let original = try #require(simulated.trustPolicy(ofRole: roleARN))
        let rounds = Rounds()
        let aws = Losing(
            caller: simulated.caller(),
            error: Self.lost,
            isMade: { _ in
                rounds.count.withLock { $0 += 1 }
                return false
            }
        )
        let meddling = Overwriting(caller: aws, simulated: simulated, original: original)
        let thrown = await #expect(throws: HandlerError.self) {
            try await resolve(try bareCase(0), environment(simulated, aws: meddling))
        }
        #expect(thrown?.kind == .conflictingChange)
        #expect(rounds.count.withLock { $0 } == 4)
    }

    /// Writes another document after each write that fails.
    private struct Overwriting: AWSCaller {
        let caller: Losing
        let simulated: SimulatedAccount
        let original: String
        let writes = Rounds()

        func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
            do throws(AWSError) {
                return try await caller.call(operation)
            } catch {
                let number = writes.count.withLock { count in
                    count += 1
                    return count
                }
                let other = original.replacing("{\"Version\"", with: "{\"Id\":\"round \(number)\",\"Version\"")
                _ = try await simulated.caller().call(
                    UpdateAssumeRolePolicy(roleName: "Audit", policyDocument: other, partition: .aws)
                )
                throw error
            }
        }
    }

    @Test func aRollbackIsTheSame() async throws {
        let simulated = try world(outsiders: 1)
        let done = try await resolve(try bareCase(0), environment(simulated))
        let input = try RollbackInput(JSON.object(done.json).serialized())
        let away = Losing(caller: simulated.caller(), error: Self.lost, isMade: { _ in false })
        let thrown = await #expect(throws: HandlerError.self) {
            try await RollbackRun(input, environment(simulated, aws: away)).run()
        }
        #expect(thrown?.kind == .serviceUnavailable)
        #expect(away.writes.count.withLock { $0 } == 2)
        let made = Losing(caller: simulated.caller(), error: Self.lost, isMade: { _ in true })
        let answer = try await RollbackRun(input, environment(simulated, aws: made)).run()
        #expect(answer["outcome"]?["status"]?.string == "ROLLED_BACK")
    }
}
