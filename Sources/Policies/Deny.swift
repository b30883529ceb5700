import Basics
package import LosslessJSON

/// A Deny statement of ours: one of a few forms and nothing else.
///
/// A user, role or account is named in a condition and not in `Principal`, because a principal element turns into a dead
/// id when the outsider is deleted, and then the service refuses every later write of the document. Everybody is
/// `{"AWS": "*"}`: IAM refuses the bare `"*"` in a trust policy (https://github.com/aws/aws-cdk/issues/5732), and every
/// service takes both.
package struct Deny: Sendable {
    /// Whom it denies.
    package enum Target: Sendable {
        /// One user or role, by `aws:PrincipalArn`.
        case identity(String)
        /// A whole account, by `aws:PrincipalAccount`.
        case account(String)
        /// One assumed-role session, by `Principal`.
        case session(String)
        /// A foreign identity provider, by `Principal`.
        case federated(String)
        /// Everybody outside these accounts: in a trust policy AWS principals alone, elsewhere also who comes unsigned.
        case everyoneOutside([String])
        /// Everybody who comes by another way than one on which nobody can be told apart; by what that way does not fulfil.
        case everyoneElsewhere(Test)
        /// An AWS account by its id in S3, by `Principal`.
        case canonicalUser(String)
        /// An account, user or role by `Principal`, where the service knows no condition keys for it.
        case named(String)
    }

    /// How an account, a user or a role is named, where both ways are open.
    package enum Form: String, Sendable, CaseIterable {
        /// By a condition key: it stays true when the outsider is deleted and made anew.
        case condition = "CONDITION"
        /// By `Principal`, which Access Analyzer always weighs.
        case principal = "PRINCIPAL"
    }

    /// A test of the statement's condition beside those that its target makes.
    package struct Test: Sendable, Equatable {
        /// Such as `StringNotEqualsIfExists`.
        package let name: String
        /// As it is written.
        package let key: String
        package let values: [String]

        package init(_ name: String, _ key: String, _ values: [String]) {
            self.name = name
            self.key = key
            self.values = values
        }
    }

    /// Letters and digits, unique in the document.
    package let sid: String
    /// Whom it denies.
    package let target: Target
    /// The actions that it denies, at least one.
    package let actions: [String]
    /// The resources that it names, as ARN patterns; empty in a trust policy.
    package let resources: [String]
    /// The organization whose members it spares; those that a Deny of everybody in a resource's policy spares are among the
    /// tests.
    package let organization: String?
    /// What it spares besides, and what narrows it.
    package let tests: [Test]
    /// How everybody is named, which is not the same in a trust policy.
    package let isOfTrustPolicy: Bool

    package init(
        sid: String,
        target: Target,
        actions: [String],
        resources: [String] = [],
        organization: String?,
        tests: [Test] = [],
        isOfTrustPolicy: Bool = true
    ) {
        self.sid = sid
        self.target = target
        self.actions = actions
        self.resources = resources
        self.organization = organization
        self.tests = tests
        self.isOfTrustPolicy = isOfTrustPolicy
    }

    /// `Gatehouse` and the letters and digits of the finding's id; `nil` when it has none.
    package static func sid(forFinding id: String) -> String? {
        let letters = id.utf8.filter { $0.isLetterASCII || $0.isDigitASCII }
        return letters.isEmpty ? nil : "Gatehouse" + String(decoding: letters, as: UTF8.self)
    }

    /// The Sids that statements for a finding may have: that of the first one, and with a letter behind it those of
    /// others, where a statement takes fewer actions.
    package static func sids(forFinding id: String) -> [String] {
        guard let sid = sid(forFinding: id) else { return [] }
        return [sid] + "bcdefghijklmnopqrstuvwxyz".map { "\(sid)\($0)" }
    }

    /// The statement as it is added to a document.
    package var statement: JSONObject {
        var statement = JSONObject([("Sid", .string(sid)), ("Effect", "Deny"), ("Principal", principalElement)])
        statement["Action"] = scalarOrList(actions)
        if !resources.isEmpty { statement["Resource"] = scalarOrList(resources) }
        var condition = JSONObject()
        for test in allTests {
            var keys = condition[test.name]?.object ?? JSONObject()
            keys[test.key] = scalarOrList(test.values)
            condition[test.name] = .object(keys)
        }
        if !condition.isEmpty { statement["Condition"] = .object(condition) }
        return statement
    }

    private var principalElement: JSON {
        switch target {
        case .identity, .account, .everyoneOutside, .everyoneElsewhere: ["AWS": "*"]
        case .session(let arn), .named(let arn): ["AWS": .string(arn)]
        case .federated(let provider): ["Federated": .string(provider)]
        case .canonicalUser(let id): ["CanonicalUser": .string(id)]
        }
    }

    private var allTests: [Test] {
        targetTests + (organization.map { [Test("StringNotEquals", "aws:PrincipalOrgID", [$0])] } ?? []) + tests
    }

    private var targetTests: [Test] {
        switch target {
        case .identity(let arn):
            // StringEquals knows no wildcards, and a path may hold the characters.
            return [Test(arn.hasWildcard ? "StringEquals" : "ArnEquals", "aws:PrincipalArn", [arn])]
        case .account(let id): return [Test("StringEquals", "aws:PrincipalAccount", [id])]
        case .session, .federated, .canonicalUser, .named: return []
        case .everyoneElsewhere(let test): return [test]
        case .everyoneOutside(let accounts):
            guard !isOfTrustPolicy else {
                // Who comes by an identity provider has no ARN yet, but perhaps the account `anonymous`.
                return [
                    Test("StringNotEquals", "aws:PrincipalAccount", accounts),
                    Test("Null", "aws:PrincipalArn", ["false"]), Deny.serviceGuard,
                ]
            }
            // Who comes without signing in has neither.
            let spared = [Test("StringNotEqualsIfExists", "aws:PrincipalAccount", accounts)]
            return isOfServices ? spared : spared + [Deny.serviceGuard]
        }
    }

    /// AWS's own services are never denied, but where a service that calls for somebody else is the finding.
    private static let serviceGuard = Test("BoolIfExists", "aws:PrincipalIsAWSService", ["false"])

    /// Keys that only a service sends, of those on whose behalf it calls.
    static let keysOfServices = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid"]

    private var isOfServices: Bool {
        tests.contains { !$0.isNegated && Deny.keysOfServices.contains($0.key.lowercasedASCII) }
    }

}

