import Basics
package import LosslessJSON

/// An access that a policy gives somebody outside, as a finding tells it: which statements give it, on what, and what
/// has to be asked to see whether it is closed.
package struct GrantedAccess: Sendable {
    package let principal: Principal
    /// Those that a Deny can name.
    package let actions: [String]
    /// The finding's other actions: other ways alone let them in, so that they are other findings'.
    package let otherActions: [String]
    /// What a Deny names as `Resource`; empty where it has none.
    package let resources: [String]
    /// The finding's conditions, as a Deny of everybody is narrowed to them.
    let narrowed: [Deny.Test]
    /// Those of the finding's conditions that say by which door requests come: a Deny closes the resource's other doors
    /// to the same people too. Keys in lower case.
    let doors: [String: [String]]
    private let condition: JSONObject
    /// Statements, by their place, that let the same principal in another way, which it keeps.
    let otherWays: [Int]
    private let zone: ZoneOfTrust

    /// - Parameters:
    ///   - actions: those that a Deny can name.
    ///   - condition: the finding's, keys with their values.
    ///   - sources: where the access comes from, as Access Analyzer says it.
    /// - Throws: a condition that a Deny cannot be narrowed to.
    package init(
        _ principal: Principal,
        _ actions: [String],
        condition: JSONObject,
        sources: [JSON] = [],
        in document: PolicyDocument,
        zone: ZoneOfTrust,
        dialect: PolicyDialect
    ) throws(PolicyError) {
        self.principal = principal
        self.zone = zone
        self.condition = condition
        let isWide = principal == .everyone && !dialect.isTrustPolicy
        doors = isWide ? GrantedAccess.doors(condition) : [:]
        let giving = document.statements.indices.filter { document.statements[$0].gives(actions, to: principal) }
        let meant = giving.filter { GrantedAccess.isMeant(document.statements[$0], by: condition) }
        let isToldApart = !dialect.isTrustPolicy && !meant.isEmpty
        func given(by places: [Int]) -> [String] {
            actions.filter { action in places.contains { document.statements[$0].gives([action], to: principal) } }
        }
        let open = given(by: giving)
        let others = isToldApart && !isWide ? Set(open).subtracting(given(by: meant)) : []
        // An action that nothing lets in any more may fit none of the resources.
        self.actions = (dialect.needsFittingActions && !open.isEmpty ? open : actions).filter { !others.contains($0) }
        otherActions = actions.filter(others.contains)
        otherWays = isToldApart && !isWide ? giving.filter { !meant.contains($0) } : []
        let isNarrow = isWide || (!otherWays.isEmpty && !condition.isEmpty)
        narrowed = (isNarrow ? try GrantedAccess.tests(condition, of: principal) : []) + GrantedAccess.tests(sources)
        switch dialect.resource {
        case .none: resources = []
        case .fixed(let resource): resources = [resource]
        case .granted(let whole):
            var named: [String] = []
            for index in isToldApart ? meant : giving {
                guard case .only(let patterns) = document.statements[index].resources else {
                    named = whole
                    break
                }
                for pattern in patterns where !named.contains(pattern) { named.append(pattern) }
            }
            resources = named.isEmpty ? whole : named
        }
        try checkSize()
    }

    /// Requests that may be asked to prove an access closed; the widest that Access Analyzer tells take some hundreds.
    private static let mostRequests = 50_000
    /// Conditions of a finding; there are not half as many keys that are told.
    private static let mostConditions = 64

    /// Throws where proving anything would take hours or more memory than there is: every value of every condition is asked
    /// for with every value of the others.
    private func checkSize() throws(PolicyError) {
        var count = max(actions.count, 1)
        for factor in [max(resources.count, 1)] + narrowed.map(\.values.count) {
            let (product, overflows) = count.multipliedReportingOverflow(by: factor)
            guard !overflows, product <= GrantedAccess.mostRequests, narrowed.count <= GrantedAccess.mostConditions
            else {
                throw PolicyError(
                    "the finding is too wide to prove anything about it (\(actions.count) actions, \(resources.count) "
                        + "resources and \(narrowed.count) conditions)"
                )
            }
            count = product
        }
    }

    /// Whether a finding with this condition is about what the statement gives: every key that the finding tells has the same
    /// values there, and the statement has none besides that a finding would tell.
    static func isMeant(_ statement: Statement, by condition: JSONObject) -> Bool {
        var told: [String: Set<String>] = [:]
        for member in condition.members { told[member.key.lowercasedASCII] = Set(values(member.value)) }
        // Both actions of a function's URL are let in by a statement each, under a key each.
        let isByURL = doorKeys.contains { told[$0] != nil }
        if isByURL, statement.conditions.contains(where: { doorKeys.contains($0.key) && told[$0.key] == nil }) {
            for key in doorKeys { told[key] = nil }
        }
        let given = statement.conditions.filter {
            told[$0.key] != nil || (toldKeys.contains($0.key) && !(isByURL && doorKeys.contains($0.key)))
        }
        return given.count == told.count && given.allSatisfy { told[$0.key] == Set($0.values) }
    }

    /// Keys that Access Analyzer tells where a statement has them.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
    private static let toldKeys =
        exactKeys + arnKeys + doorKeys + [
            "aws:principalarn", "aws:principalaccount", "aws:principalorgpaths", "aws:sourceip", "aws:userid",
            "aws:username", "aws:principaltype",
        ]

    /// Keys that a finding may tell, compared as a whole.
    private static let exactKeys = [
        "aws:sourcevpce", "aws:sourcevpc", "aws:principalorgid", "aws:sourceaccount", "aws:sourceowner",
        "aws:sourceorgid", "aws:vpceaccount", "aws:vpceorgid", "s3:dataaccesspointaccount", "kms:calleraccount",
        "kms:viaservice",
    ]
    /// What requests to a function's URL carry, and no others do.
    ///
    /// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    private static let doorKeys = ["lambda:functionurlauthtype", "lambda:invokedviafunctionurl"]
    private static let arnKeys = ["aws:sourcearn", "aws:sourcevpcarn", "s3:dataaccesspointarn"]

    /// By the source's type: the key that requests through an access point carry, and the member that has its value.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
    package static let accessPoints = [
        "S3_ACCESS_POINT": (key: "s3:DataAccessPointArn", member: "accessPointArn"),
        "S3_ACCESS_POINT_ACCOUNT": (key: "s3:DataAccessPointAccount", member: "accessPointAccount"),
    ]

    /// What comes through access points alone is denied through them alone.
    private static func tests(_ sources: [JSON]) -> [Deny.Test] {
        let kinds = sources.compactMap { $0["type"]?.string }
        guard let kind = kinds.first, let point = accessPoints[kind], kinds.allSatisfy({ $0 == kind }) else {
            return []
        }
        let values = sources.compactMap { $0["detail"]?[point.member]?.string ?? $0[point.member]?.string }
        return values.count == sources.count ? [Deny.Test("StringEquals", point.key, values)] : []
    }

    private static func doors(_ condition: JSONObject) -> [String: [String]] {
        var doors: [String: [String]] = [:]
        for member in condition.members where doorKeys.contains(member.key.lowercasedASCII) {
            doors[member.key.lowercasedASCII] = values(member.value)
        }
        return doors
    }

    private static func values(_ value: JSON) -> [String] {
        (value.array ?? [value]).compactMap(\.string)
    }

    private static func tests(_ condition: JSONObject, of principal: Principal) throws(PolicyError) -> [Deny.Test] {
        var tests: [Deny.Test] = []
        for member in condition.members {
            let key = member.key.lowercasedASCII
            if doorKeys.contains(key) { continue }
            let values = values(member.value)
            let isARN = arnKeys.contains(key)
            let isAddress = key == "aws:sourceip"
            guard isARN || isAddress || exactKeys.contains(key), !values.isEmpty,
                values.allSatisfy({ !$0.holdsVariable && !$0.hasWildcard })
            else {
                let who = principal == .everyone ? "everybody" : principal.element.value
                throw PolicyError(
                    "\(who) has the access under the condition \(member.key), to which a Deny cannot be narrowed"
                )
            }
            let name = isARN ? "ArnEquals" : isAddress ? "IpAddress" : "StringEquals"
            tests.append(Deny.Test(name, member.key, values))
        }
        return tests
    }

    /// What is asked to see whether the access is closed.
    ///
    /// - Parameter spared: whom a Deny of everybody spares on purpose; they are not asked about.
    func requests(sparing spared: Deny?) -> [AccessRequest] {
        var requests: [AccessRequest] = []
        for action in actions {
            for resource in resources.isEmpty ? [nil] : resources.map(Optional.some) {
                var request = zone.outsideRequest(principal, action: action, on: resource)
                if let spared, !spared.isOfTrustPolicy {
                    spared.describeOthers(&request.context)
                }
                requests += narrow(request, narrowed[...])
            }
        }
        return requests
    }

    /// One request for each combination of the values that the finding is narrowed to.
    private func narrow(_ request: AccessRequest, _ tests: ArraySlice<Deny.Test>) -> [AccessRequest] {
        guard let test = tests.first else { return [request] }
        return test.values.flatMap { value in
            var narrower = request
            narrower.context[test.key.lowercasedASCII] = .known(value)
            return narrow(narrower, tests.dropFirst())
        }
    }
}

