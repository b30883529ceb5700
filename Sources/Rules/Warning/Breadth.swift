import Basics
import Findings

extension Rule {
    /// Why an ARCHIVE of this rule takes in more than anybody can have looked at; `nil` where nothing speaks for that.
    var breadth: String? {
        for criterion in criteria {
            for test in criterion.tests {
                if let what = criterion.key.breadth(of: test) { return what }
            }
        }
        guard mayMatchExternal, !criteria.contains(where: { $0.narrows && $0.key.saysWhoOrWhat }) else { return nil }
        return
            "ARCHIVE says neither whose access nor which resource is meant; name a principal, a resource, an account, "
            + "a tag or a condition"
    }

    private var mayMatchExternal: Bool {
        criteria.allSatisfy { criterion in
            switch criterion.key.source {
            case .kind: criterion.holds(.text(FindingKind.externalAccess.rawValue))
            case .error: criterion.holds(.absent)
            default: true
            }
        }
    }
}

extension Criterion {
    /// Whether it keeps anything out that has the key.
    fileprivate var narrows: Bool {
        tests.contains { test in
            switch test {
            case .like(let patterns): patterns.allSatisfy(\.saysSomething)
            case .exists(let wanted): !wanted
            default: true
            }
        }
    }
}

extension RuleKey {
    /// Whether it says whose access it is, or to what.
    fileprivate var saysWhoOrWhat: Bool {
        switch source {
        case .resourceType, .isPublic, .error, .status, .kind, .region, .actions, .isDeleted, .risk: false
        case .context("createdAt"), .context("ageDays"), .context("lastUsed"), .context("encrypted"): false
        default: true
        }
    }

    /// A part of a number is in many numbers: `1111` in every account that holds it anywhere.
    fileprivate func breadth(of test: Predicate) -> String? {
        let isOfAccounts =
            switch source {
            case .principal, .resource, .owner, .member("account", "id"), .member("principalAccount", "id"): true
            default: false
            }
        guard isOfAccounts, case .contains(let parts) = test else { return nil }
        let part = parts.first { part in part.utf8.count < 12 && part.utf8.allSatisfy { $0 &- 0x30 < 10 } }
        return part.map {
            "ARCHIVE by a part of a number: '\($0)' is in other accounts too; write the whole account with 'eq'"
        }
    }
}
