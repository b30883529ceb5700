import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies
import Synchronization

/// The permission statements of a function or of a layer's version, where Lambda takes no Deny: those that give one
/// principal the access are taken out, and can be put back exactly.
struct PermissionStatements: Remedy {
    /// What Lambda is asked.
    struct Calls: Sendable {
        let read: @Sendable (any AWSCaller) async throws(AWSError) -> ResourcePolicy?
        let readTags: @Sendable (any AWSCaller) async throws(AWSError) -> [Tag]
        let remove: @Sendable (_ sid: String, _ revision: String?, any AWSCaller) async throws(AWSError) -> Void
        /// How a statement is added again; `nil` where Lambda cannot be told to.
        let addition: @Sendable (Statement) -> (@Sendable (any AWSCaller) async throws(AWSError) -> Void)?
        /// The names of the writes.
        let writes: [String]
    }

    let target: ChangedResource
    let name: String
    let words: String
    let operation: String
    /// What stays open, as a sentence after a blank; empty for nothing.
    let stays: String
    /// Whether only accounts, organizations and everybody are ever let in.
    let isForAccounts: Bool
    let calls: Calls
    /// How far the taking out of several statements, one by one, has come.
    private let progress = Progress()

    init(
        target: ChangedResource,
        name: String,
        words: String,
        operation: String,
        stays: String = "",
        isForAccounts: Bool = false,
        calls: Calls
    ) {
        self.target = target
        self.name = name
        self.words = words
        self.operation = operation
        self.stays = stays
        self.isForAccounts = isForAccounts
        self.calls = calls
    }

    /// What was asked of Lambda since the first statement was taken out, and whether or not the answer came.
    private final class Progress: Sendable {
        private let state = Mutex<(first: PolicyDocument?, sent: [String])>((nil, []))

        /// The policy before the first removal, and the statements that are taken out since; `nil` before any.
        var begun: (first: PolicyDocument, sent: [String])? {
            state.withLock { state in state.first.map { ($0, state.sent) } }
        }

        func begin(_ document: PolicyDocument) { state.withLock { $0.first = $0.first ?? document } }
        func send(_ sid: String) { state.withLock { $0.sent.append(sid) } }
        func withdraw(_ sid: String) { state.withLock { state in state.sent.removeAll { $0 == sid } } }
    }

    let service = "Lambda"
    let subject = "policy"
    let sparesMembers = false
    let leavesMark = false
    var resource: String { target.arn.description }
    var account: String { target.account }
    var partition: Partition { target.partition }
    private var document: String { "policy of the \(words)" }

    func protection(memberRole: String?) -> String? { nil }

    // MARK: Reading

    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<PolicyState> {
        async let tagsAnswer = Result { () async throws(AWSError) in try await calls.readTags(aws) }
        let policy = try await calls.read(aws)
        return reading(policy, tags: try Tag.unlessDenied(await tagsAnswer))
    }

    func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<PolicyState> {
        reading(try await calls.read(aws), tags: nil)
    }

    private func reading(_ policy: ResourcePolicy?, tags: [Tag]?) -> Reading<PolicyState> {
        guard let text = policy?.text else { return .read(TaggedState(PolicyState(.empty), tags: tags)) }
        do {
            let document = try PolicyDocument(text: text)
            return .read(TaggedState(PolicyState(document, revision: policy?.revision), tags: tags))
        } catch {
            return .unusable("The policy of \(resource) cannot be read: \(error).")
        }
    }

    // MARK: Closing

    /// The statements that give the access in the finding's way, by their place.
    private func giving(_ access: ReportedAccess, in document: PolicyDocument) -> [Int] {
        document.statements(giving: access.actions, to: access.principal, under: access.condition)
    }

    /// The organization to which the finding says that the access is limited.
    private func organization(_ access: ReportedAccess) -> String? {
        let value = access.condition.members.first { $0.key.lowercasedASCII == "aws:principalorgid" }?.value
        return value?.string ?? value?.array?.first?.string
    }

