/// A planned edit that has been proven: what it denies, and that it denies nobody else.
package struct ProvenEdit: Sendable {
    /// The document as it was read.
    package let before: PolicyDocument
    /// The document to write.
    package let after: PolicyDocument
    /// The statement that is added.
    package let deny: Deny
    /// Each step of the proof in a sentence.
    package let proof: [String]

    /// Adds `deny` to `before` and proves the result. Throws the step that does not hold.
    ///
    /// - The added statement has one of our forms, and every other statement is unchanged and in its place.
    /// - The finding's principal is denied each action.
    /// - Every principal inside the zone of trust and every service that the document names gets the same answers as
    ///   before, for each action that the document or the Deny names.
    package init(
        adding deny: Deny,
        to before: PolicyDocument,
        against principal: Principal,
        zone: ZoneOfTrust
    ) throws(PolicyError) {
        if let index = before.statements.firstIndex(where: { $0.sid == deny.sid }) {
            throw PolicyError(
                "\(before.name(ofStatement: index)) carries Gatehouse's Sid but no longer denies this access: somebody has edited it"
            )
        }
        let after = try before.appending(deny.statement)
        guard after.statements.dropLast() == before.statements[...],
            let added = after.statements.last, Deny(recognising: added.json) == deny
        else { throw PolicyError("the edited document is not the old one with our statement at its end") }
        for action in deny.actions {
            let verdict = after.evaluate(zone.outsideRequest(principal, action: action))
            guard verdict.denied == .every else {
                let who = principal == .everyone ? "everyone" : principal.element.value
                throw PolicyError("it cannot be proven that one would stop \(who) from using \(action)")
            }
        }
        let spared = ProvenEdit.mustBeSpared(before, zone)
        let actions = ProvenEdit.actions(before) + deny.actions
        for other in spared {
            for action in actions {
                let request = AccessRequest(principal: other, action: action)
                guard before.evaluate(request) == after.evaluate(request) else {
                    throw PolicyError("\(other.element.value) inside the zone of trust would lose \(action)")
                }
            }
        }
        self.before = before
        self.after = after
        self.deny = deny
        proof = [
            "\(principal.element.value) is denied \(deny.actions.joined(separator: ", ")) whatever allows it.",
            "Inside the zone of trust, and for AWS services, everybody whom it names gets the same answers as before: "
                + spared.map(\.element.value).joined(separator: ", ") + ".",
            "What was there is unchanged and in its order (statements: \(before.statements.count)).",
        ]
    }

    /// The role's own and the trusted accounts, and whoever the document names inside them or as a service.
    private static func mustBeSpared(_ document: PolicyDocument, _ zone: ZoneOfTrust) -> [Principal] {
        var result = zone.accounts.map(Principal.account)
        for principal in document.statements.flatMap(\.principals) where !result.contains(principal) {
            if case .service = principal {
                result.append(principal)
            } else if zone.contains(principal) {
                result.append(principal)
            }
        }
        return result
    }

    private static func actions(_ document: PolicyDocument) -> [String] {
        var result: [String] = []
        for statement in document.statements {
            guard case .only(let actions) = statement.actions else { continue }
            result.append(contentsOf: actions.filter { !result.contains($0) })
        }
        return result
    }
}

extension PolicyDocument {
    /// Whether the document already denies the principal every one of the actions for certain.
    package func denies(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        !actions.isEmpty
            && actions.allSatisfy { evaluate(zone.outsideRequest(principal, action: $0)).denied == .every }
    }

    /// Whether the document lets the principal do none of the actions, so that there is nothing to block.
    package func allowsNothing(_ principal: Principal, _ actions: [String], zone: ZoneOfTrust) -> Bool {
        actions.allSatisfy { evaluate(zone.outsideRequest(principal, action: $0)).allowed == .none }
    }

    /// Where the statement with this Sid stands, from 0.
    package func index(ofSid sid: String) -> Int? {
        statements.firstIndex { $0.sid == sid }
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
