import AWSClient
import AWSOperations
import Basics
import Findings
import FoundationEssentials
import Handlers
import LosslessJSON
import Synchronization
import Testing

/// Where rules come from, when they are read again, and what happens when they cannot be.
@Suite struct RuleSourceTests {
    private static let archiveAll =
        #"{"version": 1, "default": "NOTIFY", "rules": [{"name": "all", "when": {}, "action": "IGNORE"}]}"#
    private static let notifyAll =
        #"{"version": 1, "default": "NOTIFY", "rules": [{"name": "none", "when": {}, "action": "NOTIFY"}]}"#

    private func rule(_ store: RuleStore, _ source: RuleSource) async throws -> String {
        let simulated = try world(outsiders: 1)
        var environment = environment(simulated, aws: store)
        environment.rules = source
        environment.now = { Timestamp(secondsSinceEpoch: store.state.withLock { $0.now }) }
        let answer = try await HandlerName.evaluate.run(JSON.object(try bareCase(0).json).serialized(), environment)
        return try JSON.parse(answer)["decision"]?["rule"]?.string ?? ""
    }

    @Test(arguments: ["s3://rules/team/rules.json", "ssm:/gatehouse/rules"])
    func fetchesAtFirstUseAndAgainAfterAMinute(_ setting: String) async throws {
        let store = RuleStore(Self.archiveAll)
        let source = try RuleSource(setting: setting)
        #expect(store.reads == 0)
        #expect(try await rule(store, source) == "all")
        store.set(Self.notifyAll, after: 59)
        #expect(try await rule(store, source) == "all")
        #expect(store.reads == 1)
        store.set(Self.notifyAll, after: 1)
        #expect(try await rule(store, source) == "none")
        #expect(store.reads == 2)
    }

    @Test func goesOnWithTheLastGoodRules() async throws {
        let store = RuleStore(Self.archiveAll)
        let source = try RuleSource(setting: "s3://rules/rules.json")
        #expect(try await rule(store, source) == "all")
        store.set("not rules", after: 60)
        #expect(try await rule(store, source) == "all")
        store.set(nil, after: 60)
        #expect(try await rule(store, source) == "all")
        store.set(nil, after: 9)
        let reads = store.reads
        #expect(try await rule(store, source) == "all")
        #expect(store.reads == reads)
        store.set(Self.notifyAll, after: 1)
        #expect(try await rule(store, source) == "none")
    }

    @Test(.timeLimit(.minutes(10)))
    func goodRulesDoNotWaitForASourceThatHangs() async throws {
        let store = RuleStore(Self.archiveAll)
        let source = try RuleSource(setting: "s3://rules/rules.json")
        #expect(try await rule(store, source) == "all")
        store.set(Self.notifyAll, after: 60)
        store.state.withLock { $0.isHanging = true }
        #expect(try await rule(store, source) == "all")
    }

    @Test func failsWithoutGoodRulesAndTriesAgain() async throws {
        let store = RuleStore(nil)
        let source = try RuleSource(setting: "ssm:rules")
        for _ in 0..<2 {
            await #expect {
                try await rule(store, source)
            } throws: { error in
                let error = error as? HandlerError
                return error?.kind == .invalidConfiguration && error?.message.contains("ssm:rules") == true
            }
        }
        store.set(Self.notifyAll, after: 0)
        #expect(try await rule(store, source) == "none")
    }

    @Test func readsInlineRulesAndFilesAtOnce() throws {
        _ = try RuleSource(setting: " " + Self.notifyAll)
        let file = FileManager.default.temporaryDirectory.appending(
            path: "rules-\(UInt64.random(in: 0...UInt64.max)).json"
        )
        try Data(Self.notifyAll.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        _ = try RuleSource(setting: file.path)
        try Data("{".utf8).write(to: file)
        #expect(throws: HandlerError.self) { try RuleSource(setting: file.path) }
    }

    @Test(arguments: [
        ("builtin", "unintended-role-trust", "NOTIFY"), ("builtin:strict", "unintended-access", "APPROVE"),
    ])
    func takesRulesOfOursByName(_ name: String, _ rule: String, _ keyAction: String) async throws {
        var environment = environment(try world(outsiders: 1))
        environment.rules = try RuleSource(setting: name)
        let role = try await evaluate(try bareCase(0), environment)
        #expect(role.decision?.rule == rule && role.decision?.action == .resolve)
        let key = try await evaluate(try toldCase(Resource.key.type, Resource.key.arn).beforeAnyStep(), environment)
        #expect(key.decision?.action.rawValue == keyAction)
    }

    @Test(arguments: [
        "builtin:loose", "s3://bucket", "s3:///key", "s3://bucket/", "ssm:", "https://rules", "/no/such/file",
        "{\"version\": 2}",
    ])
    func refusesOtherSettings(_ setting: String) {
        #expect {
            try RuleSource(setting: setting)
        } throws: { error in
            let error = error as? HandlerError
            return error?.kind == .invalidConfiguration && error?.message.contains("GATEHOUSE_RULES") == true
        }
    }
}

/// Holds rules as S3 or Parameter Store would, with a clock that a test moves.
private final class RuleStore: AWSCaller {
    struct State {
        var text: String?
        var now: Int64 = 1_800_000_000
        var reads = 0
        var isHanging = false
    }

    let state: Mutex<State>

    init(_ text: String?) {
        state = Mutex(State(text: text))
    }

    var reads: Int { state.withLock { $0.reads } }

    func set(_ text: String?, after seconds: Int64) {
        state.withLock { state in
            state.text = text
            state.now += seconds
        }
    }

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        guard operation is GetObject || operation is GetParameter else {
            throw AWSError(kind: .rejected, message: "not a store of rules")
        }
        if state.withLock({ $0.isHanging }) { try await hang() }
        let text = state.withLock { state in
            state.reads += 1
            return state.text
        }
        guard let text else { throw AWSError(kind: .accessDenied, code: "AccessDenied", message: "no") }
        let output: Any = operation is GetObject ? Array(text.utf8) : text
        guard let output = output as? Operation.Output else {
            throw AWSError(kind: .rejected, message: "another output")
        }
        return output
    }
}
