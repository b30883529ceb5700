import Basics
import Policies

/// Whose access a finding would not tell of.
struct OwnSide: Sendable {
    /// The account that has the resource; `nil` where nobody said.
    let account: String?
    /// Further accounts inside the zone of trust.
    let trusted: [String]
    /// The organization that the analyzer watches; `nil` for an account's analyzer.
    let organization: String?

    /// Every account that is inside.
    var accounts: [String] { (account.map { [$0] } ?? []) + trusted }
}

/// Requests of somebody outside the zone of trust, and how far conditions let them pass.
///
/// What cannot be known is not guessed: everything is asked twice, once as if such a condition held and once as if it did not.
struct OutsideRequest {
    /// How a condition stands to such requests.
    enum Answer: Equatable {
        case known(Coverage)
        /// Nobody here can judge it; why, after the condition's name.
        case unknown(String)

        func coverage(assuming unknown: Coverage) -> Coverage {
            switch self {
            case .known(let coverage): coverage
            case .unknown: unknown
            }
        }
    }

    let principal: Principal
    let side: OwnSide
    private let context: [String: ContextValue]

    init(_ principal: Principal, _ side: OwnSide) {
        self.principal = principal
        self.side = side
        context = Self.context(principal, side)
    }

    /// What is known of the request beyond the principal, by condition key in small letters.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    private static func context(_ principal: Principal, _ side: OwnSide) -> [String: ContextValue] {
        var context: [String: ContextValue] = [:]
        if let account = side.account {
            context["aws:resourceaccount"] = .known(account)
            // Of services that act for somebody outside; others send none.
            for key in ["aws:sourceaccount", "aws:sourceowner", "aws:vpceaccount", "s3:dataaccesspointaccount"] {
                context[key] = .outside(side.accounts, mayBeAbsent: true)
            }
            context["kms:calleraccount"] =
                principal.owner.map { .known($0) } ?? .outside(side.accounts, mayBeAbsent: true)
            if principal == .everyone {
                context["aws:principalaccount"] = .outside(side.accounts, mayBeAbsent: true)
            }
        }
        if let organization = side.organization {
            for key in ["aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"] {
                context[key] = .outside([organization], mayBeAbsent: true)
            }
            context["aws:resourceorgid"] = .known(organization)
        }
        if let arn = principal.federatedUser {
            context["aws:principalaccount"] = .known(arn.account)
            context["aws:principalarn"] = .known(arn.description)
            context["aws:principalisawsservice"] = .known("false")
        }
        for key in ["aws:principalservicename", "aws:principalservicenameslist"] where principal.isAWS {
            context[key] = .absent
        }
        return context
    }

    func request(_ action: String, _ resource: String?) -> AccessRequest {
        AccessRequest(principal: principal, action: action, resource: resource, context: context)
    }

    /// How far a condition lets these requests pass.
    func answer(to condition: Statement.Condition) -> Answer {
        guard condition.isDocumented else {
            return .unknown("is written in a way of which AWS does not say how it is compared")
        }
        guard let test = ConditionTest(condition.test) else {
            return .unknown("has an operator that AWS does not name")
        }
        if Self.identityKeys.contains(condition.key) {
            if condition.values.contains(where: \.holdsVariable) {
                return .unknown("compares with a policy variable")
            }
            // Whether a key is there can be asked without knowing any account.
            if side.account == nil, Self.accountKeys.contains(condition.key), test.base != "Null",
                principal == .everyone || !Self.keysOfPrincipal.contains(condition.key)
            {
                return .unknown("says nothing without the resource's own account (--account)")
            }
        }
        if condition.key == Self.mountTargetKey, principal == .everyone {
            return .unknown("limits access to the file system's own networks, which nobody here can weigh")
        }
        if let insideness = insideness(of: condition, test), let answer = test.answer(whereValuesAreInside: insideness)
        {
            return .known(answer)
        }
        return .known(test.coverage(of: condition, request("", nil)))
    }

    /// Whether every value of a key that names whose something is means the inside; `nil` for other keys, where the values are
    /// mixed, or where they cannot be read.
    private func insideness(of condition: Statement.Condition, _ test: ConditionTest) -> Bool? {
        guard !condition.values.isEmpty else { return nil }
        switch condition.key {
        case "aws:principalarn" where principal == .everyone, "aws:sourcearn", "aws:sourcevpcarn",
            "s3:dataaccesspointarn":
            return condition.values.allSatisfy { accountIsInside(ofARN: $0, test, of: condition.key) } ? true : nil
        case "aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths":
            guard let organization = side.organization else { return nil }
            return condition.values.allSatisfy { $0.hasPrefix(organization + "/") } ? true : nil
        default: return nil
        }
    }

    private func accountIsInside(ofARN pattern: String, _ test: ConditionTest, of key: String) -> Bool {
        guard let account = pattern.account(asComparedBy: test, of: key) else { return false }
        return side.accounts.contains { $0.hasSameBytes(as: account) }
    }

    private static let mountTargetKey = "elasticfilesystem:accessedviamounttarget"
    private static let keysOfPrincipal = ["aws:principalaccount", "aws:principalarn", "kms:calleraccount"]
    private static let accountKeys =
        keysOfPrincipal + [
            "aws:resourceaccount", "aws:sourceaccount", "aws:sourceowner", "aws:sourcearn", "aws:sourcevpcarn",
            "aws:vpceaccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
        ]
    /// Keys that say who somebody is or whose something is.
    private static let identityKeys =
        accountKeys + [
            "aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:sourceorgid", "aws:sourceorgpaths",
            "aws:vpceorgid", "aws:vpceorgpaths",
        ]
}