extension Deny {
    /// What is known of a request of whoever is meant and not spared by this statement.
    fileprivate func describeOthers(_ context: inout [String: ContextValue]) {
        var mayBeUnsigned = false
        if case .everyoneOutside(let accounts) = target {
            mayBeUnsigned = true
            context["aws:principalaccount"] = .outside(accounts, mayBeAbsent: true)
            context["aws:principalarn"] = .outside([], mayBeAbsent: true)
        }
        if case .everyoneElsewhere(let test) = target, let value = test.values.first {
            context[test.key.lowercasedASCII] = .known(value)
        }
        for test in tests where test.isNegated {
            let key = test.key.lowercasedASCII
            context[key] = .outside(test.values, mayBeAbsent: mayBeUnsigned || key != "aws:principalarn")
        }
    }
}

extension GrantedAccess {
    /// Whether a statement lets in by the way that the finding is about: it says nothing more that a finding would tell.
    func isFindings(_ statement: Statement) -> Bool {
        GrantedAccess.isMeant(statement, by: condition)
    }

    /// Whether a statement may be about something that the Deny names.
    func overlaps(_ statement: Statement) -> Bool {
        guard case .only(let patterns) = statement.resources, !resources.isEmpty else { return true }
        return resources.contains { named in
            patterns.contains { named.literalBeginning.overlaps($0.literalBeginning) }
        }
    }

