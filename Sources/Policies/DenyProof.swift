import Basics
import LosslessJSON

/// A planned edit that has been proven: what it denies, and that it denies nobody else.
package struct ProvenEdit: Sendable {
    /// The document as it was read.
    package let before: PolicyDocument
    /// The document to write.
    package let after: PolicyDocument
    /// The statements that are added, at least one.
    package let denies: [Deny]
    /// Each step of the proof in a sentence.
    package let proof: [String]

    /// Adds `denies` to `before` and proves the result. Throws the step that does not hold.
    ///
    /// - The added statements have our forms, and every other statement is unchanged and in its place.
    /// - The finding's principal is denied each action on each resource.
    /// - Every principal inside the zone of trust, every service, and every other outsider that the document names gets
    ///   the same answers as before, for each action and resource that the document or a Deny names.
    package init(
        adding denies: [Deny],
        to before: PolicyDocument,
        against access: GrantedAccess,
        zone: ZoneOfTrust,
        dialect: PolicyDialect
    ) throws(PolicyError) {
        var after = before
        for deny in denies {
            try ProvenEdit.checkSid(deny, before, dialect)
            after = try after.appending(deny.statement)
        }
        let added = after.statements.suffix(denies.count)
        guard !denies.isEmpty, after.statements.dropLast(denies.count) == before.statements[...],
            zip(added, denies).allSatisfy({ Deny(recognising: $0.json, dialect) == $1 })
        else { throw PolicyError("the edited document is not the old one with our statement at its end") }
        if let objection = dialect.objection(to: after) { throw PolicyError(objection) }
        try ProvenEdit.checkDenied(after, denies, access)
        let spared = ProvenEdit.mustBeSpared(before, access.principal, zone, dialect)
        try ProvenEdit.checkSpared(spared, before, after, denies, zone)
        self.before = before
        self.after = after
        self.denies = denies
        let actions = denies.flatMap(\.actions).joined(separator: ", ")
        proof = [
            "\(access.principal.element.value) is denied \(actions) whatever allows it.",
            "Inside the zone of trust, and for AWS services, everybody whom it names gets the same answers as before: "
                + spared.map(\.element.value).joined(separator: ", ") + ".",
            "What was there is unchanged and in its order (statements: \(before.statements.count)).",
        ]
    }

    private static func checkSid(_ deny: Deny, _ before: PolicyDocument, _ dialect: PolicyDialect) throws(PolicyError) {
        guard let index = before.index(ofSid: deny.sid) else { return }
        let isOurs = Deny(recognising: before.statements[index].json, dialect) != nil
        throw PolicyError(
            "\(before.name(ofStatement: index)) carries Gatehouse's Sid but "
                + (isOurs
                    ? "denies something else than this access: it was made with other settings; undo it first"
                    : "no longer denies this access: somebody has edited it")
        )
    }

    private static func checkDenied(
        _ after: PolicyDocument,
        _ denies: [Deny],
        _ access: GrantedAccess
    ) throws(PolicyError) {
        // Where the service knows no condition for it, naming the principal is all that there is.
        let isNamed =
            if case .named = denies.first?.target { denies.first?.principal == access.principal } else { false }
        let requests = access.requests(sparing: denies.first)
        guard requests.count * after.parts <= workLimit else {
            throw PolicyError(
                "the document is too large to prove that the access is closed (\(requests.count) requests and "
                    + "\(after.parts) parts of statements)"
            )
        }
        for request in requests {
            guard after.denial(of: request) >= (isNamed ? .some : .every) else {
                let who = access.principal == .everyone ? "everyone" : access.principal.element.value
                throw PolicyError("it cannot be proven that one would stop \(who) from using \(request.action)")
            }
        }
    }

    private static func checkSpared(
        _ spared: [Principal],
        _ before: PolicyDocument,
        _ after: PolicyDocument,
        _ denies: [Deny],
        _ zone: ZoneOfTrust
    ) throws(PolicyError) {
        // Whom none of the new Denies is about, whatever they ask for, gets the same answers: nothing else has changed.
        let added = after.statements.suffix(denies.count)
        let spared = spared.filter { other in
            let request = AccessRequest(principal: other, action: "*")
            return added.contains { $0.coverageOfCaller(in: request) > .none }
        }
        let actions = actions(before, denies)
        let resources = resources(before, denies)
        let work = spared.count * actions.count * resources.count * after.parts
        guard work <= workLimit else {
            throw PolicyError(
                "the document is too large to prove that nobody inside loses anything (\(spared.count) principals, "
                    + "\(actions.count) actions, \(resources.count) resources and \(after.parts) parts of statements)"
            )
        }
        for other in spared {
            for action in actions {
                for resource in resources {
                    var request = AccessRequest(principal: other, action: action, resource: resource)
                    for case .everyoneElsewhere(let test) in denies.map(\.target) {
                        // Who comes by the way that is left alone.
                        request.context[test.key.lowercasedASCII] = .known("true")
                    }
                    guard before.evaluate(request) == after.evaluate(request) else {
                        let isService = if case .service = other { true } else { false }
                        let isInside = zone.contains(other) || isService
                        throw PolicyError(
                            "\(other.element.value) \(isInside ? "inside the zone of trust " : "")would lose \(action)"
                        )
                    }
                }
            }
        }
    }

    /// How many comparisons a proof may take: about two seconds' worth. The largest trust policy that IAM stores (4,096
    /// characters) takes less than a hundredth of it.
    static let workLimit = 10_000_000

    /// The own and the trusted accounts, and whoever the document names inside them or as a service; in a resource's
    /// policy also every other outsider whom it lets in by name.
    private static func mustBeSpared(
        _ document: PolicyDocument,
        _ denied: Principal,
        _ zone: ZoneOfTrust,
        _ dialect: PolicyDialect
    ) -> [Principal] {
        var result = zone.accounts.map(Principal.account)
        var seen = Set(result + [denied, .everyone])
        for statement in document.statements {
            for principal in statement.principals where seen.insert(principal).inserted {
                if case .service = principal {
                    result.append(principal)
                } else if zone.contains(principal) || (!dialect.isTrustPolicy && statement.effect == .allow) {
                    // Of a denied identity's account the rest is not reached, and cannot be told apart here.
                    guard zone.contains(principal) || principal.coverage(of: denied) == .none else { continue }
                    result.append(principal)
                }
            }
        }
        return result
    }

    private static func actions(_ document: PolicyDocument, _ denies: [Deny]) -> [String] {
        var seen: Set<String> = []
        let named = document.statements.flatMap { statement -> [String] in
            guard case .only(let actions) = statement.actions else { return [] }
            return actions
        }
        return (named + denies.flatMap(\.actions)).filter { seen.insert($0.lowercasedASCII).inserted }
    }

    /// Every resource that the document or a Deny names, and the policy's own as a whole.
    private static func resources(_ document: PolicyDocument, _ denies: [Deny]) -> [String?] {
        var seen: Set<String> = []
        let named = document.statements.flatMap(\.resources.patterns) + denies.flatMap(\.resources)
        return [nil] + named.filter { seen.insert($0).inserted }.map(Optional.some)
    }
}

