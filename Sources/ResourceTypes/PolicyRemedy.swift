package import AWSClient
import Basics
import Findings
package import LosslessJSON
package import Policies

extension PolicyDocument: RemedyState {
    /// The whole document.
    package var shown: JSON { .object(json) }
}

/// How long a document may be, in characters without white space, and who says so.
package struct PolicyQuota: Sendable {
    package let characters: Int
    package let source: String

    package init(_ characters: Int, source: String) {
        self.characters = characters
        self.source = source
    }
}

/// A remedy that adds a Deny to the resource's policy document, and takes it out by its Sid.
package protocol PolicyRemedy: Remedy where State == PolicyDocument {
    /// What the documents are like.
    var dialect: PolicyDialect { get }
    /// The resource's own quota; asked for only where a document is longer than the dialect's.
    func quota(_ aws: any AWSCaller) async throws(AWSError) -> PolicyQuota
}

extension PolicyRemedy {
    private var document: String { "\(dialect.name) of \(name)" }

    // MARK: What the document makes of a finding

    package func conclusion(on access: ReportedAccess, in state: PolicyDocument) -> Conclusion? {
        alreadyDenied(access, state) ?? outdated(access, state)
    }

    private func alreadyDenied(_ access: ReportedAccess, _ document: PolicyDocument) -> Conclusion? {
        let actions = Deny.deniable(access.actions, of: access.principal, dialect)
        // An action that no Deny of ours could name is no reason to call the others all there is.
        guard !actions.isEmpty, access.actions.filter(dialect.isOfService).allSatisfy(dialect.isDeniable),
            document.denies(access.principal, actions, zone: access.zone)
        else { return nil }
        let ours = deny(ofFinding: access.findingID, in: document)
        let isOurs = ours?.denies(access.principal, actions, zone: access.zone) ?? false
        let who = isOurs ? "our own statement for this finding" : "a statement that was there before"
        let summary =
            "The access to \(name) is already denied by \(who), so there is nothing to write." + whatStaysOpen(access)
        return isOurs ? .closedByUs(summary) : .closed(summary)
    }

    /// What a document that does not let the finding's principal in makes of the finding.
    private func outdated(_ access: ReportedAccess, _ document: PolicyDocument) -> Conclusion? {
        let (principal, zone) = (access.principal, access.zone)
        let actions = access.actions.filter(dialect.isDeniable)
        guard !actions.isEmpty else { return nil }
        if let organization = zone.organization, document.letsInMembersOnly(principal, actions, zone: zone) {
            return .refused(
                "The \(self.document) lets the principal in only from \(organization), inside the zone of trust."
            )
        }
        if principal == .everyone {
            guard !document.letsEverybodyIn(actions, zone: zone) else { return nil }
            if let other = document.outsidersLetIn(actions, zone: zone).first {
                return .refused(
                    "\(Outcome.staleOpening): the \(self.document) no longer lets everybody in, but "
                        + "\(other.element.value), whom this finding is not about."
                )
            }
        } else if !document.allowsNothing(principal, actions, zone: zone) {
            return nil
        }
        return .closed("The \(self.document) no longer lets the principal in, so there is nothing to write.")
    }

    // MARK: The Deny

