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

    init(outsiders: Int = 1, faults: JSON = []) throws {
        simulated = try world(outsiders: outsiders, faults: faults)
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
