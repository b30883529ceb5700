import AWSClient
import Basics
import Ledger
import LosslessJSON
import Testing

@Suite struct LedgerTests {
    private let clock = TestClock()
    private let limits = ChangeLimits(inAll: 3, perAccount: 2)

    private func change(
        _ ledger: Ledger,
        _ resource: String,
        finding: String = "f",
        undoes: LedgerChange? = nil
    ) -> LedgerChange {
        LedgerChange(
            id: ledger.newChangeID(),
            kind: undoes == nil ? .block : .undo,
            findingID: finding,
            resource: resource,
            operation: "iam:UpdateAssumeRolePolicy",
            before: ["a": 1],
            after: ["a": 2],
            about: JSONObject([("principal", ["AWS": "x"]), ("actions", ["sts:AssumeRole"])]),
            intendedAt: ledger.now(),
            undoes: undoes?.id,
            by: undoes == nil ? nil : "me"
        )
    }

    private func lease(_ ledger: Ledger, _ resource: String, seconds: Int64 = 60) async throws -> LedgerLease? {
        guard
            case .taken(let lease) = try await ledger.takeLease(of: resource, until: clock.now.adding(seconds: seconds))
        else { return nil }
        return lease
    }

    // MARK: Leases

    @Test(arguments: TestedStore.all)
    func oneHoldsALeaseUntilItIsGivenBackOrOver(_ tested: TestedStore) async throws {
        let (ledger, resource) = (Ledger(try tested.make(), clock), unique("r"))
        let first = try #require(try await lease(ledger, resource))
        #expect(try await lease(ledger, resource) == nil)
        #expect(try await lease(ledger, resource + "x") != nil)
        try await ledger.release(first)
        let second = try #require(try await lease(ledger, resource))
        clock.advance(60 + Ledger.clockSkew)
        #expect(try await lease(ledger, resource) == nil)
        clock.advance(1)
        let third = try #require(try await lease(ledger, resource))
        // Whose lease was taken over can neither give it back nor renew it nor write under it.
        try await ledger.release(second)
        #expect(try await lease(ledger, resource) == nil)
        await #expect(throws: LedgerError.self) { try await ledger.renew(second, until: clock.now) }
        await #expect(throws: LedgerError.self) {
            try await ledger.intend(change(ledger, resource), second, account: "1", limits: nil)
        }
        #expect(try await ledger.known(of: resource) == KnownChanges())
        _ = try await ledger.renew(third, until: clock.now.adding(seconds: 90))
    }

    @Test(arguments: TestedStore.all, ["2026-11-27T10:00:00Z", "2099-01-01T00:00:00Z"])
    func noLeaseLastsLongerThanAnInvocation(_ tested: TestedStore, _ since: String) async throws {
        let (store, resource) = (try tested.make(), unique("r"))
        let data = JSONObject([("owner", "x"), ("since", .string(since)), ("until", "2099-01-01T00:00:00Z")])
        _ = try await store.write([.put(LedgerItem(LedgerKey("RESOURCE#\(resource)", "LEASE"), data), if: .absent)])
        clock.advance(2 * 60)
        #expect(try await lease(Ledger(store, clock), resource) != nil)
    }

    // MARK: Changes

    @Test(arguments: TestedStore.all)
    func aChangeIsKnownFromItsIntentionToItsEnd(_ tested: TestedStore) async throws {
        let (ledger, resource) = (Ledger(try tested.make(), clock), unique("r"))
        let (held, finding) = (try #require(try await lease(ledger, resource)), unique("f"))
        let intended = change(ledger, resource, finding: finding)
        #expect(try await ledger.intend(intended, held, account: unique("a"), limits: nil) == .recorded(intended))
        #expect(try await ledger.known(of: resource).changes == [intended])
        try await ledger.settle(intended)
        await #expect(throws: LedgerError.self) { try await ledger.settle(intended) }
        let made = try #require(try await ledger.known(of: resource).changes.first)
        #expect(made.state == .made && made.settledAt == clock.now && made.isCurrent)
        #expect(try await ledger.changes(ofFinding: finding) == [made])
        #expect(try await ledger.lastChangeID(ofFinding: finding) == made.id)

        let undo = change(ledger, resource, finding: finding, undoes: made)
        #expect(try await ledger.intend(undo, held, account: "a", limits: nil) == .recorded(undo))
        let coolDown = CoolDown(
            resource: resource,
            principal: ["AWS": "x"],
            actions: ["sts:AssumeRole"],
            findingID: finding,
            by: "me",
            at: clock.now,
            until: clock.now.adding(seconds: 400)
        )
        try await ledger.end([(undo, .made), (made, .undone)], by: "me", coolDown: coolDown)
        let known = try await ledger.known(of: resource)
        #expect(known.changes.isEmpty && known.coolDowns == [coolDown])
        let history = try await ledger.history(ofResource: resource)
        #expect(Set(history.map(\.state)) == [.made, .undone] && history.allSatisfy { $0.by == "me" && !$0.isCurrent })
        #expect(coolDown.covers(principal: ["AWS": "x"], actions: ["STS:assumerole"]))
        #expect(!coolDown.covers(principal: ["AWS": "y"], actions: ["sts:AssumeRole"]))
        #expect(!coolDown.covers(principal: ["AWS": "x"], actions: ["sts:AssumeRole", "sts:TagSession"]))
        clock.advance(401)
        #expect(try await ledger.known(of: resource).coolDowns.isEmpty)
    }

    @Test(arguments: TestedStore.all)
    func changesAreCountedByHourAndAccount(_ tested: TestedStore) async throws {
        // A time of its own, as a table may be shared.
        let clock = TestClock(
            "2026-1\(Int.random(in: 0...2))-\(Int.random(in: 10...28))T05:\(Int.random(in: 10...50)):00Z"
        )
        clock.advance(Int64.random(in: 0..<10_000) * 3600)
        let ledger = Ledger(try tested.make(), clock)
        let (one, two) = (unique("a"), unique("b"))
        func intend(_ account: String) async throws -> IntentionAnswer {
            let resource = unique("r")
            guard case .taken(let held) = try await ledger.takeLease(of: resource, until: clock.now.adding(seconds: 9))
            else { throw LedgerError.lost("no lease") }
            let answer = try await ledger.intend(change(ledger, resource), held, account: account, limits: limits)
            // What was not recorded has left nothing.
            if case .recorded = answer {} else { #expect(try await ledger.known(of: resource) == KnownChanges()) }
            return answer
        }
        for _ in 0..<2 { guard case .recorded = try await intend(one) else { throw LedgerError.lost("held back") } }
        for _ in 0..<5 { #expect(try await intend(one) == .tooManyOfAccount) }
        guard case .recorded = try await intend(two) else { throw LedgerError.lost("held back") }
        #expect(try await intend(two) == .tooMany)
        #expect(try await ledger.changesThisHour().map(\.count).sorted() == [1, 2, 3])
        clock.advance(3600)
        guard case .recorded = try await intend(two) else { throw LedgerError.lost("held back") }
    }

    @Test(arguments: TestedStore.all)
    func whatIsReplacedEndsWithTheSettlement(_ tested: TestedStore) async throws {
        let (ledger, resource) = (Ledger(try tested.make(), clock), unique("r"))
        let held = try #require(try await lease(ledger, resource))
        let first = change(ledger, resource)
        _ = try await ledger.intend(first, held, account: "a", limits: nil)
        let second = change(ledger, resource)
        #expect(try await ledger.intend(second, held, account: "a", limits: nil) == .recorded(second))
        // As long as nobody knows that the second was made, the first is not forgotten.
        #expect(try await ledger.known(of: resource).changes.count == 2)
        try await ledger.settle(second, replacing: [first])
        #expect(try await ledger.known(of: resource).changes.map(\.state) == [.made])
        let states = try await ledger.history(ofResource: resource).map(\.state.rawValue).sorted()
        #expect(states == ["MADE", "NOT_MADE"])
    }

    @Test(arguments: TestedStore.all)
    func historyAndWhatStandsAreListed(_ tested: TestedStore) async throws {
        let clock = TestClock("2030-01-30T10:00:00Z")
        let (ledger, resource) = (Ledger(try tested.make(), clock), unique("r"))
        guard
            case .taken(let held) = try await ledger.takeLease(
                of: resource,
                until: clock.now.adding(seconds: 9_000_000)
            )
        else { throw LedgerError.lost("no lease") }
        var ids: [String] = []
        for _ in 0..<4 {
            let change = change(ledger, resource, finding: unique("f"))
            _ = try await ledger.intend(change, held, account: "a", limits: nil)
            ids.append(change.id)
            clock.advance(86_400)
        }
        let since = try #require(Timestamp(iso8601: "2030-01-31T00:00:00Z"))
        let listed = try await ledger.history(since: since).filter { $0.resource == resource }
        #expect(listed.map(\.id) == Array(ids.dropFirst()))
        var (found, after): ([String], String?) = ([], nil)
        repeat {
            let page = try await ledger.currentChanges(after: after, limit: 3)
            found += page.changes.filter { $0.resource == resource }.map(\.id)
            after = page.next
        } while after != nil
        #expect(found == ids)
    }

    // MARK: Telling

    private func telling(_ access: String, _ occurrence: String, finding: String, regions: Bool = false) -> Telling {
        Telling(
            access: .string(access),
            what: "REFUSED",
            occurrence: occurrence,
            findingID: finding,
            isReportedByEveryRegion: regions
        )
    }

    @Test(arguments: TestedStore.all)
    func eachThingIsToldOnce(_ tested: TestedStore) async throws {
        let (ledger, access) = (Ledger(try tested.make(), clock), unique("access"))
        let first = telling(access, "1", finding: "f")
        guard case .send(let claim) = try await ledger.claim(first) else { throw LedgerError.lost("not ours") }
        #expect(try await ledger.claim(first) == .busy)
        try await ledger.told(claim)
        #expect(try await ledger.claim(first) == .sent(at: clock.now))
        // The same finding at another time, and another finding of a resource that one region alone reports.
        for other in [telling(access, "2", finding: "f"), telling(access, "9", finding: "g")] {
            guard case .send(let claim) = try await ledger.claim(other) else { throw LedgerError.lost("not ours") }
            try await ledger.told(claim)
        }
        let region = telling(access, "3", finding: "h", regions: true)
        #expect(try await ledger.claim(region) == .sent(at: clock.now))
        clock.advance(86_400)
        guard case .send = try await ledger.claim(region) else { throw LedgerError.lost("not ours") }
    }

    @Test(arguments: TestedStore.all)
    func whoDiesWhileTellingIsFollowed(_ tested: TestedStore) async throws {
        let (ledger, access) = (Ledger(try tested.make(), clock), unique("access"))
        let first = telling(access, "1", finding: "f")
        guard case .send = try await ledger.claim(first) else { throw LedgerError.lost("not ours") }
        clock.advance(29)
        #expect(try await ledger.claim(first) == .busy)
        clock.advance(1)
        guard case .send(let claim) = try await ledger.claim(first) else { throw LedgerError.lost("not ours") }
        try await ledger.notTold(claim)
        guard case .send = try await ledger.claim(first) else { throw LedgerError.lost("not ours") }
    }

    // MARK: Forms

    @Test(arguments: TestedStore.all)
    func whatIsOfALaterVersionIsNotRead(_ tested: TestedStore) async throws {
        let (store, resource) = (try tested.make(), unique("r"))
        let ledger = Ledger(store, clock)
        let later = LedgerItem(LedgerKey("RESOURCE#\(resource)", "CHANGE#1"), JSONObject(), version: Ledger.version + 1)
        _ = try await store.write([.put(later, if: .absent)])
        let error = await #expect(throws: LedgerError.self) { try await ledger.known(of: resource) }
        #expect(error?.description.contains("is of version 2, and this Gatehouse knows versions up to 1") == true)
    }

    @Test(arguments: TestedStore.all, [Int64.max, 0, -1])
    func noNumberEndsTheProcess(_ tested: TestedStore, _ revision: Int64) async throws {
        let (store, resource) = (try tested.make(), unique("r"))
        let lease = LedgerItem(LedgerKey("RESOURCE#\(resource)", "LEASE"), JSONObject(), revision: revision)
        _ = try await store.write([.put(lease, if: .absent)])
        await #expect(throws: LedgerError.self) {
            try await Ledger(store, clock).takeLease(of: resource, until: clock.now)
        }
        let ledger = Ledger(store, clock)
        let word = LedgerItem(LedgerKey("WORD#\(resource)", "LAST"), JSONObject([("attempts", .int(Int.max))]))
        _ = try await store.write([.put(word, if: .absent)])
        #expect(try await ledger.attempt(onFinding: resource) == 1_000_001)
    }

    @Test(arguments: TestedStore.all)
    func keysThatAreTooLongAreCut(_ tested: TestedStore) async throws {
        let store = try tested.make()
        let long = LedgerKey(unique("P") + String(repeating: "x", count: 3000), String(repeating: "y", count: 2000))
        let other = LedgerKey(long.partition, String(repeating: "y", count: 2001))
        #expect(try await store.write([.put(LedgerItem(long, JSONObject()), if: .absent)]) == .done)
        #expect(try await store.write([.put(LedgerItem(other, JSONObject()), if: .absent)]) == .done)
        #expect(try await store.item(at: long) != nil)
    }

    @Test(arguments: TestedStore.all)
    func anAttemptIsTheSameUntilThereIsAWord(_ tested: TestedStore) async throws {
        let (ledger, id) = (Ledger(try tested.make(), clock), unique("f"))
        for _ in 0..<2 { #expect(try await ledger.attempt(onFinding: id) == 1) }
        try await ledger.record(
            FindingWord(what: "REFUSED", mode: "enforce", updatedAt: "", isFinal: false),
            onFinding: id
        )
        for _ in 0..<2 { #expect(try await ledger.attempt(onFinding: id) == 2) }
        clock.advance(86_400)
        #expect(try await ledger.attempt(onFinding: id) == 3)
    }

    @Test(arguments: TestedStore.all, ["{}", #"{"kind":"BLOCK"}"#, #"{"kind":7,"state":"MADE"}"#])
    func whatIsBrokenIsNamed(_ tested: TestedStore, _ text: String) async throws {
        let (store, resource) = (try tested.make(), unique("r"))
        let data = try JSON.parse(text: text).object ?? JSONObject()
        _ = try await store.write([.put(LedgerItem(LedgerKey("RESOURCE#\(resource)", "CHANGE#1"), data), if: .absent)])
        let error = await #expect(throws: LedgerError.self) { try await Ledger(store, clock).known(of: resource) }
        #expect(error?.description.contains("RESOURCE#\(resource) CHANGE#1") == true)
    }
}
