import AWSClient
import AWSOperations
import Basics
import Findings
import Logging
import LosslessJSON
import Messages
import Policies

/// Blocks one finding's access to one role by a Deny in the role's trust policy.
struct RoleRemediation {
    let `case`: Case
    let role: RoleARN
    let principal: Principal
    let membership: Membership
    let environment: HandlerEnvironment
    /// Whether to write; otherwise the outcome says what would be written.
    let mayAct: Bool

    /// Somebody who overwrites our change this often does it on purpose.
    static let attempts = 4
    /// A write whose answer was lost and that was not made is made once more; an outage is for a retry to outlast.
    static let lostWrites = 2

    private var finding: Finding { `case`.finding }
    private var zone: ZoneOfTrust { environment.settings.zone(of: role.account, members: membership.accounts) }
    private var mode: String { environment.settings.mode.rawValue }

    func run() async throws(HandlerError) -> Outcome {
        let analyzer = try analyzer(of: finding)
        // What must never be edited needs no look at IAM, only whether the finding is still true.
        if let why = protection(of: role, memberRole: environment.settings.memberRole) {
            return try await unlessOver(analyzer)
                ?? Outcome(.protected, "The role \(role.name) was not changed: \(why).", mode: mode)
        }
        if let objection = Deny.objection(to: principal, zone: zone) ?? membership.objection(to: principal) {
            return try await unlessOver(analyzer) ?? refused("\(objection).")
        }
        let reader = try await RoleReader(role, environment)
        return try await environment.locks.withLock(role.description) { () async throws(HandlerError) -> Outcome in
            try await look(analyzer, reader)
        }
    }

    /// What Access Analyzer's own word makes of the case; `nil` when the finding is as reported.
    private func unlessOver(_ analyzer: (arn: ARN, region: Region)) async throws(HandlerError) -> Outcome? {
        switch try standing(await currentRecord(of: finding, analyzer, environment.aws)) {
        case .asReported: return nil
        case .over(let outcome): return outcome
        }
    }

    private func standing(_ answer: Result<FindingRecord, AWSError>) throws(HandlerError) -> Standing {
        try Standing(of: finding, answer, mode: mode) { check($0, against: $1) }
    }

    /// Reads the finding, what was archived and the role side by side, and judges them in that order.
    private func look(
        _ analyzer: (arn: ARN, region: Region),
        _ reader: RoleReader
    ) async throws(HandlerError) -> Outcome {
        let aws = environment.aws
        let asked = environment.instant()
        async let findingAnswer = currentRecord(of: finding, analyzer, aws)
        async let archivedAnswer = Result { () async throws(AWSError) in
            try await archivedFindings(of: role.description, analyzer: analyzer.arn, region: analyzer.region, aws)
        }
        async let roleAnswer = reader.request()

        let record: FindingRecord
        let found = await findingAnswer
        switch try standing(found) {
        case .asReported(let current): record = current
        case .over(let outcome):
            guard mayBeOurDoing(found) else { return outcome }
            return try earlierBlock(reader.interpret(await roleAnswer)) ?? outcome
        }
        let archived = await archivedAnswer
        switch try reader.interpret(await roleAnswer) {
        case .gone: return gone()
        case .refused(let why): return refused(why)
        case .read(let trusted):
            return try await block(trusted, asked, record, archived, reader)
        }
    }

    /// How old a reading may be that is written over: IAM knows no versions, so what somebody has written since is lost.
    private static let mostAge = Duration.milliseconds(500)

    /// Whether a finding is over in a way that our own Deny may have brought about.
    private func mayBeOurDoing(_ answer: Result<FindingRecord, AWSError>) -> Bool {
        switch answer {
        case .success(let record): record.status == "RESOLVED"
        case .failure: true
        }
    }

    /// Our own statement for this very finding, when it is in the role and denies the access: an earlier invocation
    /// wrote it, the finding is over because of it, and its message may never have been sent.
    private func earlierBlock(_ reading: RoleReading) -> Outcome? {
        guard case .read(let trusted) = reading else { return nil }
        return alreadyBlocked(trusted.document).flatMap { $0.rollback == nil ? nil : $0 }
    }

