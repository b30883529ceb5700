package import AWSClient
import Basics
import Findings
import LosslessJSON
package import Policies

/// A remedy that adds a Deny to the resource's policy document, and takes it out by its Sid.
package protocol PolicyRemedy: Remedy where State == PolicyState {
    /// What the documents are like.
    var dialect: PolicyDialect { get }
    /// The resource's own quota; asked for only where a document is longer than the dialect's.
    func quota(_ aws: any AWSCaller) async throws(AWSError) -> PolicyQuota
    /// What a Deny leaves the principal with that only the service knows, as a sentence; `nil` for nothing.
    func remains(of principal: Principal, _ aws: any AWSCaller) async throws(AWSError) -> String?
    /// Whether a policy that holds nothing but ours is removed with it.
    var removesEmptyPolicy: Bool { get }
}

extension PolicyRemedy {
    package var sparesMembers: Bool { !dialect.namesByPrincipal }
    package var removesEmptyPolicy: Bool { false }

    package func remains(of principal: Principal, _ aws: any AWSCaller) async throws(AWSError) -> String? { nil }

    private var document: String { "\(dialect.name) of \(name)" }

    // MARK: What the document makes of a finding

    package func conclusion(on access: ReportedAccess, in state: PolicyState) -> Conclusion? {
        if let denied = alreadyDenied(access, state.document) { return denied }
        if case .federated(let provider) = access.principal, !dialect.isTrustPolicy {
            return .refused("Only trust policies know the federated principal \(provider).")
        }
        if let why = otherSource(access) { return .refused(why) }
        // What comes through an access point is let in there, and not by this policy.
        return access.sources.contains { $0["type"]?.string != "POLICY" } ? nil : outdated(access, state.document)
    }

    private func alreadyDenied(_ access: ReportedAccess, _ document: PolicyDocument) -> Conclusion? {
        // An action that no Deny of ours could name is no reason to call the others all there is.
        guard access.actions.filter(dialect.isOfService).allSatisfy(dialect.isDeniable),
            let granted = try? granted(access, document), !granted.actions.isEmpty
        else { return nil }
        let ours = denies(ofFinding: access.findingID, in: document)
        let isOurs = Deny.deny(granted, ours)
        // One that names the principal is of the same access, whichever finding it was made for.
        let named = document.statements.compactMap { Deny(recognising: $0.json, dialect) }.filter { deny in
            if case .named = deny.target { deny.principal == access.principal } else { false }
        }
        guard isOurs || document.denies(granted) || (!named.isEmpty && Deny.deny(granted, named)) else { return nil }
        let who = isOurs ? "our own statement for this finding" : "a statement that was there before"
        let summary =
            "The access to \(name) is already denied by \(who), so there is nothing to write." + whatStaysOpen(access)
        return isOurs ? .closedByUs(summary) : .closed(summary)
    }

