import AWSClient
import AWSOperations
import Findings
import Handlers
import Ledger
import LosslessJSON
import SimulatedAccount
import Synchronization
import Testing

/// Changes are written through the journal: recorded before the write, settled after it, all under one lease.
@Suite struct ChangeJournalTests {
    /// Writes down what is asked of it, and may refuse to record.
    private final class RecordingJournal: ChangeJournal {
        let entries = Mutex<[String]>([])
        let cannotRecord: Bool

        init(cannotRecord: Bool = false) {
            self.cannotRecord = cannotRecord
        }

        let revision: UInt64? = nil

        func add(_ entry: String) {
            entries.withLock { $0.append(entry) }
        }

        func withLease<T: Sendable>(
            on resource: String,
            isWriting: Bool,
            _ body: (any Lease) async throws(HandlerError) -> T
        ) async throws(HandlerError) -> T {
            add("lease \(resource)")
            defer { add("release") }
            return try await body(RecordingLease(journal: self))
        }
    }

    private struct RecordingLease: Lease {
        let journal: RecordingJournal

        let known = KnownChanges()

        func intend(_ change: ChangeRecord) throws(HandlerError) -> Intention {
            if journal.cannotRecord { throw HandlerError(.serviceUnavailable, "the change cannot be recorded") }
            journal.add("intend \(change.operation) for \(change.findingID)")
            return .recorded
        }

        func settle(_ change: ChangeRecord, _ settlement: Settlement) {
            journal.add("settle \(settlement)")
        }

        func settle(_ earlier: LedgerChange, _ settlement: Settlement) {}
        func end(_ vanished: LedgerChange, by: String?) {}
    }

    /// Writes down each call about the role in the journal, so that the order of both shows.
    private struct Watched: AWSCaller {
        let caller: SimulatedCaller
        let journal: RecordingJournal
        let isBlindAfterwards: Bool

        func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
            if isBlindAfterwards, operation is GetRole,
                journal.entries.withLock({ $0.contains("UpdateAssumeRolePolicy") })
            {
                throw AWSError(kind: .unavailable, service: "IAM", operation: "GetRole", message: "away")
            }
            if Operation.service == .iam { journal.add(Operation.name) }
            return try await caller.call(operation)
        }
    }

    private func entries(
        _ simulated: SimulatedAccount,
        _ journal: RecordingJournal = RecordingJournal(),
        mode: Settings.Mode = .enforce,
        isBlindAfterwards: Bool = false,
        _ work: (HandlerEnvironment) async throws -> Void
    ) async throws -> [String] {
        var environment = environment(
            simulated,
            aws: Watched(caller: simulated.caller(), journal: journal, isBlindAfterwards: isBlindAfterwards),
            mode: mode
        )
        environment.journal = journal
        try await work(environment)
        return journal.entries.withLock { $0 }
    }

    private let intention = "intend iam:UpdateAssumeRolePolicy for \(findingID(0))"

    @Test func aChangeIsRecordedBeforeItIsMade() async throws {
        let (simulated, input) = (try world(outsiders: 1), try bareCase(0))
        let entries = try await entries(simulated) { environment in _ = try await resolve(input, environment) }
        #expect(
            entries == [
                "lease \(roleARN)", "GetRole", intention, "UpdateAssumeRolePolicy", "GetRole", "settle made", "release",
            ]
        )
    }

    @Test func soIsAnUndo() async throws {
        let simulated = try world(outsiders: 1)
        _ = try await resolve(try bareCase(0), environment(simulated))
        let entries = try await entries(simulated, mode: .observe) { environment in
            let input = RollbackInput(findingID: findingID(0), resource: roleARN)
            _ = try await RollbackRun(input, environment).run()
        }
        #expect(
            entries == [
                "lease \(roleARN)", "GetRole", intention, "UpdateAssumeRolePolicy", "GetRole", "settle made", "release",
            ]
        )
    }

    @Test func nothingIsWrittenThatCannotBeRecorded() async throws {
        let simulated = try world(outsiders: 1)
        let entries = try await entries(simulated, RecordingJournal(cannotRecord: true)) { environment in
            await #expect(throws: HandlerError(.serviceUnavailable, "the change cannot be recorded")) {
                try await resolve(try bareCase(0), environment)
            }
        }
        #expect(entries == ["lease \(roleARN)", "GetRole", "release"])
    }

    @Test func whatIAMDoesNotTakeIsSettled() async throws {
        let faults: JSON = [
            ["service": "IAM", "operation": "UpdateAssumeRolePolicy", "kind": "rejected", "code": "LimitExceeded"]
        ]
        let entries = try await entries(try world(outsiders: 1, faults: faults)) { environment in
            let outcome = try await resolve(try bareCase(0), environment).outcome
            #expect(outcome?.status == .refused)
        }
        #expect(entries.suffix(3) == ["UpdateAssumeRolePolicy", "settle notMade", "release"])
    }

    @Test func whatIsNotKnownStaysUnsettled() async throws {
        let faults: JSON = [
            ["operation": "UpdateAssumeRolePolicy", "kind": "unavailable", "outcomeUnknown": true]
        ]
        let simulated = try world(outsiders: 1, faults: faults)
        let entries = try await entries(simulated, isBlindAfterwards: true) { environment in
            await #expect(throws: HandlerError.self) { try await resolve(try bareCase(0), environment) }
        }
        #expect(entries.contains(intention))
        #expect(!entries.contains { $0.hasPrefix("settle") })
    }

    @Test func observingRecordsNothing() async throws {
        let (simulated, input) = (try world(outsiders: 1), try bareCase(0))
        let entries = try await entries(simulated, mode: .observe) { environment in
            _ = try await resolve(input, environment)
        }
        #expect(entries == ["lease \(roleARN)", "GetRole", "release"])
    }
}
