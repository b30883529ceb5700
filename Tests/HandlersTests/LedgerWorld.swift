import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Ledger
import LosslessJSON
import Policies
import SimulatedAccount
import Synchronization

/// An account with a ledger in memory, and a clock that only the test moves.
struct LedgerWorld {
    let simulated: SimulatedAccount
    let store = MemoryStore()
    let ledger: Ledger
    private let time: Time

    /// The clock's reading, which closures share.
    private final class Time: Sendable {
        let seconds = Mutex<Int64>(1_795_250_400)
        var now: Timestamp { Timestamp(secondsSinceEpoch: seconds.withLock { $0 }) }
    }

    init(outsiders: Int = 1, quota: Int = 100_000, faults: JSON = [], afterScan: String = "") throws {
        simulated = try world(outsiders: outsiders, quota: quota, faults: faults, afterScan: afterScan)
        let time = Time()
        self.time = time
        ledger = Ledger(store, now: { time.now })
    }

    func advance(_ seconds: Int64) {
        time.seconds.withLock { $0 += seconds }
    }

    /// Another process with the same ledger.
    func environment(_ change: (inout Settings) -> Void = { _ in }) -> HandlerEnvironment {
        var environment = HandlersTests.environment(simulated)
        environment.settings.topic = .init(topic)
        change(&environment.settings)
        let time = time
        environment.now = { time.now }
        return environment.with(ledger)
    }

    var trustPolicy: String { simulated.trustPolicy(ofRole: roleARN) ?? "" }
    var mails: [String] {
        simulated.calls.filter { $0.operation == "Publish" }.compactMap { $0.parameters["Subject"]?.string }
    }
    var changes: Int { simulated.calls.count { $0.operation == "UpdateAssumeRolePolicy" } }
}

extension Case {
    /// The same, decided: RESOLVE.
    func toBeResolved() -> Case {
        var result = self
        result.decide(Decision(.resolve, rule: "r", reasons: []))
        return result
    }
}

extension SimulatedAccount {
    /// Writes the role's trust policy as somebody else would.
    func write(_ document: String) async throws {
        let call = UpdateAssumeRolePolicy(roleName: "Audit", policyDocument: document, partition: .aws)
        try await caller().call(call)
    }
}

/// A process that dies at a call, before it or after it: from then on nothing it asks is answered.
final class DyingCaller: AWSCaller, Sendable {
    private let caller: SimulatedCaller
    private let fatal: String
    private let isMade: Bool
    private let isDead = Mutex(false)

    init(_ caller: SimulatedCaller, before operation: String) {
        (self.caller, fatal, isMade) = (caller, operation, false)
    }

    init(_ caller: SimulatedCaller, after operation: String) {
        (self.caller, fatal, isMade) = (caller, operation, true)
    }

    var isAlive: Bool { isDead.withLock { !$0 } }

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        if isAlive, Operation.name == fatal {
            isDead.withLock { $0 = true }
            if isMade { _ = try await caller.call(operation) }
        }
        guard isAlive else { throw AWSError(kind: .cancelled, message: "the process is dead") }
        return try await caller.call(operation)
    }
}

/// The ledger as a dying process sees it.
struct DyingStore: LedgerStore {
    let store: MemoryStore
    let process: DyingCaller

    private func check() throws(AWSError) {
        guard process.isAlive else { throw AWSError(kind: .cancelled, message: "the process is dead") }
    }

    func item(at key: LedgerKey) throws(AWSError) -> LedgerItem? {
        try check()
        return store.item(at: key)
    }

    func page(
        of partition: String,
        from: String?,
        after: String?,
        limit: Int?
    ) throws(AWSError) -> (items: [LedgerItem], next: String?) {
        try check()
        return store.page(of: partition, from: from, after: after, limit: limit)
    }

    func write(_ writes: [LedgerWrite]) throws(AWSError) -> LedgerAnswer {
        try check()
        return try store.write(writes)
    }
}

extension LedgerWorld {
    /// The environment of a process that dies.
    func environment(aws process: DyingCaller) -> HandlerEnvironment {
        var environment = environment()
        environment.aws = process
        return environment.with(Ledger(DyingStore(store: store, process: process), now: ledger.now))
    }
}

/// Counts.
final class Ticks: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