    func conclusion(on access: ReportedAccess, in state: PolicyState) -> Conclusion? {
        switch access.principal {
        case .everyone, .account: break
        default:
            guard isForAccounts else { break }
            return .refused(
                "A layer version is shared with accounts, organizations or everybody, not with "
                    + "\(access.principal.element.value.printable(limit: 200))."
            )
        }
        if let organization = organization(access), organization == access.zone.organization {
            return .refused(
                "The \(document) lets the principal in only from \(organization), inside the zone of trust."
            )
        }
        guard giving(access, in: state.document).isEmpty, beforeUs(state.document) == state.document else { return nil }
        return .closed("The \(document) no longer lets the principal in, so there is nothing to write.")
    }

    func plan(
        closing access: ReportedAccess,
        in state: PolicyState,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<PolicyState> {
        if let other = intended.first(where: {
            $0.findingID != access.findingID && $0.principals.contains(access.principal)
        }) {
            return .refused(
                "Gatehouse took nothing out: it would also close an access that was archived as intended (finding "
                    + "\(other.findingID))."
            )
        }
        let places = giving(access, in: state.document)
        for place in places where calls.addition(state.document.statements[place]) == nil {
            return .refused(
                "Gatehouse took nothing out: \(state.document.name(ofStatement: place)) could not be put back exactly, or "
                    + "lets in somebody else too."
            )
        }
        let rest = state.document.statements.indices.filter { !places.contains($0) }.map {
            state.document.statements[$0]
        }
        return .edit(
            takingOut(
                from: PolicyState(beforeUs(state.document), revision: state.revision),
                to: rest.isEmpty ? .empty : state.document.keeping(rest)
            )
        )
    }

    private func takingOut(from before: PolicyState, to after: PolicyDocument) -> Edit<PolicyState> {
        let kept = Set(after.statements.compactMap(\.sid))
        let removed = before.document.statements.compactMap(\.sid).filter { !kept.contains($0) }
        let isOne = removed.count == 1
        func summary(_ verb: String) -> String {
            "The \(isOne ? "statement" : "statements") \(removed.joined(separator: ", ")) \(verb) out of the \(document)."
                + stays
        }
        return Edit(
            before: before,
            after: PolicyState(after),
            done: summary(isOne ? "was taken" : "were taken"),
            planned: summary("would be taken"),
            proof: ["Each statement that is taken out names that principal alone; the others stay (\(kept.count))."]
        ) { now in now.document.statements.allSatisfy { !removed.contains($0.sid ?? "") } }
    }

    /// A policy with what we have taken out of it, in the order of before; what others added or took out is as it is now,
    /// so that nothing of theirs is ever taken for ours to add.
    private func beforeUs(_ now: PolicyDocument) -> PolicyDocument {
        guard let (first, sent) = progress.begun else { return now }
        let present = Set(now.statements.compactMap(\.sid))
        guard !sent.allSatisfy(present.contains) else { return now }
        let known = Set(first.statements.compactMap(\.sid))
        let earlier = first.statements.compactMap { statement in
            now.statements.first { $0.sid == statement.sid } ?? (sent.contains(statement.sid ?? "") ? statement : nil)
        }
        return first.keeping(earlier + now.statements.filter { !known.contains($0.sid ?? "") })
    }

    var partlyMade: Edit<PolicyState>? {
        guard let (first, sent) = progress.begun, !sent.isEmpty else { return nil }
        let rest = first.statements.filter { !sent.contains($0.sid ?? "") }
        return takingOut(from: PolicyState(first), to: rest.isEmpty ? .empty : first.keeping(rest))
    }

    // MARK: The way back

    func closedAccess(ofFinding id: String, in state: PolicyState) -> ClosedAccess? { nil }

    func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: PolicyState
    ) -> UndoPlan<PolicyState> {
        guard let change, change.operation == operation, let before = try? PolicyDocument(change.before) else {
            return .refused(
                "What was taken out of the \(document) is in the case alone, as resolve or respond answered it: give "
                    + "rollback that case."
            )
        }
        let after = (try? PolicyDocument(change.after)) ?? .empty
        let kept = Set(after.statements.compactMap(\.sid))
        let now = Set(state.document.statements.compactMap(\.sid))
        let missing = before.statements.filter { !kept.contains($0.sid ?? "") && !now.contains($0.sid ?? "") }
        if let principal = known?.principal, !missing.allSatisfy({ $0.principals == [principal] }) {
            return .ofOthers(than: principal)
        }
        guard !missing.isEmpty else {
            return .nothing("The \(document) holds what we took out: there is nothing to put back.")
        }
        guard missing.allSatisfy({ calls.addition($0) != nil }) else {
            return .refused("Lambda cannot be told to add what the case says was in the \(document).")
        }
        let sids = missing.compactMap(\.sid)
        let restored = state.document.keeping(state.document.statements + missing)
        let what = missing.count == 1 ? "The statement \(sids[0])" : "The statements \(sids.joined(separator: ", "))"
        return .edit(
            Edit(
                before: state,
                after: PolicyState(restored),
                done: "\(what) \(missing.count == 1 ? "is" : "are") in the \(document) again.",
                planned: "\(what) would be put back into the \(document)."
            ) { now in sids.allSatisfy { sid in now.document.statements.contains { $0.sid == sid } } }
        )
    }