    /// The same for a finding of which it is known that it is over. Throws when the role cannot be read.
    func earlierBlock() async throws(HandlerError) -> Outcome? {
        earlierBlock(try await RoleReader(role, environment).read())
    }

    private func block(
        _ first: TrustedRole,
        _ firstAsked: ContinuousClock.Instant,
        _ record: FindingRecord,
        _ archived: Result<[FindingRecord], AWSError>,
        _ reader: RoleReader
    ) async throws(HandlerError) -> Outcome {
        var trusted = first
        var asked = firstAsked
        var lostWrites = 0
        var writes = 0
        for _ in 0..<2 * Self.attempts where writes < Self.attempts {
            let edit: ProvenEdit
            switch try await plan(trusted, record, archived, reader) {
            case .over(let outcome): return outcome
            case .edit(let proven): edit = proven
            }
            guard mayAct else {
                return outcome(.observed, "would be added", edit.before, edit.after)
            }
            if asked.duration(to: environment.instant()) > Self.mostAge {
                asked = environment.instant()
                switch try await reader.readAgain(after: trusted, environment) {
                case .gone: return gone()
                case .refused(let why): return refused(why)
                case .read(let now) where now.document != edit.before || now.role.tags != trusted.role.tags:
                    trusted = now
                    continue
                case .read: break
                }
            }
            writes += 1
            let planned = outcome(.resolved, "was added", edit.before, edit.after)
            var answer = `case`
            answer.conclude(planned)
            try checkSize(ofAnswer: answer.json)
            let writer = TrustPolicyWriter(reader: reader, environment: environment)
            let result = try await writer.write(edit.after, over: edit.before) { isDone($0, edit.deny) }
            switch result {
            case .confirmed: return planned
            case .gone: return gone()
            case .refused(let why): return refused(why)
            case .unmodifiable(let why):
                return Outcome(.protected, "The role \(role.name) was not changed: \(why)", mode: mode)
            case .overwritten(let other):
                asked = environment.instant()
                environment.logger.warning("the trust policy was changed by somebody else meanwhile; editing again")
                trusted = other
            case .notMade(let same, let error):
                lostWrites += 1
                guard lostWrites < Self.lostWrites else { throw notMade(error, lostWrites) }
                trusted = same
                asked = environment.instant()
            }
        }
        throw HandlerError(
            .conflictingChange,
            "somebody keeps changing the trust policy of \(role): the Deny was written \(writes) times "
                + "and was gone each time; find out who writes it (CloudTrail: UpdateAssumeRolePolicy)"
        )
    }

    private func notMade(_ error: AWSError, _ times: Int) -> HandlerError {
        HandlerError(
            .serviceUnavailable,
            "the trust policy of \(role) was not changed: IAM did not answer the write (\(times) times) and shows the "
                + "document from before; a retry makes the change. Last: \(error)"
        )
    }

    private func isDone(_ document: PolicyDocument, _ deny: Deny) -> Bool {
        guard let index = document.index(ofSid: deny.sid) else { return false }
        return Deny(recognising: document.statements[index].json, .trustPolicy)?.deniesTheSame(as: deny) == true
            && document.denies(principal, deny.actions, zone: zone)
    }

    private enum Plan {
        case edit(ProvenEdit)
        case over(Outcome)
    }