    private func granted(_ access: ReportedAccess, _ document: PolicyDocument) throws(PolicyError) -> GrantedAccess {
        try GrantedAccess(
            access.principal,
            Deny.deniable(access.actions, of: access.principal, dialect),
            condition: access.condition,
            sources: access.sources,
            in: document,
            zone: access.zone,
            dialect: dialect
        )
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
        in state: PolicyState,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<PolicyState> {
        if let why = deadPrincipal(in: state.document) { return .refused(why) }
        let edit: ProvenEdit
        do throws(PolicyError) {
            edit = try provenEdit(access, state.document, intended)
        } catch {
            return .refused("Gatehouse added no Deny: \(error).")
        }
        var after = PolicyState(edit.after)
        if let why = try await overQuota(edit, aws) {
            // With those of other findings in one statement it may fit.
            guard dialect.isTrustPolicy, case let folded = PolicyState(folded: edit.after.folded), folded.isFolded,
                folded.written.size <= (try await quota(aws)).characters
            else { return .refused("Gatehouse added no Deny: \(why).") }
            after = folded
        }
        return .edit(described(edit, access, state, after, try await remains(of: access.principal, aws)))
    }

    /// Why this policy is not where the access comes from; `nil` where it is, or where nothing is said.
    private func otherSource(_ access: ReportedAccess) -> String? {
        let kinds = access.sources.compactMap { $0["type"]?.string }.filter { $0 != "POLICY" }
        guard let kind = kinds.first(where: { !GrantedAccess.accessPoints.keys.contains($0) }) else { return nil }
        return "The access to \(name) comes from \(kind == "BUCKET_ACL" ? "its ACL" : kind.printable(limit: 50)), "
            + "which this version does not change."
    }

    private func provenEdit(
        _ access: ReportedAccess,
        _ document: PolicyDocument,
        _ intended: [IntendedAccess]
    ) throws(PolicyError) -> ProvenEdit {
        let (principal, zone) = (access.principal, access.zone)
        let granted = try granted(access, document)
        let denies = try Deny.planned(
            finding: access.findingID,
            granted,
            actions: access.actions,
            conditionKeys: access.conditionKeys + document.conditionKeys(reaching: principal),
            in: document,
            zone: zone,
            dialect: dialect,
            form: access.form
        )
        let blocked = intended.first { other in
            // Where the actions are not told, every one of ours may be among them.
            let actions = other.actions.isEmpty ? denies.flatMap(\.actions) : other.actions
            return other.findingID != access.findingID
                && other.principals.contains { principal in
                    denies.contains { $0.blocks(principal, actions, zone: zone) }
                }
        }
        if let blocked {
            throw PolicyError(
                "it would also block an access that was archived as intended (finding \(blocked.findingID))"
            )
        }
        return try ProvenEdit(adding: denies, to: document, against: granted, zone: zone, dialect: dialect)
    }

    private func overQuota(_ edit: ProvenEdit, _ aws: any AWSCaller) async throws(AWSError) -> String? {
        let size = dialect.isTrustPolicy ? edit.after.size : edit.after.text.utf8.count
        guard size > dialect.defaultQuota else { return nil }
        let quota = try await quota(aws)
        guard size > quota.characters else { return nil }
        let before = dialect.isTrustPolicy ? edit.before.size : edit.before.text.utf8.count
        let unit = dialect.isTrustPolicy ? "characters" : "bytes"
        return "the \(dialect.name) has \(before) \(unit) and would have \(size) with the Deny, but "
            + "\(quota.source) is \(quota.characters)"
    }

    private func described(
        _ edit: ProvenEdit,
        _ access: ReportedAccess,
        _ before: PolicyState,
        _ after: PolicyState,
        _ remains: String?
    ) -> Edit<PolicyState> {
        let (denies, principal, zone) = (edit.denies, access.principal, access.zone)
        let sid = denies.first?.sid ?? ""
        var whom = principal.element.value
        if case .account(let id) = principal { whom = "account \(id)" }
        if principal == .everyone { whom = "everybody outside the zone of trust" }
        if principal == .everyone, let way = dialect.openWay {
            whom = "everybody, also inside the zone of trust, but for \(way.whoComes), who stay as they are,"
        }
        if let organization = zone.organization, principal.isAWS, !dialect.namesByPrincipal {
            whom += ", unless it is in \(organization),"
        }
        let named = denies.first?.sparedByName(in: zone) ?? []
        let spared =
            named.isEmpty
            ? "" : " It spares whom the \(dialect.name) lets in by name: \(named.joined(separator: ", "))."
        let others = (try? granted(access, edit.before))?.otherActions ?? []
        let open =
            others.isEmpty ? "" : " Not blocked, as only other statements let it in: \(others.joined(separator: ", "))."
        let folding =
            after.isFolded
            ? " The \(dialect.name) would be too long with a statement for each finding, so those of ours that differ in whom "
                + "they deny alone stand in one." : ""
        func summary(_ verb: String) -> String {
            "A Deny (Sid \(sid)) for \(whom) \(verb) to the \(document)." + whatStaysOpen(access) + open + spared
                + (remains.map { " \($0)" } ?? "") + folding
        }
        let dialect = dialect
        return Edit(
            before: before,
            after: after,
            done: summary("was added"),
            planned: summary("would be added"),
            proof: edit.proof
        ) { now in
            denies.allSatisfy { deny in
                guard let index = now.document.index(ofSid: deny.sid) else { return false }
                return Deny(recognising: now.document.statements[index].json, dialect)?.deniesTheSame(as: deny) == true
            }
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
                + "and \(service) refuses every write of such a document: clean that statement up."
        }
    }

    // MARK: The way back

    /// Whether a Sid is of a statement that holds several of our Denies, and this one among them.
    private func isFolded(_ folded: String, _ sid: String) -> Bool {
        dialect.isTrustPolicy && folded.hasPrefix("Gatehouse") && folded.utf8.count > sid.utf8.count + 1
            && folded.holds(String(sid.dropFirst("Gatehouse".count)))
    }

    /// Where our statements for a finding stand.
    private func places(ofFinding id: String, in document: PolicyDocument) -> [Int] {
        Deny.sids(forFinding: id).compactMap { document.index(ofSid: $0) }
    }

    /// Our statements for a finding, if they are as we write them; empty where one is not, or none is there.
    private func denies(ofFinding id: String, in document: PolicyDocument) -> [Deny] {
        let places = places(ofFinding: id, in: document)
        let denies = places.compactMap { Deny(recognising: document.statements[$0].json, dialect) }
        return denies.count == places.count ? denies : []
    }

    package func closedAccess(ofFinding id: String, in state: PolicyState) -> ClosedAccess? {
        let denies = denies(ofFinding: id, in: state.document)
        return denies.first.map { ClosedAccess(principal: $0.principal, actions: denies.flatMap(\.actions)) }
    }

    package func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: PolicyState
    ) -> UndoPlan<PolicyState> {
        let sid = Deny.sid(forFinding: id) ?? id
        let before = state.document
        let places = places(ofFinding: id, in: before)
        guard !places.isEmpty else {
            if let place = before.statements.firstIndex(where: { $0.sid.map { isFolded($0, sid) } ?? false }) {
                return .conflict(
                    "The statement \(before.name(ofStatement: place)) of the \(document), which holds our Deny for this "
                        + "finding, was left as it is: it is not as we write it, so somebody has edited it."
                )
            }
            return .nothing(
                "The \(document) holds no statement with the Sid \(sid): there is nothing of ours to take out."
            )
        }
        let recorded = change.flatMap { $0.isRecorded ? try? PolicyDocument($0.after).unfolded : nil }
        func conflict(_ why: String) -> UndoPlan<PolicyState> {
            let statements = text(places, of: before)
            let written = recorded.map { text(self.places(ofFinding: id, in: $0), of: $0) }
            return .conflict(
                "The statement \(sid) in the \(document) was left as it is, because \(why): "
                    + statements.printable(limit: 1000)
                    + (written.map { ", where we wrote \($0.printable(limit: 1000))" } ?? "")
            )
        }
        let denies = denies(ofFinding: id, in: before)
        guard !denies.isEmpty else { return conflict("it is not as we write it: somebody has edited it") }
        if let known, isOther(denies, than: known) {
            return conflict("it denies another principal or other actions than the finding's")
        }
        if let change, isOther(denies, thanAfter: change) {
            return conflict("it is another than the one that we wrote, as the case tells it")
        }
        if let why = deadPrincipal(in: before) { return .refused(why) }
        var after = before
        do {
            if removesEmptyPolicy, places.count == before.statements.count {
                after = .empty
            } else {
                for place in places.sorted(by: >) { after = try after.removing(at: place) }
            }
        } catch {
            return .refused("The statement \(sid) was not taken out: \(error).")
        }
        // Nobody has edited since: exactly what was there, which is no more than this without ours.
        if recorded == before, let change, let earlier = try? PolicyDocument(change.before),
            earlier.unfolded.saysTheSame(as: after)
        {
            return .edit(undone(state, PolicyState(folded: earlier), id))
        }
        let isTooLong = state.isFolded && after.size > dialect.defaultQuota
        return .edit(undone(state, isTooLong ? PolicyState(folded: after.folded) : PolicyState(after), id))
    }