extension Deny.Test {
    /// Whether it spares somebody; else it narrows the statement.
    var isNegated: Bool { name.holds("Not") }

    /// The tests that a Deny of ours may hold beside its target's.
    fileprivate var isLegal: Bool {
        !values.isEmpty
            && [
                "StringEquals", "ArnEquals", "StringNotEqualsIfExists", "ArnNotEqualsIfExists", "ArnNotEquals",
                "StringNotLikeIfExists", "ArnNotLikeIfExists", "IpAddress",
            ].contains(name)
    }
}

extension Deny {
    /// Recognises a statement that has exactly one of our forms, whether its values are scalars or lists of one; `nil`
    /// for anything else, so for a statement of ours that somebody has edited.
    package init?(recognising json: JSONObject, _ dialect: PolicyDialect) {
        guard let sid = json["Sid"]?.string, sid.hasPrefix("Gatehouse"), json["Effect"]?.string == "Deny",
            let actions = list(json["Action"]), !actions.isEmpty,
            actions.allSatisfy(dialect.isDeniable),
            json.keys.allSatisfy(["Sid", "Effect", "Principal", "Action", "Resource", "Condition"].contains),
            dialect.isTrustPolicy ? json["Resource"] == nil : true,
            let resources = list(json["Resource"] ?? []),
            var tests = ConditionTests(json["Condition"])
        else { return nil }
        let organization = tests.takeOrganization(dialect)
        guard let target = Deny.target(json["Principal"], &tests, dialect) else { return nil }
        if organization != nil, case .federated = target { return nil }
        guard tests.isEmpty || (!dialect.isTrustPolicy && tests.rest.allSatisfy(\.isLegal)) else { return nil }
        self.init(
            sid: sid,
            target: target,
            actions: actions,
            resources: resources,
            organization: organization,
            tests: tests.rest,
            isOfTrustPolicy: dialect.isTrustPolicy
        )
    }

