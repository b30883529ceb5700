import AWSClient
import AWSOperations
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount
import Testing

/// A workflow's task that waits for a decision.
@Suite struct ApprovalTaskTests {
    private func planned(_ asked: ApprovalWorld) async throws -> Case {
        var input = try bareCase(0)
        input.decide(Decision(.approve, rule: "r", reasons: []))
        return try await resolve(input, try asked.environment())
    }

    private func approve(_ asked: ApprovalWorld, _ input: Case, task: String) async throws -> JSON {
        let event: JSON = ["taskToken": .string(task), "case": .object(input.json)]
        return try JSON.parse(try await HandlerName.approve.run(event.serialized(), try asked.environment()))
    }

    private func ended(_ asked: ApprovalWorld) -> [(task: String?, output: JSON?)] {
        asked.world.simulated.calls.filter { $0.operation == "SendTaskSuccess" }.map { call in
            let output = call.parameters["output"]?.string.flatMap { try? JSON.parse(text: $0) }
            return (call.parameters["taskToken"]?.string, output)
        }
    }

    @Test func theTaskEndsWithTheCaseThatWasDecided() async throws {
        let asked = try ApprovalWorld()
        let planned = try await planned(asked)
        #expect(planned.outcome?.status == .awaitingApproval && asked.bodies.isEmpty)
        let waiting = try await approve(asked, planned, task: "task-1")
        #expect(waiting["outcome"]?["status"]?.string == "AWAITING_APPROVAL" && asked.bodies.count == 1)
        #expect(!waiting.text().contains("token=") && !waiting.text().contains("task-1"))
        #expect(try await asked.decide("approve") == 200)
        let end = try #require(ended(asked).first)
        #expect(end.task == "task-1" && end.output?["outcome"] == nil)
        let done = try await resolve(try Case(try #require(end.output)), try asked.environment())
        #expect(done.outcome?.status == .resolved)
    }

    @Test func theNewestTaskGoesOnAndNobodyIsAskedTwice() async throws {
        let asked = try ApprovalWorld()
        let planned = try await planned(asked)
        _ = try await approve(asked, planned, task: "task-1")
        _ = try await approve(asked, planned, task: "task-2")
        #expect(ended(asked).map(\.task) == ["task-1"] && asked.bodies.count == 1)
        #expect(ended(asked).first?.output?["outcome"]?["status"]?.string == "AWAITING_APPROVAL")
        #expect(try await asked.decide("reject") == 200)
        #expect(ended(asked).map(\.task) == ["task-1", "task-2"])
    }

    @Test func whatWasDecidedMeanwhileIsNotAskedAgain() async throws {
        let asked = try ApprovalWorld()
        let planned = try await planned(asked)
        _ = try await asked.respond()
        #expect(try await asked.decide("reject") == 200)
        _ = try await approve(asked, planned, task: "task-1")
        #expect(ended(asked).map(\.task) == ["task-1"] && ended(asked).first?.output?["outcome"] == nil)
        #expect(try await asked.request?.state == .rejected && asked.bodies.count == 1)
    }

    @Test func aTaskThatWaitsNoMoreLeavesTheDecision() async throws {
        let asked = try ApprovalWorld()
        _ = try await approve(asked, try await planned(asked), task: "task-1")
        try await asked.world.simulated.endTask("task-1")
        let answer = try await asked.page("POST", token: asked.token, form: "decision=approve&name=A")
        #expect(answer.status == 200 && answer.html.contains("not yet carried out"))
        #expect(!answer.html.contains("task-1"))
        #expect(try await asked.request?.state == .approved)
        #expect(try await asked.respond().outcome?.status == .resolved)
    }

    @Test(arguments: [
        "{}", #"{"taskToken": "t"}"#, #"{"taskToken": "", "case": {}}"#, #"{"taskToken": 1, "case": {}}"#,
    ])
    func whatIsNoTaskIsRefused(_ text: String) async throws {
        let environment = try ApprovalWorld().environment()
        let error = await #expect(throws: HandlerError.self) {
            try await HandlerName.approve.run(Array(text.utf8), environment)
        }
        #expect(error?.kind == .invalidEvent)
    }
}

extension SimulatedAccount {
    fileprivate func endTask(_ token: String) async throws {
        try await caller().call(SendTaskSuccess(taskToken: token, output: "{}", region: region))
    }
}