/// A condition operator, taken apart.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
struct ConditionTest {
    /// `ForAllValues` or `ForAnyValue`.
    enum Quantifier: String {
        case all = "ForAllValues:"
        case any = "ForAnyValue:"
    }

    let quantifier: Quantifier?
    /// Without `IfExists`.
    let base: String
    let ifExists: Bool

    /// `nil` for one that AWS does not name.
    init?(_ name: String) {
        let quantifier = [Quantifier.all, .any].first { name.hasPrefix($0.rawValue) }
        let rest = String(name.dropFirst(quantifier?.rawValue.count ?? 0))
        let ifExists = rest.hasSuffix("IfExists")
        let base = ifExists ? String(rest.dropLast("IfExists".count)) : rest
        guard Self.known.contains(where: { $0.hasSameBytes(as: base) }), !ifExists || base != "Null" else { return nil }
        self.quantifier = quantifier
        self.base = base
        self.ifExists = ifExists
    }

    private static let known = [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
        "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
        "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
        "NotIpAddress", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "Null",
    ]

    var isNegated: Bool { base.holds("Not") }
    /// Whether it compares texts or ARNs.
    var comparesTexts: Bool { base.hasPrefix("String") || base.hasPrefix("Arn") }
    /// Whether it takes a JSON number as a value: one, or a time in seconds.
    var takesNumbers: Bool { base.hasPrefix("Numeric") || base.hasPrefix("Date") }
    /// Whether a wildcard in a value stands for anything, colons too.
    var hasSpanningWildcards: Bool { base == "StringLike" || base == "StringNotLike" }

    /// How far it lets pass whose value is outside, and perhaps absent, where all that is named is inside; `nil` for an
    /// operator that is not about texts.
    func answer(whereValuesAreInside isInside: Bool) -> Coverage? {
        guard isInside, comparesTexts else { return nil }
        switch (quantifier, isNegated) {
        // Nobody's value matches, and of no value at all every one does.
        case (.all, false): return .some
        case (.any, true): return .some
        case (_, true): return .every
        case (_, false): return ifExists ? .some : Coverage.none
        }
    }

    /// How far it lets a request pass by the evaluator's own rules.
    func coverage(of condition: Statement.Condition, _ request: AccessRequest) -> Coverage {
        guard let quantifier else { return condition.coverage(of: request) }
        let plain = Statement.Condition(
            test: base + (ifExists ? "IfExists" : ""),
            key: condition.key,
            values: condition.values,
            isDocumented: true
        )
        let coverage = plain.coverage(of: request)
        switch quantifier {
        case .all where isNegated: return coverage
        // Of no value at all every one matches.
        case .all: return coverage == .none ? .some : coverage
        case .any where isNegated: return coverage == .none ? Coverage.none : .some
        case .any: return coverage
        }
    }
}