    /// Whether a statement's conditions only say by which door the finding's requests come.
    func isByDoors(_ statement: Statement) -> Bool {
        guard !doors.isEmpty, narrowed.isEmpty else { return false }
        return statement.conditions.allSatisfy { condition in
            guard let values = doors[condition.key] else { return GrantedAccess.doorKeys.contains(condition.key) }
            return Set(values) == Set(condition.values)
        }
    }
}

extension Statement {
    /// Whether it is an Allow that names the principal itself and gives it one of the actions.
    package func gives(_ wanted: [String], to principal: Principal) -> Bool {
        effect == .allow && principals.contains(principal)
            && wanted.contains { actions.coverage(of: $0) > .none }
    }
}

extension Deny {
    /// Whether these statements of ours alone deny the whole access for certain, but for whom they spare on purpose.
    package static func deny(_ access: GrantedAccess, _ ours: [Deny]) -> Bool {
        let statements = ours.compactMap { try? Statement($0.statement) }
        guard !access.actions.isEmpty, !ours.isEmpty, statements.count == ours.count else { return false }
        let isNamed = if case .named = ours[0].target { ours[0].principal == access.principal } else { false }
        return access.requests(sparing: ours.first).allSatisfy { request in
            statements.contains { $0.coverage(of: request) >= (isNamed ? .some : .every) }
        }
    }
}

extension PolicyDocument {
    /// The statements that let a principal in by its name in a finding's way, by their place: where none is told apart by
    /// its conditions, all that name it; those of everybody are several findings then.
    package func statements(giving actions: [String], to principal: Principal, under condition: JSONObject) -> [Int] {
        let giving = statements.indices.filter { statements[$0].gives(actions, to: principal) }
        let meant = giving.filter { GrantedAccess.isMeant(statements[$0], by: condition) }
        return meant.isEmpty && principal != .everyone ? giving : meant
    }

    /// Whether the document denies the whole access for certain.
    package func denies(_ access: GrantedAccess) -> Bool {
        !access.actions.isEmpty && access.requests(sparing: nil).allSatisfy { denial(of: $0) == .every }
    }
}

extension String {
    /// What stands before the first wildcard or variable.
    fileprivate var literalBeginning: Substring {
        prefix { $0 != "*" && $0 != "?" && $0 != "$" }
    }
}

extension Substring {
    /// Whether the one may begin as the other does.
    fileprivate func overlaps(_ other: Substring) -> Bool {
        hasPrefix(other) || other.hasPrefix(self)
    }
}
