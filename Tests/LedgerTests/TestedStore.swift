import AWSClient
import AWSOperations
import Basics
import FoundationEssentials
import Ledger
import Logging
import LosslessJSON
import Synchronization
import Testing

/// The stores that the same tests are run on: the twin in memory always, DynamoDB where `GATEHOUSE_TEST_LEDGER` names a
/// table and the usual settings say where it is (`Tests/Integration/test_ledger.py` runs them against moto).
enum TestedStore: String, CaseIterable, CustomTestStringConvertible {
    case memory
    case dynamoDB

    var testDescription: String { rawValue }

    private static let table = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_LEDGER"]

    static var all: [TestedStore] { table == nil ? [.memory] : allCases }

    /// - Parameter losing: how many answers to writes are lost, each after the write was made.
    func make(losing: Int = 0) throws -> any LedgerStore {
        guard self == .dynamoDB, let table = Self.table else { return MemoryStore() }
        let environment = EnvironmentVariables.ofProcess()
        let configuration = try AWSConfiguration(environment: environment)
        let transport = NetworkTransport(caBundle: configuration.caBundle)
        let client = AWSClient(
            configuration: configuration,
            transport: transport,
            credentials: DefaultCredentials(environment: environment, transport: transport),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let region = try #require(configuration.region)
        return DynamoDBStore(LosingCaller(client, losing), table: table, region: region, newID: Ledger.randomID)
    }
}

/// Makes writes, and does not say so.
private final class LosingCaller: AWSCaller {
    private let caller: any AWSCaller
    private let left: Mutex<Int>

    init(_ caller: any AWSCaller, _ count: Int) {
        self.caller = caller
        left = Mutex(count)
    }

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let output = try await caller.call(operation)
        let isLost = left.withLock { left in
            guard Operation.isWrite, left > 0 else { return false }
            left -= 1
            return true
        }
        guard !isLost else { throw AWSError(kind: .unavailable, message: "the answer was lost", outcomeUnknown: true) }
        return output
    }
}

/// A clock that only the test moves.
final class TestClock: Sendable {
    private let seconds: Mutex<Int64>

    init(_ text: String = "2026-11-27T10:15:00Z") {
        seconds = Mutex(Timestamp(iso8601: text)?.secondsSinceEpoch ?? 0)
    }

    var now: Timestamp { Timestamp(secondsSinceEpoch: seconds.withLock { $0 }) }

    func advance(_ count: Int64) {
        seconds.withLock { $0 += count }
    }
}

extension Ledger {
    init(_ store: any LedgerStore, _ clock: TestClock) {
        self.init(store, now: { clock.now })
    }
}

/// A name that no other test uses: a table may be shared.
func unique(_ name: String) -> String { "\(name)-\(Ledger.randomID())" }