    /// Everything that speaks against an edit, cheapest and most harmless first.
    private func plan(
        _ trusted: TrustedRole,
        _ record: FindingRecord,
        _ archived: Result<[FindingRecord], AWSError>,
        _ reader: RoleReader
    ) async throws(HandlerError) -> Plan {
        let document = trusted.document
        if let outcome = alreadyBlocked(document) ?? stale(document) { return .over(outcome) }
        switch tagVerdict(trusted.role, environment.settings) {
        case .free: break
        case .exempt(let why):
            return .over(Outcome(.exempt, "The role \(role.name) was not changed: \(why).", mode: mode))
        case .protected(let why):
            return .over(Outcome(.protected, "The role \(role.name) was not changed: \(why).", mode: mode))
        }
        if let why = deadPrincipal(in: document, of: role) { return .over(refused(why)) }
        let archivedRecords: [FindingRecord]
        switch archived {
        case .success(let records): archivedRecords = records
        case .failure(let error): throw HandlerError(error)
        }
        let edit: ProvenEdit
        do throws(PolicyError) {
            edit = try provenEdit(document, record, archivedRecords)
        } catch {
            return .over(refused("Gatehouse added no Deny: \(error)."))
        }
        if let why = try await overQuota(edit, reader) { return .over(refused("Gatehouse added no Deny: \(why).")) }
        environment.logger.info("the edit is proven", metadata: ["proof": .string(edit.proof.joined(separator: " "))])
        return .edit(edit)
    }

    private func provenEdit(
        _ document: PolicyDocument,
        _ record: FindingRecord,
        _ archived: [FindingRecord]
    ) throws(PolicyError) -> ProvenEdit {
        let conditions = finding.condition.keys + (record.condition?.keys ?? [])
        let deny = try Deny.planned(
            finding: finding.id,
            principal: principal,
            actions: finding.actions,
            conditionKeys: conditions + document.conditionKeys(reaching: principal),
            zone: zone,
            dialect: .trustPolicy
        )
        if let intended = archived.first(where: { blocks(deny, $0) }) {
            throw PolicyError("it would also block an access that was archived as intended (finding \(intended.id))")
        }
        let edit = try ProvenEdit(adding: deny, to: document, against: principal, zone: zone, dialect: .trustPolicy)
        return edit
    }

    private func alreadyBlocked(_ document: PolicyDocument) -> Outcome? {
        let actions = Deny.deniable(finding.actions, of: principal, .trustPolicy)
        // An action that no Deny of ours could name is no reason to call the others all there is.
        guard !actions.isEmpty,
            finding.actions.filter(PolicyDialect.trustPolicy.isOfService)
                .allSatisfy(PolicyDialect.trustPolicy.isDeniable)
        else { return nil }
        if document.denies(principal, actions, zone: zone) {
            let ours = Deny.sid(forFinding: finding.id).flatMap { document.index(ofSid: $0) }
                .flatMap { Deny(recognising: document.statements[$0].json, .trustPolicy) }
                .flatMap { $0.denies(principal, actions, zone: zone) ? $0 : nil }
            let who = ours == nil ? "a statement that was there before" : "our own statement for this finding"
            return Outcome(
                .alreadyResolved,
                "The access to \(role.name) is already denied by \(who), so there is nothing to write." + whatStaysOpen,
                mode: mode,
                rollback: ours == nil ? nil : rollback
            )
        }
        return nil
    }

    /// What a document that does not let the finding's principal in makes of the finding.
    private func stale(_ document: PolicyDocument) -> Outcome? {
        let actions = finding.actions.filter(PolicyDialect.trustPolicy.isDeniable)
        guard !actions.isEmpty else { return nil }
        if let organization = zone.organization, document.letsInMembersOnly(principal, actions, zone: zone) {
            return refused(
                "The trust policy of \(role.name) lets the principal in only from \(organization), inside the zone of trust."
            )
        }
        if principal == .everyone {
            guard !document.letsEverybodyIn(actions, zone: zone) else { return nil }
            if let other = document.outsidersLetIn(actions, zone: zone).first {
                return refused(
                    "\(Outcome.staleOpening): the trust policy of \(role.name) no longer lets everybody in, but "
                        + "\(other.element.value), whom this finding is not about."
                )
            }
        } else if !document.allowsNothing(principal, actions, zone: zone) {
            return nil
        }
        return Outcome(
            .alreadyResolved,
            "The trust policy of \(role.name) no longer lets the principal in, so there is nothing to write.",
            mode: mode
        )
    }