    private static func target(
        _ principal: JSON?,
        _ tests: inout ConditionTests,
        _ dialect: PolicyDialect
    ) -> Target? {
        if principal?.string == "*" || principal == ["AWS": "*"] || principal == ["AWS": ["*"]] {
            if let arn = tests.take("ArnEquals", "aws:PrincipalArn").flatMap(single) {
                return isOneIdentity(arn) && !arn.hasWildcard ? .identity(arn) : nil
            }
            if let arn = tests.take("StringEquals", "aws:PrincipalArn").flatMap(single) {
                return isOneIdentity(arn) && arn.hasWildcard ? .identity(arn) : nil
            }
            if let id = tests.take("StringEquals", "aws:PrincipalAccount").flatMap(single) {
                return id.isAccountID ? .account(id) : nil
            }
            return everyone(&tests, dialect)
        }
        guard let map = principal?.object, map.count == 1, let member = map.members.first,
            let value = list(member.value).flatMap(single)
        else { return nil }
        switch Principal(key: member.key, value: value) {
        case .session(let arn, _) where !arn.resource.hasWildcard: return .session(arn.description)
        case .federated(let provider) where dialect.isTrustPolicy && provider.isIdentityProvider:
            return .federated(provider)
        case .canonicalUser(let id) where !dialect.isTrustPolicy: return .canonicalUser(id)
        case .account: return .named(value)
        case .user(let arn), .role(let arn):
            return dialect.namesByPrincipal || (!arn.resource.holdsVariable && arn.endsInName) ? .named(value) : nil
        default: return nil
        }
    }

    private static func everyone(_ tests: inout ConditionTests, _ dialect: PolicyDialect) -> Target? {
        if let test = dialect.openWay?.elsewhere {
            return tests.take(test.name, test.key) == test.values ? .everyoneElsewhere(test) : nil
        }
        if dialect.isTrustPolicy {
            guard let accounts = tests.take("StringNotEquals", "aws:PrincipalAccount"), !accounts.isEmpty,
                accounts.allSatisfy(\.isAccountID),
                // The second key is that of statements that earlier versions wrote.
                (tests.take("Null", "aws:PrincipalArn") ?? tests.take("Null", "aws:PrincipalAccount"))
                    .flatMap(single) == "false",
                tests.take("BoolIfExists", "aws:PrincipalIsAWSService").flatMap(single) == "false"
            else { return nil }
            return .everyoneOutside(accounts)
        }
        guard let accounts = tests.take("StringNotEqualsIfExists", "aws:PrincipalAccount"), !accounts.isEmpty,
            accounts.allSatisfy(\.isAccountID)
        else { return nil }
        let isGuarded = tests.take("BoolIfExists", "aws:PrincipalIsAWSService").flatMap(single) == "false"
        let isOfServices = tests.rest.contains {
            !$0.isNegated && keysOfServices.contains($0.key.lowercasedASCII)
        }
        return isGuarded != isOfServices ? .everyoneOutside(accounts) : nil
    }

    /// Whether the ARN is that of one user or role.
    private static func isOneIdentity(_ text: String) -> Bool {
        switch Principal(key: "AWS", value: text) {
        case .user(let arn), .role(let arn): !arn.resource.holdsVariable && arn.endsInName
        default: false
        }
    }

    /// Whether both deny the same principal the same actions, whatever their order and case.
    package func deniesTheSame(as other: Deny) -> Bool {
        target.isSame(as: other.target) && Set(resources) == Set(other.resources)
            && tests.count == other.tests.count && tests.allSatisfy { other.tests.contains(where: $0.isSame) }
            && Set(actions.map(\.lowercasedASCII)) == Set(other.actions.map(\.lowercasedASCII))
    }
}

extension Deny.Test {
    /// Whether both say the same, in whatever order a service gives the values back.
    fileprivate func isSame(_ other: Deny.Test) -> Bool {
        name == other.name && key.isEqualIgnoringASCIICase(to: other.key) && Set(values) == Set(other.values)
    }
}