    private func text(_ places: [Int], of document: PolicyDocument) -> String {
        places.map { JSON.object(document.statements[$0].json).text() }.joined(separator: ", ")
    }

    private func undone(_ before: PolicyState, _ after: PolicyState, _ id: String) -> Edit<PolicyState> {
        let sid = Deny.sid(forFinding: id) ?? id
        func summary(_ verb: String) -> String {
            let left = after.written.statements.count
            if left == 0 {
                return
                    "Our Deny (Sid \(sid)) was all that the \(document) held: the policy \(verb == "was taken" ? "was" : "would be") removed."
            }
            return "Our Deny (Sid \(sid)) \(verb) out of the \(document); "
                + (left == 1 ? "1 statement is left as it was." : "\(left) statements are left as they were.")
        }
        return Edit(
            before: before,
            after: after,
            done: summary("was taken"),
            planned: summary("would be taken")
        ) { now in
            places(ofFinding: id, in: now.document).isEmpty
        }
    }

    /// Whether the statements differ from those that a case says we wrote.
    private func isOther(_ denies: [Deny], thanAfter change: EarlierChange) -> Bool {
        guard let after = try? PolicyDocument(change.after).unfolded else { return false }
        return denies.contains { deny in
            guard let index = after.index(ofSid: deny.sid),
                let written = Deny(recognising: after.statements[index].json, dialect)
            else { return false }
            return !written.deniesTheSame(as: deny)
        }
    }

    /// Whether the statement differs from what the finding says we wrote. Settings may have been others at that time or
    /// elsewhere, so only the principal and the actions count.
    private func isOther(_ denies: [Deny], than known: ClosedAccess) -> Bool {
        guard let principal = known.principal, let deny = denies.first else { return false }
        if case .everyoneOutside(let accounts) = deny.target {
            guard principal == .everyone, accounts.contains(account) else { return true }
        } else if deny.principal != principal {
            return true
        }
        // What Access Analyzer leaves out cannot differ.
        guard !known.actions.isEmpty else { return false }
        let actions = Set(Deny.deniable(known.actions, of: principal, dialect).map(\.lowercasedASCII))
        let denied = Set(denies.flatMap(\.actions).map(\.lowercasedASCII))
        // The policy may have given less than the finding says when we wrote, and of several statements one may be gone.
        return dialect.needsFittingActions || dialect.actionLimit != nil
            ? !denied.isSubset(of: actions) : actions != denied
    }
}
