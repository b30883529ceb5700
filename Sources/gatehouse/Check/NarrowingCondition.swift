import Basics
import Policies

extension Statement {
    /// Whether everybody whom it lets in is picked out of all the world by who they are or where they come from: then Access
    /// Analyzer does not call the access public.
    var isNarrowed: Bool {
        conditions.contains { condition in
            guard let test = ConditionTest(condition.test) else { return false }
            // Of no value at all every one matches.
            let mayBeAbsent = test.quantifier == .all && !requires(condition.key)
            return !mayBeAbsent && condition.isNarrowing(test)
        }
    }

    private func requires(_ key: String) -> Bool {
        conditions.contains {
            $0.test == "Null" && $0.key.hasSameBytes(as: key) && $0.values.map(\.lowercasedASCII) == ["false"]
        }
    }

    /// Its conditions, where a number is one to an operator that compares numbers or times: IAM takes it as it takes its text.
    var judgedConditions: [Condition] {
        conditions.map { condition in
            guard !condition.isDocumented, ConditionTest(condition.test)?.takesNumbers == true,
                conditions.count(where: { $0.test == condition.test && $0.key == condition.key }) == 1
            else { return condition }
            var judged = condition
            judged.isDocumented = true
            return judged
        }
    }
}

extension Statement.Condition {
    /// Whether all its values are fixed ones of a key that S3 and Access Analyzer take for somebody or some place.
    ///
    /// A fixed value has no wildcard and no variable. Sources:
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html,
    /// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html
    fileprivate func isNarrowing(_ test: ConditionTest) -> Bool {
        guard !test.isNegated, !test.ifExists, !values.isEmpty, !values.contains(where: \.holdsVariable) else {
            return false
        }
        if key == "aws:sourceip" { return test.base == "IpAddress" && !values.contains(where: \.isWideRange) }
        guard test.comparesTexts else { return false }
        if Self.arnKeys.contains(key) {
            return values.allSatisfy { !$0.hasWildcard || $0.account(asComparedBy: test, of: key)?.isAccountID == true }
        }
        if Self.pathKeys.contains(key) {
            return values.allSatisfy { $0.beginning(before: "/").map { !$0.hasWildcard } ?? false }
        }
        // Sessions of one role, whatever they are called.
        if key == "aws:userid" { return values.allSatisfy { !($0.sessionless ?? $0).hasWildcard } }
        let isKnown = Self.fixedKeys.contains(key) || key.hasSuffix(":aud") || key.hasSuffix(":sub")
        return isKnown && !values.contains(where: \.hasWildcard)
    }

    private static let arnKeys = ["aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn", "s3:dataaccesspointarn"]
    private static let pathKeys = ["aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"]
    private static let fixedKeys = [
        "aws:principalorgid", "aws:principalaccount", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount",
        "aws:vpceorgid", "aws:sourceowner", "aws:sourceaccount", "aws:sourceorgid", "s3:dataaccesspointaccount",
        "kms:calleraccount", "lambda:eventsourcetoken",
    ]
}

extension String {
    /// The account of every ARN that the pattern stands for, as a condition compares it; `nil` where other accounts' may be
    /// among them, or it is none.
    ///
    /// With ARN operators a wildcard stays within one of the parts between colons but in the last; with those of texts it
    /// does not, and the last part of an ARN, such as an IAM path, may have colons. Source:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    private func account(asComparedBy test: ConditionTest) -> String? {
        let parts = split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        let beginning = test.hasSpanningWildcards ? parts[...4] : parts[4...4]
        return beginning.contains { String($0).hasWildcard } ? nil : String(parts[4])
    }

    /// The same where the key's ARNs are known to have five colons: none is left for a wildcard to reach over.
    func account(asComparedBy test: ConditionTest, of key: String) -> String? {
        let parts = split(separator: ":", omittingEmptySubsequences: false)
        guard ["aws:sourcevpcarn", "s3:dataaccesspointarn"].contains(key), parts.count == 6 else {
            return account(asComparedBy: test)
        }
        return String(parts[4])
    }

    /// What stands before the first of these; `nil` where there is none.
    fileprivate func beginning(before separator: Character) -> String? {
        split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false).dropLast().first.map(String.init)
    }

    /// The id of `AROA…:*`, which is a role's with any session; `nil` for others.
    fileprivate var sessionless: String? {
        guard hasSuffix(":*"), case let id = String(dropLast(2)), id.hasPrefix("AROA"), id.utf8.count >= 16 else {
            return nil
        }
        return id
    }

    /// Whether it is a range of addresses wider than /8, of IPv6 wider than /32, or cannot be read.
    fileprivate var isWideRange: Bool {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return hasWildcard }
        guard let length = Int(self[utf8.index(after: slash)...]) else { return true }
        return length < (utf8.contains(UInt8(ascii: ":")) ? 32 : 8)
    }
}
