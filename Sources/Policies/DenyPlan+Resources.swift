import Basics
import LosslessJSON

extension Deny {
    /// The Denies that block exactly an access to a resource with a policy of its own: one, or several where a
    /// statement takes fewer actions.
    ///
    /// - Parameter sids: those that the statements may have, in order.
    /// - Parameter document: the resource's policy, which says whom a Deny must spare.
    static func planned(
        sids: [String],
        _ access: GrantedAccess,
        in document: PolicyDocument,
        zone: ZoneOfTrust,
        dialect: PolicyDialect,
        form: Form
    ) throws(PolicyError) -> [Deny] {
        var spared = Sparing(dialect)
        let target = try target(access, document, zone, dialect, form, &spared)
        try spared.spareOtherWays(of: access, in: document)
        let size = dialect.actionLimit ?? access.actions.count
        guard (access.actions.count - 1) / size < sids.count else {
            throw PolicyError(
                "the finding names \(access.actions.count) actions, of which a statement of a \(dialect.name) takes \(size)"
            )
        }
        var organization: String?
        switch target {
        case .everyoneOutside: spared.spare(organization: zone.organization)
        case .canonicalUser: break
        default: organization = dialect.namesByPrincipal ? nil : zone.organization
        }
        return stride(from: 0, to: access.actions.count, by: size).enumerated().map { number, start in
            Deny(
                sid: sids[number],
                target: target,
                actions: Array(access.actions[start..<min(start + size, access.actions.count)]),
                resources: access.resources,
                organization: organization,
                tests: access.narrowed + spared.tests,
                isOfTrustPolicy: false
            )
        }
    }

    private static func target(
        _ access: GrantedAccess,
        _ document: PolicyDocument,
        _ zone: ZoneOfTrust,
        _ dialect: PolicyDialect,
        _ form: Form,
        _ spared: inout Sparing
    ) throws(PolicyError) -> Target {
        let isNamed = form == .principal || dialect.namesByPrincipal
        if let objection = objection(to: access.principal, zone: zone) { throw PolicyError(objection) }
        switch access.principal {
        case .everyone:
            if let way = dialect.openWay { return .everyoneElsewhere(way.elsewhere) }
            try spared.spareOthers(than: access, in: document, zone)
            return .everyoneOutside(zone.accounts + spared.accounts)
        case .account(let id):
            if dialect.namesByPrincipal {
                try Sparing.checkNobodyIsReached(by: access, in: document)
                return .named("arn:\(zone.partition):iam::\(id):root")
            }
            try spared.spareIdentities(of: id, access, in: document)
            return isNamed ? .named("arn:\(zone.partition):iam::\(id):root") : .account(id)
        case .user(let arn), .role(let arn):
            guard !arn.resource.holdsVariable, arn.endsInName else {
                throw PolicyError("\(arn) is not the name of one user or role")
            }
            try Sparing.checkNobodyIsReached(by: access, in: document)
            return isNamed ? .named(arn.description) : .identity(arn.description)
        case .session(let arn, _):
            guard !arn.resource.hasWildcard else { throw PolicyError("\(arn) is not the name of one session") }
            return .session(arn.description)
        case .canonicalUser(let id) where dialect.knowsCanonicalUsers:
            return .canonicalUser(id)
        case .federated(let provider):
            throw PolicyError("only trust policies know the federated principal \(provider)")
        case .service(let name):
            throw PolicyError("\(name) is an AWS service, and those are never denied")
        case .uniqueID(let id):
            throw PolicyError("\(id) is the id of a user or role that has been deleted")
        case .canonicalUser, .unknown:
            let (key, value) = access.principal.element
            throw PolicyError("a \(dialect.name) cannot deny the principal \(key) '\(value)'")
        }
    }
}

/// Whom a Deny spares although it could reach them: whoever the document lets in by a name or a way of its own.
private struct Sparing {
    private(set) var accounts: [String] = []
    private var identities: [String] = []
    private var ways: [Deny.Test]
    private var isOfAccount = false

