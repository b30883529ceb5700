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

/// IAM has no version of a document: what is written over must have been read just before.
@Suite struct StaleReadingTests {
    /// A clock that stands still but for the calls that take long, and what happens meanwhile.
    private final class Slow: AWSCaller {
        let simulated: SimulatedAccount
        let now = Mutex(ContinuousClock.now)
        let meanwhile: @Sendable () async throws -> Void

        init(_ simulated: SimulatedAccount, meanwhile: @escaping @Sendable () async throws -> Void) {
            self.simulated = simulated
            self.meanwhile = meanwhile
        }

        func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
            let output = try await simulated.caller().call(operation)
            if operation is ListFindings {
                // The role was read long ago by now: wait for that, as both are asked side by side.
                while !simulated.calls.contains(where: { $0.operation == "GetRole" }) { await Task.yield() }
                _ = try? await meanwhile()
                now.withLock { $0 += .seconds(5) }
            }
            return output
        }
    }

    private func statement(_ sid: String, _ effect: String, _ principal: String) -> JSON {
        [
            "Sid": .string(sid), "Effect": .string(effect), "Principal": ["AWS": .string(principal)],
            "Action": "sts:AssumeRole",
        ]
    }

    @Test func whatOthersWroteMeanwhileStays() async throws {
        let simulated = try world(outsiders: 1)
        let added = [
            statement("New", "Allow", "arn:aws:iam::123456789012:role/New"), statement("Other", "Deny", outsider(7)),
        ]
        let slow = Slow(simulated) {
            let text = simulated.trustPolicy(ofRole: roleARN) ?? ""
            var document = try #require(try JSON.parse(text: text).object)
            document["Statement"] = .array((document["Statement"]?.array ?? []) + added)
            try await simulated.caller().call(
                UpdateAssumeRolePolicy(
                    roleName: "Audit",
                    policyDocument: JSON.object(document).text(),
                    partition: .aws
                )
            )
        }
        var environment = environment(simulated, aws: slow)
        environment.instant = { slow.now.withLock { $0 } }
        let outcome = try await resolve(try bareCase(0), environment).outcome
        #expect(outcome?.status == .resolved)
        let after = try PolicyDocument(text: try #require(simulated.trustPolicy(ofRole: roleARN)))
        #expect(after.statements.compactMap(\.sid).prefix(2) == ["New", "Other"])
        #expect(after.statements.count == 4)
        #expect(outcome?.changes.first?.before["Statement"]?.array?.count == 3)
    }

    /// Fails reads of the role after the write.
    private struct Blind: AWSCaller {
        let caller: SimulatedCaller
        let simulated: SimulatedAccount
        let failures: Int
        let kind: AWSError.Kind
        let seen = Rounds()

        func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
            guard operation is GetRole, simulated.calls.contains(where: { $0.operation == "UpdateAssumeRolePolicy" })
            else {
                return try await caller.call(operation)
            }
            let number = seen.count.withLock { count in
                count += 1
                return count
            }
            guard number <= failures else { return try await caller.call(operation) }
            throw AWSError(kind: kind, service: "IAM", operation: "GetRole", code: "X", message: "m", status: 400)
        }
    }

    @Test func oneAnswerThatFailsDoesNotEndTheReadBack() async throws {
        let simulated = try world(outsiders: 1)
        let blind = Blind(caller: simulated.caller(), simulated: simulated, failures: 3, kind: .accessDenied)
        let outcome = try await resolve(try bareCase(0), environment(simulated, aws: blind)).outcome
        #expect(outcome?.status == .resolved)
    }

    /// Somebody must hear of a change that was made: whatever the error was, it is one that is retried.
    @Test(arguments: [AWSError.Kind.accessDenied, .unavailable, .rejected])
    func aChangeThatCannotBeReadBackIsRetried(_ kind: AWSError.Kind) async throws {
        let simulated = try world(outsiders: 1)
        let blind = Blind(caller: simulated.caller(), simulated: simulated, failures: .max, kind: kind)
        let error = await #expect(throws: HandlerError.self) {
            try await resolve(try bareCase(0), environment(simulated, aws: blind))
        }
        #expect(error?.kind == .serviceUnavailable)
        #expect(error?.message.hasPrefix("IAM took the change of \(roleARN), but it could not be read back") == true)
        // The retry finds our own statement.
        let again = try await resolve(try bareCase(0), environment(simulated)).outcome
        #expect(again?.status == .alreadyResolved)
        #expect(again?.rollback != nil)
    }
}