    // MARK: Writing

    func write(_ edit: Edit<PolicyState>, _ aws: any AWSCaller) async throws(AWSError) {
        let after = Set(edit.after.document.statements.compactMap(\.sid))
        let before = Set(edit.before.document.statements.compactMap(\.sid))
        for statement in edit.after.document.statements where !before.contains(statement.sid ?? "") {
            try await calls.addition(statement)?(aws)
        }
        let removed = edit.before.document.statements.compactMap(\.sid).filter { !after.contains($0) }
        guard removed.count > 1 else {
            for sid in removed { try await calls.remove(sid, edit.before.revision, aws) }
            return
        }
        progress.begin(edit.before.document)
        for sid in removed {
            // Every removal makes a new revision.
            guard case .read(let now) = try await readBack(aws),
                now.state.document.statements.contains(where: { $0.sid == sid })
            else { continue }
            progress.send(sid)
            do throws(AWSError) {
                try await calls.remove(sid, now.state.revision, aws)
            } catch {
                if !error.outcomeUnknown { progress.withdraw(sid) }
                throw error
            }
        }
    }

    func refusal(_ error: AWSError) -> WriteRefusal? {
        guard calls.writes.contains(error.operation), error.service == AWSService.lambda.id else { return nil }
        switch error.code {
        // The statement or the policy is no longer there, or somebody has added it: what is there is read again.
        case "PreconditionFailedException", "ResourceNotFoundException", "ResourceConflictException": return .outdated
        case "PolicyLengthExceededException", "InvalidParameterValueException":
            return .refused("Lambda refused to change the permissions (\(error.message)), so they stay as they are.")
        default: return nil
        }
    }
}

extension Outcome.Change {
    /// The statements that were there before and are not after, by their Sids.
    var removedStatements: [JSON] {
        let kept = (after["Statement"]?.array ?? []).compactMap { $0["Sid"]?.string }
        return (before["Statement"]?.array ?? []).filter { !kept.contains($0["Sid"]?.string ?? "") }
    }
}

extension Statement {
    /// Whether it is an Allow of one principal and one action that says nothing else than Lambda can be told to add.
    func isAddable(on resource: String) -> Bool {
        guard let sid, sid.isStatementID, effect == .allow, principals.count == 1, json["Action"]?.string != nil else {
            return false
        }
        return Set(json.keys).isSubset(of: ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"])
            && json["Resource"]?.string ?? resource == resource
    }

    /// The values of its conditions by `operator key`, in lower case; `nil` where one has several.
    var singleConditions: [String: String]? {
        var values: [String: String] = [:]
        for test in json["Condition"]?.object?.members ?? [] {
            for key in test.value.object?.members ?? [] {
                guard let value = key.value.string ?? key.value.bool.map(String.init) else { return nil }
                values["\(test.key) \(key.key)".lowercasedASCII] = value
            }
        }
        return values
    }
}

extension String {
    /// Whether Lambda takes it as the id of a statement.
    fileprivate var isStatementID: Bool {
        !isEmpty && utf8.count <= 100
            && unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_")
            }
    }
}