    init(_ dialect: PolicyDialect) {
        ways = dialect.spared
        always = dialect.spared.count
    }

    private let always: Int
    private var isOfEverybody = false

    var tests: [Deny.Test] {
        var tests = isOfEverybody ? ways : Array(ways.dropFirst(always))
        if !identities.isEmpty {
            // Who comes unsigned has no ARN; who is of a denied account always has one.
            let name = isOfAccount ? "ArnNotEquals" : "ArnNotEqualsIfExists"
            tests.append(Deny.Test(name, "aws:PrincipalArn", identities))
        }
        return tests
    }

    /// Members of the zone's organization, before those of others.
    mutating func spare(organization: String?) {
        guard let organization else { return }
        let (name, key) = ("StringNotEqualsIfExists", "aws:PrincipalOrgID")
        let known = ways.firstIndex { $0.name == name && $0.key.isEqualIgnoringASCIICase(to: key) }
        let others = known.map { ways.remove(at: $0).values } ?? []
        ways.insert(Deny.Test(name, key, [organization] + others.filter { $0 != organization }), at: 0)
    }

    /// For a Deny of everybody: others who are let in by name, and other ways of everybody.
    mutating func spareOthers(
        than access: GrantedAccess,
        in document: PolicyDocument,
        _ zone: ZoneOfTrust
    ) throws(PolicyError) {
        isOfEverybody = true
        for (index, statement) in document.statements.enumerated() where statement.mayGive(access.actions) {
            guard !statement.principals.isEmpty else {
                throw PolicyError("\(document.name(ofStatement: index)) lets in whom it does not name")
            }
            for principal in statement.principals {
                switch principal {
                case .everyone: try spareWay(statement, access, document.name(ofStatement: index))
                case .service: continue
                case .account(let id):
                    if !zone.contains(principal), !accounts.contains(id) { accounts.append(id) }
                case .user(let arn), .role(let arn):
                    let text = arn.description
                    guard !zone.contains(principal), !identities.contains(text) else { continue }
                    guard !text.hasWildcard, !text.holdsVariable else {
                        throw PolicyError(
                            "a Deny of everybody cannot spare \(text), which \(document.name(ofStatement: index)) lets in"
                        )
                    }
                    identities.append(text)
                case .session where zone.contains(principal): continue
                default:
                    throw PolicyError(
                        "a Deny of everybody cannot spare \(principal.element.value), which "
                            + "\(document.name(ofStatement: index)) lets in"
                    )
                }
            }
        }
    }

    /// For a Deny of one principal: other statements that let it in, each under a condition of its own.
    mutating func spareOtherWays(of access: GrantedAccess, in document: PolicyDocument) throws(PolicyError) {
        guard access.narrowed.isEmpty else { return }
        for index in access.otherWays where access.overlaps(document.statements[index]) {
            try spareWay(document.statements[index], access, document.name(ofStatement: index))
        }
    }

    /// Another statement that lets everybody in, under a condition of its own, keeps that way.
    private mutating func spareWay(
        _ statement: Statement,
        _ access: GrantedAccess,
        _ name: String
    ) throws(PolicyError) {
        guard !statement.conditions.isEmpty, !access.isFindings(statement), !statement.isThe(access.narrowed),
            !access.isByDoors(statement)
        else { return }
        let opposites = [
            "StringEquals": "StringNotEqualsIfExists", "StringLike": "StringNotLikeIfExists",
            "ArnEquals": "ArnNotEqualsIfExists", "ArnLike": "ArnNotLikeIfExists",
        ]
        let test = statement.conditions[0]
        guard statement.conditions.count == 1, let opposite = opposites[test.test], test.isDocumented,
            !test.values.isEmpty, test.values.allSatisfy({ !$0.holdsVariable })
        else {
            let who = access.principal == .everyone ? "everybody" : "the same principal"
            throw PolicyError("\(name) lets \(who) in under conditions of its own, which a Deny cannot spare")
        }
        if test.key == "aws:principalaccount", test.test == "StringEquals" {
            accounts += test.values.filter { !accounts.contains($0) && $0.isAccountID }
            return
        }
        let key = statement.spelling(ofKey: test.key)
        if let known = ways.firstIndex(where: { $0.name == opposite && $0.key.isEqualIgnoringASCIICase(to: key) }) {
            let others = test.values.filter { !ways[known].values.contains($0) }
            ways[known] = Deny.Test(opposite, ways[known].key, ways[known].values + others)
        } else {
            ways.append(Deny.Test(opposite, key, test.values))
        }
    }

