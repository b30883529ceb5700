import AWSClient
import Basics
import FoundationEssentials
import Handlers
import Ledger
import Logging
import LosslessJSON
import Policies
import SimulatedAccount
import Testing

/// Every folder of `events/`: what Lambda gets, the account before, what must come out.
///
/// `RECORD_FIXTURES=1 swift test --filter FixtureTests` writes what came out into `expected.json`, to be read and
/// committed; only `handler` must be there before. Such a run fails: it has compared nothing.
@Suite struct FixtureTests {
    @Test(arguments: try Fixture.all())
    func answersAsExpected(_ fixture: Fixture) async throws {
        let actual = try await fixture.run()
        let expected = try JSON.parse(try fixture.file("expected.json"))
        guard !Self.isRecording else {
            try fixture.record(actual)
            if actual != expected { Issue.record("\(fixture.name): expected.json was written anew. \(Self.advice)") }
            return
        }
        if actual != expected {
            let diff = UnifiedDiff.text(expected.text(.pretty), actual.text(.pretty))
            Issue.record("\(fixture.name): expected.json and what came out differ\n\(diff)")
        }
    }

    /// The exact number, so that a lost folder is seen: whoever adds one counts it here.
    @Test func thereAreAll() throws {
        let names = try Fixture.all().map(\.name)
        #expect(names.count == 685)
        #expect(names.count { $0.hasSuffix("-bad") } == 65)
        #expect(Set(names).count == names.count)
    }

    @Test func aRecordingIsNoTest() {
        if Self.isRecording { Issue.record("RECORD_FIXTURES is set: what came out was recorded. \(Self.advice)") }
    }

    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_FIXTURES"] != nil
    private static let advice = "Read the difference (git diff events), and run again without RECORD_FIXTURES."
}

struct Fixture: Sendable, CustomTestStringConvertible {
    let folder: String

    /// 2026-11-21T08:40:00Z.
    static let now = Timestamp(secondsSinceEpoch: 1_795_250_400)

    var name: String { String(folder.split(separator: "/").last ?? "") }
    var testDescription: String { name }

    private static func folders(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            .filter { !$0.contains(".") }
            .map { "\(path)/\($0)" }
    }

    static func all() throws -> [Fixture] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let events = "/\(root)/events"
        return try folders(in: events).flatMap(folders).map(Fixture.init)
    }

    func file(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    /// The handler's answer or error, and the calls that change something, in order.
    func run() async throws -> JSON {
        let expected = try JSON.parse(try file("expected.json"))
        let handler = try HandlerName(setting: expected["handler"]?.string)
        let account = try SimulatedAccount(try JSON.parse(try file("account.json")))
        let settings = try Settings(environment: account.environment)
        var environment = HandlerEnvironment(
            settings: settings,
            rules: try RuleSource(setting: settings.rules),
            aws: account.caller(),
            member: { id, partition in
                let role = "arn:\(partition.rawValue):iam::\(id):role/\(settings.memberRole ?? "")"
                return account.caller(inAccount: id, memberRole: role)
            },
            ownAccount: OwnAccount(),
            region: account.region,
            logger: Logger(label: "fixture") { _ in SwiftLogNoOpLogHandler() },
            now: { Fixture.now },
            pause: { _ in }
        )
        // However slow the machine, no reading is old.
        let start = ContinuousClock.now
        environment.instant = { start }
        if settings.ledgerTable != nil { environment = environment.with(Ledger(MemoryStore(), now: { Fixture.now })) }
        var result = JSONObject([("handler", .string(handler.rawValue))])
        do {
            result["output"] = try JSON.parse(try await handler.run(try file("event.json"), environment))
        } catch let error as HandlerError {
            result["error"] = ["errorType": .string(error.type), "errorMessage": .string(error.message)]
        }
        result["reads"] = .array(account.calls.filter { !$0.isWrite }.map { .string($0.operation) }.sorted())
        result["calls"] = .array(
            account.calls.filter(\.isWrite).map { call in
                .object(JSONObject([("operation", .string(call.operation)), ("parameters", .object(call.parameters))]))
            }
        )
        return .object(result)
    }

    func record(_ actual: JSON) throws {
        try Data(actual.serialized(.pretty) + [0x0A]).write(to: URL(filePath: "\(folder)/expected.json"))
    }
}

extension [JSON] {
    /// In the order of their texts: reads side by side have no order of their own.
    fileprivate func sorted() -> [JSON] {
        sorted { ($0.string ?? "") < ($1.string ?? "") }
    }
}
