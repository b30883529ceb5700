import AWSClient
import AWSOperations
import Findings
import Handlers
import LosslessJSON
import SimulatedAccount
import Synchronization
import Testing

@Suite struct ArchiveTests {
    private let decided: [(String, JSON)] = [
        ("decision", ["action": "ARCHIVE", "rule": "shared", "reasons": ["It is intended."]])
    ]

    /// Answers reads after the archiving as if it had not happened, as a service that is behind does.
    private struct Behind: AWSCaller {
        let caller: SimulatedCaller
        let staleReads: Int
        let reads = Rounds()

        func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
            let output = try await caller.call(operation)
            guard let record = output as? FindingRecord, record.status == "ARCHIVED" else { return output }
            let round = reads.count.withLock { count in
                count += 1
                return count
            }
            guard round <= staleReads else { return output }
            let stale = FindingRecord(
                id: record.id,
                status: "ACTIVE",
                resource: record.resource,
                resourceType: record.resourceType,
                principal: record.principal,
                actions: record.actions,
                condition: record.condition,
                error: record.error
            )
            return stale as? Operation.Output ?? output
        }
    }

    @Test func whatShowsLateIsArchivedAllTheSame() async throws {
        let simulated = try world(outsiders: 1)
        let behind = Behind(caller: simulated.caller(), staleReads: 4)
        let result = try await archive(try bareCase(0, adding: decided), environment(simulated, aws: behind))
        #expect(result.outcome?.status == .archived)
        #expect(simulated.calls.count { $0.operation == "UpdateFindings" } == 1)
    }

    @Test func whatNeverShowsIsNotSaidToBeDone() async throws {
        let simulated = try world(outsiders: 1)
        let behind = Behind(caller: simulated.caller(), staleReads: .max)
        let error = await #expect(throws: HandlerError.self) {
            try await archive(try bareCase(0, adding: decided), environment(simulated, aws: behind))
        }
        #expect(error?.kind == .serviceUnavailable)
        #expect(error?.message.contains(findingID(0)) == true)
    }

    @Test func doneTwiceIsDoneOnce() async throws {
        let simulated = try world(outsiders: 1)
        let first = try await archive(try bareCase(0, adding: decided), environment(simulated))
        let second = try await archive(try bareCase(0, adding: decided), environment(simulated))
        #expect(first.outcome?.status == .archived)
        #expect(second.outcome?.status == .ignored)
        #expect(simulated.calls.count { $0.operation == "UpdateFindings" } == 1)
    }

    @Test func otherFindingsOfTheResourceAreLeftAlone() async throws {
        let simulated = try world(outsiders: 3)
        _ = try await archive(try bareCase(1, adding: decided), environment(simulated))
        let archived = try await simulated.caller().call(
            ListFindings(analyzerARN: analyzer, resource: roleARN, status: "ARCHIVED", region: simulated.region)
        )
        #expect(archived.findings.map(\.id) == [findingID(1)])
    }

    @Test(arguments: ["NOTIFY", "RESOLVE", "APPROVE", "IGNORE"])
    func otherDecisionsAreLeftAlone(_ action: String) async throws {
        let simulated = try world(outsiders: 1)
        let input = try bareCase(0, adding: [("decision", ["action": .string(action)])])
        #expect(try await archive(input, environment(simulated)).outcome == nil)
        #expect(simulated.calls.isEmpty)
    }

    @Test func aDryRunArchivesNothing() async throws {
        let simulated = try world(outsiders: 1)
        var dry = environment(simulated)
        dry.isDryRun = true
        #expect(try await archive(try bareCase(0, adding: decided), dry).outcome?.status == .observed)
        #expect(simulated.calls.allSatisfy { !$0.isWrite })
    }

    @Test func anAnswerThatCouldNotBeGivenIsRefusedBeforeTheChange() async throws {
        let simulated = try world(outsiders: 1)
        let ballast = JSON.string(String(repeating: "x", count: 6 * 1024 * 1024 - 20_000))
        let error = await #expect(throws: HandlerError.self) {
            try await archive(try bareCase(0, adding: decided + [("note", ballast)]), environment(simulated))
        }
        #expect(error?.kind == .responseTooLarge)
        #expect(simulated.calls.allSatisfy { !$0.isWrite })
    }

    @Test func timeThatIsUpIsSaidSo() async throws {
        let simulated = try world(outsiders: 1)
        var hurried = environment(simulated, aws: Behind(caller: simulated.caller(), staleReads: .max))
        hurried.pause = { _ in throw CancellationError() }
        let error = await #expect(throws: HandlerError.self) {
            try await archive(try bareCase(0, adding: decided), hurried)
        }
        #expect(error?.kind == .deadlineExceeded)
    }
}