    /// A Deny that names a principal reaches whoever is a part of it: an account's identities, a role's sessions. Those whom
    /// another statement lets in by their own name cannot be told apart.
    static func checkNobodyIsReached(by access: GrantedAccess, in document: PolicyDocument) throws(PolicyError) {
        for (index, statement) in document.statements.enumerated() where statement.mayGive(access.actions) {
            for principal in statement.principals
            where principal != access.principal && principal != .everyone
                && access.principal.coverage(of: principal) > .none
            {
                throw PolicyError(
                    "a Deny of \(access.principal.element.value) cannot spare \(principal.element.value), which "
                        + "\(document.name(ofStatement: index)) lets in"
                )
            }
        }
    }

    /// For a Deny of an account: its users and roles that another statement lets in by name.
    mutating func spareIdentities(
        of account: String,
        _ access: GrantedAccess,
        in document: PolicyDocument
    ) throws(PolicyError) {
        isOfAccount = true
        for (index, statement) in document.statements.enumerated() where statement.mayGive(access.actions) {
            for principal in statement.principals where principal.account == account && principal != access.principal {
                let text = principal.element.value
                guard !text.hasWildcard, !text.holdsVariable, ARN(text)?.service == "iam" else {
                    throw PolicyError(
                        "a Deny of account \(account) cannot spare \(text), which \(document.name(ofStatement: index)) lets in"
                    )
                }
                if !identities.contains(text) { identities.append(text) }
            }
            try spareNamed(inConditionsOf: statement, account, document.name(ofStatement: index))
        }
    }

    /// Identities of the account that a statement for everybody lets in by a condition on their ARN.
    private mutating func spareNamed(
        inConditionsOf statement: Statement,
        _ account: String,
        _ name: String
    ) throws(PolicyError) {
        guard statement.principals.contains(.everyone) else { return }
        let tests = statement.conditions.filter { $0.key == "aws:principalarn" && !$0.test.holds("Not") }
        for text in tests.flatMap(\.values)
        where ARN(text).map({ $0.account == account || $0.account.hasWildcard }) ?? true {
            guard !text.hasWildcard, !text.holdsVariable, ARN(text)?.service == "iam" else {
                throw PolicyError("a Deny of account \(account) cannot spare \(text), which \(name) lets in")
            }
            if !identities.contains(text) { identities.append(text) }
        }
    }
}

extension Statement {
    /// Whether it is an Allow of one of the actions.
    fileprivate func mayGive(_ wanted: [String]) -> Bool {
        effect == .allow && wanted.contains { actions.coverage(of: $0) > .none }
    }

    /// Whether its conditions are those of the finding, however they are compared.
    fileprivate func isThe(_ narrowed: [Deny.Test]) -> Bool {
        conditions.count == narrowed.count
            && conditions.allSatisfy { condition in
                narrowed.contains { $0.key.lowercasedASCII == condition.key && Set($0.values) == Set(condition.values) }
            }
    }

    /// A condition key as the statement spells it.
    fileprivate func spelling(ofKey key: String) -> String {
        for test in json["Condition"]?.object?.members ?? [] {
            for member in test.value.object?.members ?? [] where member.key.lowercasedASCII == key { return member.key }
        }
        return key
    }
}