extension PolicyDocument {
    /// How much there is to compare with one request: every principal, action and condition value of every statement.
    var parts: Int {
        statements.reduce(0) { sum, statement in
            sum + statement.principals.count + statement.actions.patterns.count + statement.resources.patterns.count
                + statement.conditions.reduce(1) { $0 + $1.values.count }
        }
    }
}

extension PolicyDocument {
    /// Whether the document already denies the principal every one of the actions for certain.
    package func denies(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        !actions.isEmpty
            && actions.allSatisfy { denial(of: zone.outsideRequest(principal, action: $0)) == .every }
    }

    /// Whether the document lets the principal do none of the actions, so that there is nothing to block.
    package func allowsNothing(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        actions.allSatisfy { evaluate(zone.outsideRequest(principal, action: $0)).allowed == .none }
    }

    /// Whether a statement lets everybody in, and some of them are outside; one that names nobody we can read counts.
    ///
    /// A finding about everybody is stale when this is false.
    package func letsEverybodyIn(_ actions: [String], zone: ZoneOfTrust) -> Bool {
        statements.contains { statement in
            guard statement.effect == .allow, statement.namesAnybody else { return false }
            return actions.contains { statement.coverage(of: zone.outsideRequest(.everyone, action: $0)) > .none }
        }
    }

    /// Whoever is outside and let in by a name, for at least one of the actions.
    package func outsidersLetIn(_ actions: [String], zone: ZoneOfTrust) -> [Principal] {
        var seen: Set<Principal> = []
        let named = statements.filter { $0.effect == .allow }.flatMap(\.principals)
        return named.filter { principal in
            // Who is meant by everybody, `letsEverybodyIn` says.
            if case .service = principal { return false }
            guard principal != .everyone, !zone.contains(principal), seen.insert(principal).inserted else {
                return false
            }
            return actions.contains { action in
                let verdict = evaluate(zone.outsideRequest(principal, action: action))
                return verdict.allowed > .none && verdict.denied < .every
            }
        }
    }

    /// Whether the document lets in nobody outside, but members of the zone's organization.
    package func letsInMembersOnly(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        let isOutsideLetIn =
            principal == .everyone
            ? letsEverybodyIn(actions, zone: zone) : !allowsNothing(principal, actions, zone: zone)
        return !isOutsideLetIn
            && actions.contains { action in
                guard let request = zone.memberRequest(principal, action: action) else { return false }
                return statements.contains { statement in
                    statement.effect == .allow && (principal != .everyone || statement.namesAnybody)
                        && statement.coverage(of: request) > .none
                }
            }
    }

    /// Where the statement with this Sid stands, from 0.
    package func index(ofSid sid: String) -> Int? {
        statements.firstIndex { $0.sid.map { $0.hasSameBytes(as: sid) } ?? false }
    }
}

extension Deny {
    /// Whether this Deny alone denies the principal every one of the actions for certain.
    package func denies(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        guard let statement = try? Statement(statement) else { return false }
        return actions.allSatisfy { statement.coverage(of: zone.outsideRequest(principal, action: $0)) == .every }
    }

    /// Whether the Deny would block at least a part of what somebody else outside may do.
    package func blocks(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        guard let statement = try? Statement(statement) else { return true }
        return actions.contains { action in
            statement.coverage(of: zone.outsideRequest(principal, action: action)) > .none
        }
    }
}
