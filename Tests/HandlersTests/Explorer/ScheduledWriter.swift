import AWSClient
import AWSOperations
import Handlers
import Ledger
import LosslessJSON
import Policies
import SimulatedAccount
import Synchronization

/// The role's trust policy over time, as replicas that are behind still show it.
final class TrustPolicyHistory: Sendable {
    private let versions: Mutex<[(since: Int64, document: String)]>

    init(_ document: String) {
        versions = Mutex([(-1_000_000, document)])
    }

    func add(_ document: String, at time: Int64) {
        versions.withLock { versions in
            if versions.last?.document != document { versions.append((time, document)) }
        }
    }

    func document(at time: Int64) -> String? {
        versions.withLock { versions in versions.last { $0.since <= time }?.document }
    }
}

/// One invocation: each call of AWS or the ledger waits for its turn, and may go wrong.
struct ScheduledWriter: AWSCaller, LedgerStore {
    let number: Int
    let schedule: Schedule
    let simulated: SimulatedAccount
    let store: MemoryStore
    let history: TrustPolicyHistory
    let deadline: ContinuousClock.Instant

    private var ended: AWSError { AWSError(kind: .cancelled, message: "the process is dead") }

    /// Makes a call in its turn.
    private func make<T>(
        isWrite: Bool,
        _ name: String,
        _ call: () async throws(AWSError) -> T
    ) async throws(AWSError) -> T {
        let turn = await schedule.turn(of: number, isWrite: isWrite)
        schedule.tell("writer \(number): \(name) \(turn)")
        switch turn {
        case .dead(let afterwards):
            if afterwards { _ = try await call() }
            throw ended
        case .throttled: throw AWSError(kind: .throttled, code: "ThrottlingException", message: "Rate exceeded")
        case .goOn, .lost: break
        }
        guard schedule.instant < deadline else {
            schedule.countOverdue()
            throw AWSError(kind: .deadlineExceeded, message: "the time is up")
        }
        let output = try await call()
        guard case .lost = turn else { return output }
        throw AWSError(kind: .unavailable, message: "the answer was lost", outcomeUnknown: true)
    }

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let output = try await make(isWrite: Operation.isWrite, Operation.name) { () async throws(AWSError) in
            let output = try await simulated.caller().call(operation)
            if operation is UpdateAssumeRolePolicy, let document = simulated.trustPolicy(ofRole: roleARN) {
                history.add(document, at: schedule.milliseconds)
                schedule.tell("  wrote \(document.sids)")
            }
            return output
        }
        guard let role = output as? Role else { return output }
        let document = history.document(at: schedule.milliseconds - schedule.staleness()) ?? role.trustPolicy
        schedule.tell("  saw \(document.sids)")
        let shown = Role(arn: role.arn, name: role.name, path: role.path, trustPolicy: document, tags: role.tags)
        return shown as? Operation.Output ?? output
    }

    func item(at key: LedgerKey) async throws(AWSError) -> LedgerItem? {
        try await make(isWrite: false, "read \(key.sort)") { () throws(AWSError) in store.item(at: key) }
    }

    func page(
        of partition: String,
        from: String?,
        after: String?,
        limit: Int?
    ) async throws(AWSError) -> (items: [LedgerItem], next: String?) {
        try await make(isWrite: false, "read \(partition)") { () throws(AWSError) in
            store.page(of: partition, from: from, after: after, limit: limit)
        }
    }

    func write(_ writes: [LedgerWrite]) async throws(AWSError) -> LedgerAnswer {
        try await make(isWrite: true, "write \(writes.map(\.key.sort).joined(separator: " "))") { () throws(AWSError) in
            try store.write(writes)
        }
    }

    /// What the handlers work with in this invocation.
    var environment: HandlerEnvironment {
        var environment = HandlersTests.environment(simulated, aws: self)
        environment.settings.topic = .init(topic)
        environment.settings.maxChangesPerHour = 1000
        environment.settings.maxChangesPerAccountPerHour = 1000
        let (schedule, number, deadline) = (schedule, number, deadline)
        environment.now = { schedule.now }
        environment.instant = { schedule.instant }
        environment.deadline = deadline
        environment.pause = { duration in
            let seconds = duration.components
            let milliseconds = seconds.seconds * 1000 + seconds.attoseconds / 1_000_000_000_000_000
            let isOver = schedule.instant + duration >= deadline
            if case .dead = await schedule.sleep(number, for: milliseconds) { throw CancellationError() }
            if isOver { throw CancellationError() }
        }
        return environment.with(
            Ledger(self, now: { schedule.now }, random: { UInt64(schedule.number(in: 0...Int64.max)) })
        )
    }
}

extension String {
    /// The ends of our statements' Sids in a document.
    fileprivate var sids: [String] {
        ((try? JSON.parse(text: self))?["Statement"]?.array ?? []).compactMap {
            $0["Sid"]?.string.map { String($0.suffix(2)) }
        }
    }
}
