import Basics
package import LosslessJSON

/// A Deny statement of ours in a role's trust policy: one of five forms and nothing else.
///
/// A user, role or account is named in a condition and not in `Principal`, because IAM turns a principal element into
/// a dead id when the outsider is deleted, and then refuses every later write of the document. Everybody is
/// `{"AWS": "*"}`: IAM refuses the bare `"*"` in a trust policy (https://github.com/aws/aws-cdk/issues/5732).
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
        /// Every AWS principal outside these accounts.
        case everyoneOutside([String])
    }

    /// Letters and digits, unique in the document.
    package let sid: String
    /// Whom it denies.
    package let target: Target
    /// The actions that it denies, at least one.
    package let actions: [String]
    /// The resources that it names, as ARN patterns; empty in a trust policy.
    package let resources: [String]
    /// The organization whose members it spares.
    package let organization: String?

    package init(
        sid: String,
        target: Target,
        actions: [String],
        resources: [String] = [],
        organization: String?
    ) {
        self.sid = sid
        self.target = target
        self.actions = actions
        self.resources = resources
        self.organization = organization
    }

    /// `Gatehouse` and the letters and digits of the finding's id; `nil` when it has none.
    package static func sid(forFinding id: String) -> String? {
        let letters = id.utf8.filter { $0.isLetterASCII || $0.isDigitASCII }
        return letters.isEmpty ? nil : "Gatehouse" + String(decoding: letters, as: UTF8.self)
    }

    /// The statement as it is added to a document.
    package var statement: JSONObject {
        var statement = JSONObject([("Sid", .string(sid)), ("Effect", "Deny")])
        var tests = JSONObject()
        func require(_ test: String, _ key: String, _ value: JSON) {
            var keys = tests[test]?.object ?? JSONObject()
            keys[key] = value
            tests[test] = .object(keys)
        }
        switch target {
        case .identity(let arn):
            statement["Principal"] = ["AWS": "*"]
            // StringEquals knows no wildcards, and a path may hold the characters.
            require(arn.hasWildcard ? "StringEquals" : "ArnEquals", "aws:PrincipalArn", .string(arn))
        case .account(let id):
            statement["Principal"] = ["AWS": "*"]
            require("StringEquals", "aws:PrincipalAccount", .string(id))
        case .session(let arn):
            statement["Principal"] = ["AWS": .string(arn)]
        case .federated(let provider):
            statement["Principal"] = ["Federated": .string(provider)]
        case .everyoneOutside(let accounts):
            statement["Principal"] = ["AWS": "*"]
            require("StringNotEquals", "aws:PrincipalAccount", scalarOrList(accounts))
            // Who comes by an identity provider has no ARN yet, but perhaps the account `anonymous`.
            require("Null", "aws:PrincipalArn", "false")
            require("BoolIfExists", "aws:PrincipalIsAWSService", "false")
        }
        if let organization { require("StringNotEquals", "aws:PrincipalOrgID", .string(organization)) }
        statement["Action"] = scalarOrList(actions)
        if !resources.isEmpty { statement["Resource"] = scalarOrList(resources) }
        if !tests.isEmpty { statement["Condition"] = .object(tests) }
        return statement
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
            (json["Resource"] == nil) == dialect.resources.isEmpty,
            let resources = list(json["Resource"] ?? []),
            var tests = ConditionTests(json["Condition"])
        else { return nil }
        let organization = tests.take("StringNotEquals", "aws:PrincipalOrgID").flatMap(single)
        guard let target = Deny.target(json["Principal"], &tests), tests.isEmpty else { return nil }
        if organization != nil, case .federated = target { return nil }
        self.init(sid: sid, target: target, actions: actions, resources: resources, organization: organization)
    }

    private static func target(_ principal: JSON?, _ tests: inout ConditionTests) -> Target? {
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
            guard let accounts = tests.take("StringNotEquals", "aws:PrincipalAccount"), !accounts.isEmpty,
                accounts.allSatisfy(\.isAccountID),
                // The second key is that of statements that earlier versions wrote.
                (tests.take("Null", "aws:PrincipalArn") ?? tests.take("Null", "aws:PrincipalAccount"))
                    .flatMap(single) == "false",
                tests.take("BoolIfExists", "aws:PrincipalIsAWSService").flatMap(single) == "false"
            else { return nil }
            return .everyoneOutside(accounts)
        }
        guard let map = principal?.object, map.count == 1, let member = map.members.first,
            let value = list(member.value).flatMap(single)
        else { return nil }
        switch Principal(key: member.key, value: value) {
        case .session(let arn, _) where !arn.resource.hasWildcard: return .session(arn.description)
        case .federated(let provider) where provider.isIdentityProvider: return .federated(provider)
        default: return nil
        }
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
        target == other.target && resources == other.resources
            && Set(actions.map(\.lowercasedASCII)) == Set(other.actions.map(\.lowercasedASCII))
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
            (.session(let left), .session(let right)), (.federated(let left), .federated(let right)):
            left.hasSameBytes(as: right)
        case (.everyoneOutside(let left), .everyoneOutside(let right)): left == right
        default: false
        }
    }
}

/// The tests of a `Condition` block, taken out one by one.
private struct ConditionTests {
    private var values: [String: [String]] = [:]

    init?(_ json: JSON?) {
        guard let json else { return }
        guard let tests = json.object else { return nil }
        for test in tests.members {
            guard let keys = test.value.object else { return nil }
            for key in keys.members {
                let name = test.key + " " + key.key.lowercasedASCII
                // IAM takes two keys that differ by case only; we never write them.
                guard let texts = list(key.value), values[name] == nil else { return nil }
                values[name] = texts
            }
        }
    }

    var isEmpty: Bool { values.isEmpty }

    mutating func take(_ test: String, _ key: String) -> [String]? {
        values.removeValue(forKey: test + " " + key.lowercasedASCII)
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
    /// Whom it denies, as a principal.
    package var principal: Principal {
        switch target {
        case .identity(let arn), .session(let arn): Principal(key: "AWS", value: arn)
        case .account(let id): .account(id)
        case .federated(let provider): .federated(provider)
        case .everyoneOutside: .everyone
        }
    }
}
