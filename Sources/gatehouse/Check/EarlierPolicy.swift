import Basics
import LosslessJSON
import Policies

/// The policy that a new one is compared with: what it certainly permits as well.
///
/// What the new one permits is known only where a statement of the earlier one is as wide, and no Deny of the earlier one has
/// gone or become narrower: whatever such a Deny stopped is new.
struct EarlierPolicy {
    private let statements: [Compared]
    /// Whether everything that was denied still is.
    private var isProtectionKept = true
    /// Comparisons that are left before everything counts as new.
    private var budget = 300_000

    /// A statement, and its text without its name.
    private struct Compared {
        let statement: Statement
        let text: JSONObject

        init(_ statement: Statement) {
            self.statement = statement
            text = JSONObject(statement.json.members.filter { $0.key != "Sid" }.map { ($0.key, $0.value) })
        }
    }

    init(_ earlier: PolicyDocument, comparedWith now: PolicyDocument) {
        statements = earlier.statements.map(Compared.init)
        // Variables stand for themselves in a policy of another version.
        // Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
        let isSameLanguage = earlier.json["Version"] == now.json["Version"]
        guard isSameLanguage || !earlier.text.holdsVariable && !now.text.holdsVariable else {
            isProtectionKept = false
            return
        }
        let denies = now.statements.filter { $0.effect == .deny }.map(Compared.init)
        for deny in statements where deny.statement.effect == .deny {
            guard denies.contains(where: { isWide($0, as: deny) }) else {
                isProtectionKept = false
                return
            }
        }
    }

    /// Whether it permits this access of a statement of the new policy too.
    mutating func permits(_ access: OutsideAccess, of statement: Statement) -> Bool {
        guard isProtectionKept else { return false }
        let new = Compared(statement)
        if statements.contains(where: { $0.text == new.text }) { return true }
        guard statement.json["NotPrincipal"] == nil else { return false }
        let wide = statements.filter { earlier in
            earlier.statement.effect == .allow && earlier.statement.isPlain
                && earlier.statement.names(access.principal, asIn: statement)
                && earlier.statement.asksNoMore(than: statement)
                && isEvery(of: statement.resources.askedFor, earlier.statement.resources.patterns.count) {
                    earlier.statement.resources.coverage(of: $0)
                }
        }
        return access.actions.allSatisfy { action in
            wide.contains { earlier in
                isEvery(of: [action], earlier.statement.actions.patterns.count) {
                    earlier.statement.actions.coverage(of: $0)
                }
            }
        }
    }

    /// Whether it has a statement that is as wide as this one of the new policy, and means the same with it.
    mutating func has(_ statement: Statement) -> Bool {
        guard isProtectionKept else { return false }
        let new = Compared(statement)
        for earlier in statements where isWide(earlier, as: new) { return true }
        return false
    }

    private mutating func isWide(_ one: Compared, as other: Compared) -> Bool {
        if one.text == other.text { return true }
        let (one, other) = (one.statement, other.statement)
        guard one.effect == other.effect, one.isPlain, other.isPlain, one.asksNoMore(than: other),
            other.principals.allSatisfy({ one.names($0, asIn: other) })
        else { return false }
        let actions: [String] =
            switch other.actions {
            case .only(let patterns): patterns
            case .except: ["*"]
            }
        return isEvery(of: actions, one.actions.patterns.count) { one.actions.coverage(of: $0) }
            && isEvery(of: other.resources.askedFor, one.resources.patterns.count) { one.resources.coverage(of: $0) }
    }

    private mutating func isEvery<Asked>(of asked: [Asked], _ patterns: Int, _ coverage: (Asked) -> Coverage) -> Bool {
        for asked in asked {
            budget -= patterns + 1
            guard budget > 0, coverage(asked) == .every else { return false }
        }
        return true
    }
}

extension Statement {
    /// Whether it says by name whom it is about, and nothing that is not known here.
    fileprivate var isPlain: Bool {
        unknownElement == nil && json["NotPrincipal"] == nil
    }

    /// Whether it certainly is about the principal, as another statement of the same effect is.
    fileprivate func names(_ principal: Principal, asIn other: Statement) -> Bool {
        // Both ways to name everybody let in the same; whether both stop people of identity providers is not documented.
        guard effect == .allow || namesEverybody || !other.namesEverybody else { return false }
        return principals.contains { own in
            if own == principal { return true }
            if own == .everyone { return principal.isAWS || namesEverybody }
            // Whether a Deny of an account reaches each of its identities is not documented.
            return effect == .allow && own.reach(to: principal) == .every
        }
    }

    /// Whether each of its conditions stands in the other one too.
    fileprivate func asksNoMore(than other: Statement) -> Bool {
        conditions.allSatisfy { own in
            own.isDocumented
                && other.conditions.contains { condition in
                    condition.isDocumented && condition.test.hasSameBytes(as: own.test)
                        && condition.key.hasSameBytes(as: own.key) && condition.values.count == own.values.count
                        && zip(condition.values, own.values).allSatisfy { $0.hasSameBytes(as: $1) }
                }
        }
    }
}
