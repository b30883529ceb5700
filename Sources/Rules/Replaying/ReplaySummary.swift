import Basics
import Findings
import LosslessJSON

/// What a replay has decided, counted: so that a team sees what its rules would change.
package struct ReplaySummary: Sendable {
    /// Cases and events that were decided about.
    package private(set) var decided = 0
    /// Lines that were no case.
    package internal(set) var refused = 0
    /// Cases that came with a decision.
    package private(set) var haveEarlier = 0
    /// Of those, the ones whose action or rule is another now.
    package private(set) var changed = 0
    /// Those, and the ones that came without a decision.
    package var differing: Int { decided - haveEarlier + changed }
    /// Decisions by action, in the order of `actions`.
    private var byAction = [Int](repeating: 0, count: actions.count)
    /// The same for the bytes of each rule's name: one place for each action.
    private var byRule: [[UInt8]: [Int]] = [:]
    /// From which action to which, for those whose action is another now.
    private var moves = [Int](repeating: 0, count: actions.count * actions.count)
    private let ruleNames: [String]

    private static let actions: [Decision.Action] = [.archive, .notify, .resolve, .approve, .ignore]

    init(_ rules: RuleSet) {
        ruleNames = rules.rules.map(\.name)
    }

    /// Counts a decision; whether its action or rule differs from the earlier one. No earlier one differs as well.
    mutating func count(_ decision: Decision, before: Decision?) -> Bool {
        let action = ReplaySummary.place(decision.action)
        decided += 1
        byAction[action] += 1
        byRule[Array(decision.rule.utf8), default: [Int](repeating: 0, count: byAction.count)][action] += 1
        guard let before else { return true }
        haveEarlier += 1
        guard before.action != decision.action || !before.rule.hasSameBytes(as: decision.rule) else { return false }
        changed += 1
        if before.action != decision.action {
            moves[ReplaySummary.place(before.action) * byAction.count + action] += 1
        }
        return true
    }

    /// For people, a few lines; at most twenty rules that nothing matched are named.
    package var text: String {
        var lines = ["\(decided + refused) lines: \(decided) decided, \(refused) no case."]
        for (place, action) in ReplaySummary.actions.enumerated() where byAction[place] > 0 {
            lines.append("  \(action.rawValue) \(byAction[place])")
        }
        if decided > 0 { lines += ruleLines }
        if haveEarlier > 0 {
            lines.append("\(changed) of \(haveEarlier) that came with a decision have another action or rule now.")
            lines += moveLines
        }
        if haveEarlier < decided { lines.append("\(decided - haveEarlier) came without a decision.") }
        return lines.joined(separator: "\n")
    }

    private var ruleLines: [String] {
        var lines = ["By rule:"]
        var idle: [String] = []
        let names = ruleNames + [Decision.score, Decision.noRule].filter { !ruleNames.contains($0) }
        for name in names {
            guard let counts = byRule[Array(name.utf8)] else {
                if name != Decision.score, name != Decision.noRule { idle.append(name.quotedName) }
                continue
            }
            let parts = ReplaySummary.actions.indices.filter { counts[$0] > 0 }
                .map { "\(ReplaySummary.actions[$0].rawValue) \(counts[$0])" }
            lines.append("  \(name.printable(limit: RulesLimits.name)): \(parts.joined(separator: ", "))")
        }
        if !idle.isEmpty {
            let more = idle.count > 20 ? " and \(idle.count - 20) more" : ""
            lines.append("  decided nothing: \(idle.prefix(20).joined(separator: ", "))\(more)")
        }
        return lines
    }

    private var moveLines: [String] {
        var lines: [String] = []
        for (from, before) in ReplaySummary.actions.enumerated() {
            for (to, after) in ReplaySummary.actions.enumerated() {
                let count = moves[from * byAction.count + to]
                if count > 0 { lines.append("  \(before.rawValue) -> \(after.rawValue): \(count)") }
            }
        }
        return lines
    }

    private static func place(_ action: Decision.Action) -> Int {
        switch action {
        case .archive: 0
        case .notify: 1
        case .resolve: 2
        case .approve: 3
        case .ignore: 4
        }
    }
}
