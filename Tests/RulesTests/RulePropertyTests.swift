import Findings
import LosslessJSON
import Rules
import Testing

/// What holds of all rule sets and cases, tried on many at random.
@Suite struct RulePropertyTests {
    private let silent: [Decision.Action] = [.archive, .ignore]

    /// Rule sets that are read; some random ones have a rule that can never decide.
    private func set(_ rules: [JSON], _ rest: JSONObject) -> RuleSet? {
        var json = rest
        json["rules"] = .array(rules)
        return try? RuleSet(JSON.object(json).serialized())
    }

    private func forEach(
        _ count: Int,
        isComplete: Bool? = nil,
        _ body: (inout RandomRules, [JSON], JSONObject, RuleSet, Case) throws -> Void
    ) throws {
        var tried = 0
        for seed in 0..<UInt64(count) {
            var random = RandomRules(seed: seed)
            let (rules, rest) = (random.rules(), random.rest())
            guard let set = set(rules, rest) else { continue }
            let complete = isComplete ?? random.chance(50)
            let input = try makeCase(random.finding(), context: random.context(isComplete: complete))
            try body(&random, rules, rest, set, input)
            tried += 1
        }
        // Most sets at random are good ones: a reader that refuses them would leave nothing tried.
        #expect(tried > count / 2)
    }

    @Test func explainingIsDeciding() throws {
        var (matched, open, expired) = (0, 0, 0)
        try forEach(1500) { _, _, _, set, input in
            let explanation = set.explain(input, now: now)
            let decision = set.decide(input, now: now)
            #expect(explanation.decision == decision)
            let reached = explanation.rules.filter(\.isReached)
            let match = reached.first { $0.status == .matched }
            #expect(reached.filter { $0.status == .matched }.count <= 1)
            let undecidable = reached.filter { $0.status == .undecidable && $0.expired == nil }
            if undecidable.isEmpty, let match { #expect(decision.rule == match.name) }
            if match == nil { #expect(decision.rule == "default" || decision.rule == "risk") }
            for rule in explanation.rules {
                #expect((rule.status == .matched || rule.status == .expired) == rule.failures.isEmpty)
                #expect(
                    (rule.status == .undecidable)
                        == (!rule.failures.isEmpty && rule.failures.allSatisfy { !$0.missing.isEmpty })
                )
            }
            matched += match == nil ? 0 : 1
            open += undecidable.isEmpty ? 0 : 1
            expired += reached.contains { $0.status == .expired } ? 1 : 0
        }
        #expect(matched > 150 && open > 40 && expired > 20)
    }

    @Test func aMissingAnswerNeverSilencesAFinding() throws {
        var silenced = 0
        try forEach(1500) { random, _, _, set, input in
            let before = set.decide(input, now: now)
            var context = input.context
            var missing = context["unavailable"]?.array ?? []
            missing.append([
                "what": .string(random.pick(["tags", "keyAliases", "account", "principalAccount", "name"])),
                "why": "no",
            ])
            context["unavailable"] = .array(missing)
            var poorer = input
            poorer.learn(context)
            let after = set.decide(poorer, now: now)
            if before.action != .archive { #expect(after.action != .archive) }
            if !silent.contains(before.action) { #expect(!silent.contains(after.action)) }
            silenced += before.action == .archive && after.action != .archive ? 1 : 0
        }
        #expect(silenced > 5)
    }

    @Test func rulesThatDoNotMatchMayStandAnywhere() throws {
        var moved = 0
        try forEach(1500, isComplete: true) { random, rules, rest, set, input in
            let failing = set.explain(input, now: now).rules.enumerated().filter { $0.element.status == .failed }
            guard let one = failing.first?.offset else { return }
            var reordered = rules
            let rule = reordered.remove(at: one)
            reordered.insert(rule, at: random.pick(Array(0...reordered.count)))
            let removed = rules.enumerated().filter { $0.offset != one }.map(\.element)
            for other in [reordered, removed] {
                guard let other = self.set(other, rest) else { continue }
                #expect(other.decide(input, now: now) == set.decide(input, now: now))
                moved += 1
            }
        }
        #expect(moved > 400)
    }

    @Test func archivingWithoutARuleHasItsBounds() throws {
        try forEach(1500) { _, _, _, set, input in
            let decision = set.decide(input, now: now)
            if decision.rule == "risk" { #expect(input.unavailable.isEmpty) }
            if decision.rule == "risk" || (decision.rule == "default" && decision.action == .archive) {
                #expect(input.finding.isPublic != true && input.finding.isResolvable)
            }
            if decision.action == .resolve || decision.action == .approve { #expect(input.finding.isResolvable) }
            #expect((0...100).contains(decision.risk ?? -1))
            #expect(decision.reasons.map(\.text).last == "Total risk: \(decision.risk ?? -1) of 100.")
        }
    }

    @Test func withoutNeedOfContextThereIsNone() throws {
        var needless = 0
        try forEach(1500, isComplete: true) { _, _, _, set, input in
            let bare = try makeCase(input.json["finding"] ?? [:])
            guard !set.needsContext(bare, now: now) else { return }
            let (first, second) = (set.decide(bare, now: now), set.decide(input, now: now))
            #expect(first.action == second.action)
            #expect(first.rule == second.rule)
            needless += 1
        }
        #expect(needless > 200)
    }
}