    package func plan(
        closing access: ReportedAccess,
        in state: PolicyDocument,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<PolicyDocument> {
        if let why = deadPrincipal(in: state) { return .refused(why) }
        let edit: ProvenEdit
        do throws(PolicyError) {
            edit = try provenEdit(access, state, intended)
        } catch {
            return .refused("Gatehouse added no Deny: \(error).")
        }
        if let why = try await overQuota(edit, aws) { return .refused("Gatehouse added no Deny: \(why).") }
        return .edit(described(edit, access))
    }

    private func provenEdit(
        _ access: ReportedAccess,
        _ document: PolicyDocument,
        _ intended: [IntendedAccess]
    ) throws(PolicyError) -> ProvenEdit {
        let (principal, zone) = (access.principal, access.zone)
        let deny = try Deny.planned(
            finding: access.findingID,
            principal: principal,
            actions: access.actions,
            conditionKeys: access.conditionKeys + document.conditionKeys(reaching: principal),
            zone: zone,
            dialect: dialect
        )
        let blocked = intended.first { other in
            // Where the actions are not told, every one of ours may be among them.
            let actions = other.actions.isEmpty ? deny.actions : other.actions
            return other.findingID != access.findingID
                && other.principals.contains { deny.blocks($0, actions, zone: zone) }
        }
        if let blocked {
            throw PolicyError(
                "it would also block an access that was archived as intended (finding \(blocked.findingID))"
            )
        }
        return try ProvenEdit(adding: deny, to: document, against: principal, zone: zone, dialect: dialect)
    }

    private func overQuota(_ edit: ProvenEdit, _ aws: any AWSCaller) async throws(AWSError) -> String? {
        let size = edit.after.size
        guard size > dialect.defaultQuota else { return nil }
        let quota = try await quota(aws)
        guard size > quota.characters else { return nil }
        return "the \(dialect.name) has \(edit.before.size) characters and would have \(size) with the Deny, but "
            + "\(quota.source) is \(quota.characters)"
    }

    private func described(_ edit: ProvenEdit, _ access: ReportedAccess) -> Edit<PolicyDocument> {
        let (deny, principal, zone) = (edit.deny, access.principal, access.zone)
        var whom = principal == .everyone ? "everybody outside the zone of trust" : principal.element.value
        if let organization = zone.organization, principal.isAWS { whom += ", unless it is in \(organization)," }
        func summary(_ verb: String) -> String {
            "A Deny (Sid \(deny.sid)) for \(whom) \(verb) to the \(document)." + whatStaysOpen(access)
        }
        let dialect = dialect
        return Edit(
            before: edit.before,
            after: edit.after,
            done: summary("was added"),
            planned: summary("would be added"),
            proof: edit.proof
        ) { now in
            guard let index = now.index(ofSid: deny.sid) else { return false }
            return Deny(recognising: now.statements[index].json, dialect)?.deniesTheSame(as: deny) == true
                && now.denies(principal, deny.actions, zone: zone)
        }
    }

    /// A sentence on what a Deny cannot block; empty when it blocks all of the access.
    private func whatStaysOpen(_ access: ReportedAccess) -> String {
        Deny.staysOpen(access.actions, of: access.principal).map { " Not blocked: \($0)." } ?? ""
    }

    /// Why a document cannot be written back at all: IAM refuses one that names a deleted user or role.
    private func deadPrincipal(in document: PolicyDocument) -> String? {
        document.deadPrincipals.first.map { dead in
            "The \(self.document) names \(dead.id), the id of a deleted user or role, in \(dead.statement), "
                + "and \(Self.service) refuses every write of such a document: clean that statement up."
        }
    }

    // MARK: The way back

    /// Our statement for a finding, if it is as we write them.
    private func deny(ofFinding id: String, in document: PolicyDocument) -> Deny? {
        Deny.sid(forFinding: id).flatMap { document.index(ofSid: $0) }
            .flatMap { Deny(recognising: document.statements[$0].json, dialect) }
    }

    package func closedAccess(ofFinding id: String, in state: PolicyDocument) -> ClosedAccess? {
        deny(ofFinding: id, in: state).map { ClosedAccess(principal: $0.principal, actions: $0.actions) }
    }

    package func undo(finding id: String, _ known: ClosedAccess?, in state: PolicyDocument) -> UndoPlan<PolicyDocument>
    {
        guard let sid = Deny.sid(forFinding: id), let index = state.index(ofSid: sid) else {
            let sid = Deny.sid(forFinding: id) ?? id
            return .refused(
                "The \(document) holds no statement with the Sid \(sid): there is nothing of ours to take out."
            )
        }
        func conflict(_ why: String) -> UndoPlan<PolicyDocument> {
            .conflict("The statement \(sid) in the \(document) was left as it is, because \(why).")
        }
        guard let deny = deny(ofFinding: id, in: state) else {
            return conflict("it is not as we write it: somebody has edited it")
        }
        if let known, isOther(deny, than: known) {
            return conflict("it denies another principal or other actions than the finding's")
        }
        if let why = deadPrincipal(in: state) { return .refused(why) }
        let after: PolicyDocument
        do {
            after = try state.removing(at: index)
        } catch {
            return .refused("The statement \(sid) was not taken out: \(error).")
        }
        func summary(_ verb: String) -> String {
            let left = after.statements.count
            return "Our Deny (Sid \(sid)) \(verb) out of the \(document); "
                + (left == 1 ? "1 statement is left as it was." : "\(left) statements are left as they were.")
        }
        return .edit(
            Edit(before: state, after: after, done: summary("was taken"), planned: summary("would be taken")) { now in
                now.index(ofSid: sid) == nil
            }
        )
    }

    /// Whether the statement differs from what the finding says we wrote. Settings may have been others at that time or
    /// elsewhere, so only the principal and the actions count.
    private func isOther(_ deny: Deny, than known: ClosedAccess) -> Bool {
        guard let principal = known.principal else { return false }
        if case .everyoneOutside(let accounts) = deny.target {
            guard principal == .everyone, accounts.contains(account) else { return true }
        } else if deny.principal != principal {
            return true
        }
        // What Access Analyzer leaves out cannot differ.
        guard !known.actions.isEmpty else { return false }
        let actions = Deny.deniable(known.actions, of: principal, dialect)
        return Set(actions.map(\.lowercasedASCII)) != Set(deny.actions.map(\.lowercasedASCII))
    }
}