extension Deny.Target {
    fileprivate func isSame(as other: Deny.Target) -> Bool {
        if case .everyoneOutside(let accounts) = self, case .everyoneOutside(let others) = other {
            return Set(accounts) == Set(others)
        }
        // IAM gives an account's id back as the ARN of its root.
        if case .named(let value) = self, case .named(let other) = other {
            return Principal(key: "AWS", value: value) == Principal(key: "AWS", value: other)
        }
        return self == other
    }
}

extension Deny: Equatable {
    /// Whether both are written alike, byte by byte.
    package static func == (left: Deny, right: Deny) -> Bool {
        left.statement == right.statement
    }
}

extension Deny.Target: Equatable {
    /// Whether both name the same, byte by byte.
    package static func == (left: Deny.Target, right: Deny.Target) -> Bool {
        switch (left, right) {
        case (.identity(let left), .identity(let right)), (.account(let left), .account(let right)),
            (.session(let left), .session(let right)), (.federated(let left), .federated(let right)),
            (.canonicalUser(let left), .canonicalUser(let right)), (.named(let left), .named(let right)):
            left.hasSameBytes(as: right)
        case (.everyoneOutside(let left), .everyoneOutside(let right)): left == right
        case (.everyoneElsewhere(let left), .everyoneElsewhere(let right)): left == right
        default: false
        }
    }
}

/// The tests of a `Condition` block, taken out one by one; what is left keeps its order.
private struct ConditionTests {
    private(set) var rest: [Deny.Test] = []

    init?(_ json: JSON?) {
        guard let json else { return }
        guard let tests = json.object else { return nil }
        for test in tests.members {
            guard let keys = test.value.object else { return nil }
            for key in keys.members {
                // IAM takes two keys that differ by case only; we never write them.
                guard let texts = list(key.value), index(test.key, key.key) == nil else { return nil }
                rest.append(Deny.Test(test.key, key.key, texts))
            }
        }
    }

    var isEmpty: Bool { rest.isEmpty }

    private func index(_ test: String, _ key: String) -> Int? {
        rest.firstIndex { $0.name.hasSameBytes(as: test) && $0.key.isEqualIgnoringASCIICase(to: key) }
    }

    mutating func take(_ test: String, _ key: String) -> [String]? {
        index(test, key).map { rest.remove(at: $0).values }
    }

    mutating func takeOrganization(_ dialect: PolicyDialect) -> String? {
        // Of everybody whom a resource's policy lets in, more than one organization may be spared: that is a test.
        take("StringNotEquals", "aws:PrincipalOrgID").flatMap(single)
    }
}

private func scalarOrList(_ texts: [String]) -> JSON {
    texts.count == 1 ? .string(texts[0]) : .array(texts.map(JSON.string))
}

private func list(_ json: JSON?) -> [String]? {
    guard let json else { return nil }
    var texts: [String] = []
    for element in json.array ?? [json] {
        switch element {
        case .string(let text): texts.append(text)
        case .bool(let value): texts.append(value ? "true" : "false")
        default: return nil
        }
    }
    return texts
}

private func single(_ texts: [String]) -> String? {
    texts.count == 1 ? texts[0] : nil
}

extension Deny {
    /// Accounts and identities outside the zone that it spares by their own name.
    package func sparedByName(in zone: ZoneOfTrust) -> [String] {
        var names: [String] = []
        if case .everyoneOutside(let accounts) = target { names = accounts.filter { !zone.accounts.contains($0) } }
        for test in tests where test.isNegated && test.key.isEqualIgnoringASCIICase(to: "aws:PrincipalArn") {
            names += test.values
        }
        return names
    }

    /// Whom it denies, as a principal.
    package var principal: Principal {
        switch target {
        case .identity(let arn), .session(let arn): Principal(key: "AWS", value: arn)
        case .account(let id): .account(id)
        case .federated(let provider): .federated(provider)
        case .everyoneOutside, .everyoneElsewhere: .everyone
        case .canonicalUser(let id): .canonicalUser(id)
        case .named(let value): Principal(key: "AWS", value: value)
        }
    }
}