    /// A sentence on what a Deny cannot block; empty when it blocks all of the access.
    private var whatStaysOpen: String {
        Deny.staysOpen(finding.actions, of: principal).map { " Not blocked: \($0)." } ?? ""
    }

    private func blocks(_ deny: Deny, _ record: FindingRecord) -> Bool {
        guard record.id != finding.id else { return false }
        // Where the actions are not told, every one of ours may be among them.
        let actions = record.actions.flatMap { $0.isEmpty ? nil : $0 } ?? deny.actions
        return record.principals.contains { deny.blocks($0, actions, zone: zone) }
    }

    private func overQuota(_ edit: ProvenEdit, _ reader: RoleReader) async throws(HandlerError) -> String? {
        let size = edit.after.size
        guard size > PolicyDialect.trustPolicy.defaultQuota else { return nil }
        var quota = PolicyDialect.trustPolicy.defaultQuota
        var source = "the default quota (the account's own is not told)"
        do throws(AWSError) {
            let summary = try await reader.iam.call(GetAccountSummary(partition: reader.partition))
            if let own = summary["AssumeRolePolicySizeQuota"] { (quota, source) = (own, "the account's quota") }
        } catch {
            guard error.kind == .accessDenied else { throw HandlerError(error) }
            source = "the default quota (the account's own could not be read: \(error.code ?? "access denied"))"
        }
        guard size > quota else { return nil }
        return "the trust policy has \(edit.before.size) characters and would have \(size) with the Deny, but "
            + "\(source) is \(quota)"
    }

    // MARK: Outcomes

    private var rollback: Outcome.Rollback {
        Outcome.Rollback(
            findingID: finding.id,
            command: rollbackCommand(
                finding: finding.id,
                resource: role.description,
                region: finding.analyzerRegion
            )
        )
    }

    private func refused(_ why: String) -> Outcome {
        Outcome(.refused, why, mode: mode)
    }

    private func gone() -> Outcome {
        Outcome(.alreadyResolved, "The role \(role.name) no longer exists, so there is nothing to write.", mode: mode)
    }

    private func outcome(
        _ status: Outcome.Status,
        _ verb: String,
        _ before: PolicyDocument,
        _ after: PolicyDocument
    ) -> Outcome {
        let sid = Deny.sid(forFinding: finding.id) ?? ""
        var whom = principal == .everyone ? "everybody outside the zone of trust" : principal.element.value
        if let organization = zone.organization, principal.isAWS { whom += ", unless it is in \(organization)," }
        return Outcome(
            status,
            "A Deny (Sid \(sid)) for \(whom) \(verb) to the trust policy of \(role.name)." + whatStaysOpen,
            mode: mode,
            changes: [trustPolicyChange(role, before, after)],
            rollback: status == .resolved ? rollback : nil
        )
    }
}

/// An edit of a trust policy as an outcome shows it.
func trustPolicyChange(_ role: RoleARN, _ before: PolicyDocument, _ after: PolicyDocument) -> Outcome.Change {
    Outcome.Change(
        resource: role.description,
        operation: "iam:UpdateAssumeRolePolicy",
        before: .object(before.json),
        after: .object(after.json),
        diff: unifiedDiff(JSON.object(before.json).text(.pretty), JSON.object(after.json).text(.pretty))
    )
}

/// The region of an analyzer, as a place to ask.
func region(of analyzer: ARN) throws(HandlerError) -> Region {
    do {
        return try Region(analyzer.region)
    } catch {
        throw HandlerError(.invalidEvent, "the analyzer \(analyzer): \(error.message)")
    }
}

/// Why a document cannot be written back at all: IAM refuses one that names a deleted user or role.
func deadPrincipal(in document: PolicyDocument, of role: RoleARN) -> String? {
    document.deadPrincipals.first.map { dead in
        "The trust policy of \(role.name) names \(dead.id), the id of a deleted user or role, in \(dead.statement), "
            + "and IAM refuses every write of such a document: clean that statement up."
    }
}
