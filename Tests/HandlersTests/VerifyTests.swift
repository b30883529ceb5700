import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import LosslessJSON
import SimulatedAccount
import Testing

@Suite struct VerifyTests {
    private let resolved: (String, JSON) = ("outcome", ["status": "RESOLVED", "summary": "", "mode": "enforce"])

    @Test func looksUntilItHasLookedOftenEnough() async throws {
        let simulated = try world(outsiders: 1)
        var input = try bareCase(0, adding: [resolved])
        var waits: [Int] = []
        for attempt in 1...20 {
            input = try await verify(input, environment(simulated))
            let verification = try #require(input.json["verification"])
            #expect(verification["attempt"]?.int == attempt)
            #expect(verification["limit"]?.int == 20)
            #expect(verification["status"]?.string == (attempt < 20 ? "PENDING" : "STILL_ACTIVE"))
            if let wait = verification["waitSeconds"]?.int { waits.append(wait) }
        }
        #expect(waits.prefix(7) == [15, 30, 60, 120, 240, 480, 600])
        #expect(waits.count == 19)
        #expect(waits.max() == 600)
        // Analysis takes up to half an hour; several times that is looked for.
        #expect((7200...10_800).contains(waits.reduce(0, +)))
        #expect(simulated.calls.count { $0.operation == "StartResourceScan" } == 4)
        #expect(simulated.calls.allSatisfy { !$0.isWrite })
    }

    @Test func theLastLookSaysWhetherTheChangeIsThere() async throws {
        let last: (String, JSON) = ("verification", ["status": "PENDING", "attempt": 19])
        let simulated = try world(outsiders: 1)
        func change(_ environment: HandlerEnvironment) async throws -> String? {
            let answer = try await verify(try bareCase(0, adding: [resolved, last]), environment)
            #expect(answer.json["verification"]?["status"]?.string == "STILL_ACTIVE")
            return answer.json["verification"]?["change"]?.string
        }
        #expect(try await change(environment(simulated)) == "GONE")
        let decided = try bareCase(0, adding: [("decision", ["action": "RESOLVE", "rule": "r", "reasons": []])])
        #expect(try await resolve(decided, environment(simulated)).outcome?.status == .resolved)
        // What is written stays ACTIVE in Access Analyzer's eyes here.
        #expect(try await change(environment(simulated)) == "PRESENT")
        // Our name alone is not our change.
        let text = try #require(simulated.trustPolicy(ofRole: roleARN))
        let edited = text.replacing("user/User0\"}}", with: "user/Bob\"}}")
        #expect(edited != text)
        try await simulated.caller().call(
            UpdateAssumeRolePolicy(roleName: "Audit", policyDocument: edited, partition: .aws)
        )
        #expect(try await change(environment(simulated)) == "GONE")
        // Without permission, or without the member role for another account's role, nobody knows.
        let denied = try world(outsiders: 1, faults: [["operation": "GetRole", "kind": "accessDenied"]])
        #expect(try await change(environment(denied)) == nil)
        var stranger = environment(simulated)
        stranger.ownAccount = OwnAccount(invokedFunctionARN: "arn:aws:lambda:us-east-1:999999999999:function:verify")
        #expect(try await change(stranger) == nil)
        let foreign: (String, JSON) = ("outcome", ["status": "ALREADY_RESOLVED", "summary": ""])
        let answer = try await verify(try bareCase(0, adding: [foreign, last]), environment(simulated))
        #expect(answer.json["verification"]?["change"] == nil)
    }

    @Test func aRoleThatCannotBeReadNowIsReadByARetry() async throws {
        let last: (String, JSON) = ("verification", ["status": "PENDING", "attempt": 19])
        let simulated = try world(outsiders: 1, faults: [["operation": "GetRole", "kind": "throttled"]])
        await #expect(throws: HandlerError.self) {
            try await verify(try bareCase(0, adding: [resolved, last]), environment(simulated))
        }
    }

    @Test func whatIsSeenLateIsSeen() async throws {
        let simulated = try world(outsiders: 0)
        let input = try bareCase(0, adding: [resolved, ("verification", ["status": "STILL_ACTIVE", "attempt": 20])])
        let verification = try await verify(input, environment(simulated)).json["verification"]
        #expect(verification == ["status": "RESOLVED", "attempt": 21, "limit": 20])
    }

    @Test(arguments: [
        "{\"attempt\":\"1\"}", "{\"attempt\":9223372036854775807}", "{\"attempt\":1.5}",
    ])
    func aVerificationThatIsNoneIsRefused(_ text: String) async throws {
        let simulated = try world(outsiders: 1)
        let verification = try JSON.parse(Array(text.utf8))
        let error = await #expect(throws: HandlerError.self) {
            try await verify(
                try bareCase(0, adding: [resolved, ("verification", verification)]),
                environment(simulated)
            )
        }
        #expect(error?.kind == .invalidEvent)
        #expect(error?.message.hasPrefix("verification") == true)
        #expect(simulated.calls.isEmpty)
    }

    @Test func aDryRunStartsNoScan() async throws {
        let simulated = try world(outsiders: 1)
        var dry = environment(simulated)
        dry.isDryRun = true
        _ = try await verify(try bareCase(0, adding: [resolved]), dry)
        #expect(simulated.calls.map(\.operation) == ["GetFinding"])
    }

    @Test(arguments: [AWSError.Kind.throttled, .unavailable, .deadlineExceeded, .configuration])
    func aScanThatIsWorthARetryFailsTheStep(_ kind: AWSError.Kind) async throws {
        let faults: JSON = [["operation": "StartResourceScan", "kind": .string(kind.rawValue)]]
        let simulated = try world(outsiders: 1, faults: faults)
        await #expect(throws: HandlerError.self) {
            try await verify(try bareCase(0, adding: [resolved]), environment(simulated))
        }
    }

    @Test(arguments: [AWSError.Kind.accessDenied, .notFound, .rejected])
    func aScanThatIsRefusedDoesNot(_ kind: AWSError.Kind) async throws {
        let faults: JSON = [["operation": "StartResourceScan", "kind": .string(kind.rawValue)]]
        let simulated = try world(outsiders: 1, faults: faults)
        let result = try await verify(try bareCase(0, adding: [resolved]), environment(simulated))
        #expect(result.json["verification"]?["status"]?.string == "PENDING")
    }
}
