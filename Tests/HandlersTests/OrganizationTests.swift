import AWSClient
import AWSOperations
import Findings
import Handlers
import LosslessJSON
import SimulatedAccount
import Synchronization
import Testing

@Suite final class OrganizationTests: Sendable {
    private let type = ResourceType.sqsQueue.name

    private func asked(_ simulated: SimulatedAccount) -> Int {
        simulated.calls.count { $0.operation == "DescribeAccount" }
    }

    @Test func answersAreKeptForAQuarterOfAnHour() async throws {
        let simulated = try world([queueARN: [:]], findingOf: queueARN, type: type)
        let clock = TestClock()
        var environment = environment(simulated)
        environment.now = { clock.now }
        let first = try await enrich(try resourceCase(queueARN, type), environment)
        #expect(asked(simulated) == 2)
        clock.advance(899)
        let second = try await enrich(try resourceCase(queueARN, type), environment)
        #expect(asked(simulated) == 2)
        #expect(first.context == second.context)
        clock.advance(1)
        _ = try await enrich(try resourceCase(queueARN, type), environment)
        #expect(asked(simulated) == 4)
        // A clock that was set back makes nothing last.
        clock.advance(-100_000)
        _ = try await enrich(try resourceCase(queueARN, type), environment)
        #expect(asked(simulated) == 6)
    }

    /// Refuses every call to Organizations.
    private func refusing(_ simulated: SimulatedAccount) -> StubCaller {
        StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            let isAsked =
                operation is DescribeAccount || operation is ListParents || operation is ListTagsForAccount
            guard isAsked else { return nil }
            if operation is DescribeAccount { self.refused.withLock { $0 += 1 } }
            throw AWSError(kind: .accessDenied, code: "AccessDeniedException", message: "no")
        }
    }

    private let refused = Mutex(0)

    private func rules(_ text: String) throws -> RuleSource {
        try RuleSource(setting: #"{"version": 1, "rules": [\#(text)]}"#)
    }

    @Test func failuresAreKeptForAMinute() async throws {
        let simulated = try world([queueARN: [:]], findingOf: queueARN, type: type, organization: nil)
        let clock = TestClock()
        var environment = environment(simulated, aws: refusing(simulated))
        environment.settings.organizationLookUps = .on
        environment.now = { clock.now }
        for (pause, calls) in [(Int64(0), 2), (59, 2), (1, 4)] {
            clock.advance(pause)
            let result = try await enrich(try resourceCase(queueARN, type), environment)
            #expect(refused.withLock { $0 } == calls)
            #expect(result.gaps.keys.sorted() == ["account", "principalAccount"])
        }
    }

    private static let byPrincipal =
        #"{"name": "p", "when": {"principalAccount.inOrganization": {"eq": ["true"]}}, "action": "ARCHIVE"}"#
    private static let byAccount = #"{"name": "a", "when": {"account.name": {"eq": ["x"]}}, "action": "ARCHIVE"}"#
    private static let byScore = #"{"name": "s", "when": {"risk": {"lt": 50}}, "action": "ARCHIVE"}"#

    @Test(arguments: [
        (OrganizationLookUps.auto, "", []), (.auto, byPrincipal, ["principalAccount"]),
        (.auto, byScore, ["account", "principalAccount"]), (.on, "", ["account", "principalAccount"]),
        (.off, "", []), (.off, byAccount, ["account"]), (.off, byScore, []),
    ])
    func onlyWhatDecidesMakesARefusalMatter(_ lookUps: OrganizationLookUps, _ rule: String, _ gaps: [String])
        async throws
    {
        let simulated = try world([queueARN: [:]], findingOf: queueARN, type: type, organization: nil)
        var environment = environment(simulated, aws: refusing(simulated))
        environment.settings.organizationLookUps = lookUps
        environment.rules = try rules(rule)
        let result = try await enrich(try resourceCase(queueARN, type), environment)
        #expect(result.gaps.keys.sorted() == gaps)
        #expect(result.context["account"] == nil)
        #expect(refused.withLock { $0 } == (lookUps == .off ? 0 : 2))
    }

    @Test func withoutAnOrganizationNothingIsMissing() async throws {
        let simulated = try world([queueARN: [:]], findingOf: queueARN, type: type, organization: nil)
        var environment = environment(simulated)
        environment.rules = try rules(Self.byPrincipal)
        let result = try await enrich(try resourceCase(queueARN, type), environment)
        #expect(result.gaps.isEmpty)
        #expect(result.context["principalAccount"] == nil)
    }

    @Test func otherFailuresAlwaysMatter() async throws {
        let simulated = try world([queueARN: [:]], findingOf: queueARN, type: type)
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            guard operation is DescribeAccount else { return nil }
            throw AWSError(kind: .throttled, code: "TooManyRequestsException", message: "slow down")
        }
        let result = try await enrich(try resourceCase(queueARN, type), environment(simulated, aws: stub))
        #expect(result.gaps["principalAccount"] == "TooManyRequestsException: slow down")
        #expect(result.gaps["account"] == "TooManyRequestsException: slow down")
        // What the other calls told stays.
        #expect(result.context["account"] == ["id": "123456789012", "tags": [:], "organizationalUnits": []])
    }

    @Test func aLoopOfUnitsEnds() async throws {
        let simulated = try world([queueARN: [:]], findingOf: queueARN, type: type)
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            if operation is ListParents { return OrganizationParent(id: "ou-a", isRoot: false) }
            return operation is DescribeOrganizationalUnit ? "a" : nil
        }
        let result = try await enrich(try resourceCase(queueARN, type), environment(simulated, aws: stub))
        #expect(result.gaps["account"]?.contains("more organizational units than AWS allows") == true)
    }

    @Test(arguments: OrganizationLookUps.allCases)
    func theSettingIsRead(_ lookUps: OrganizationLookUps) throws {
        let settings = try Settings(environment: ["GATEHOUSE_ORGANIZATION_LOOKUPS": lookUps.rawValue])
        #expect(settings.organizationLookUps == lookUps)
    }

    @Test(arguments: ["maybe", "AUTO", " on"])
    func aSettingThatIsNoneIsNamed(_ text: String) {
        let error = #expect(throws: HandlerError.self) {
            try Settings(environment: ["GATEHOUSE_ORGANIZATION_LOOKUPS": text])
        }
        #expect(error?.kind == .invalidConfiguration)
        #expect(error?.message == "GATEHOUSE_ORGANIZATION_LOOKUPS is '\(text)' but must be auto, on or off")
    }

    @Test func theCacheIsBounded() {
        let cache = OrganizationCache()
        let clock = TestClock()
        for number in 0..<(3 * OrganizationCache.limit) {
            cache.keep(OrganizationCache.Entry(json: true), "account \(number)", now: clock.now)
            #expect(cache.count <= OrganizationCache.limit)
        }
        let last = "account \(3 * OrganizationCache.limit - 1)"
        #expect(cache.entry(last, now: clock.now) == OrganizationCache.Entry(json: true))
    }

    @Test(arguments: [AWSError.Kind.cancelled, .deadlineExceeded])
    func ourOwnLackOfTimeIsNotKept(_ kind: AWSError.Kind) {
        let cache = OrganizationCache()
        cache.keep(OrganizationCache.Entry(error: AWSError(kind: kind, message: "")), "a", now: TestClock().now)
        #expect(cache.count == 0)
    }
}
