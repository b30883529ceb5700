import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// With whom a snapshot is shared.
struct SharingState: RemedyState {
    /// As the service calls the list.
    let attribute: String
    /// Account ids, and `all`.
    let sharedWith: [String]

    var shown: JSON { .object(JSONObject([(attribute, .array(sharedWith.map(JSON.string)))])) }

    /// Whether both share with the same, in whatever order.
    static func == (left: SharingState, right: SharingState) -> Bool {
        Set(left.sharedWith) == Set(right.sharedWith)
    }
}

/// The sharing of a snapshot: one account, or everybody, is taken out of it and can be put back exactly.
struct SnapshotSharing: Remedy {
    let target: ChangedResource
    let operation: String
    let service: String
    let name: String
    let words: String
    let attribute: String
    /// The write's name and service, for its errors.
    let write: (name: String, service: AWSService)
    let gone: [String]
    let refused: [String]
    /// `nil` where there is no such snapshot.
    let readSharing: @Sendable (any AWSCaller) async throws(AWSError) -> [String]?
    let readTags: @Sendable (any AWSCaller) async throws(AWSError) -> [Tag]
    let modify: @Sendable (_ isAdding: Bool, _ whom: [String], any AWSCaller) async throws(AWSError) -> Void

    let subject = "sharing"
    let sparesMembers = false
    let leavesMark = false
    var resource: String { target.arn.description }
    var account: String { target.account }
    var partition: Partition { target.partition }

    func protection(memberRole: String?) -> String? { nil }

    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<SharingState> {
        async let tagsAnswer = Result { () async throws(AWSError) in try await readTags(aws) }
        guard let sharedWith = try await readSharing(aws) else { return .gone }
        let state = SharingState(attribute: attribute, sharedWith: sharedWith)
        return .read(TaggedState(state, tags: try Tag.unlessDenied(await tagsAnswer)))
    }

    func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<SharingState> {
        guard let sharedWith = try await readSharing(aws) else { return .gone }
        return .read(TaggedState(SharingState(attribute: attribute, sharedWith: sharedWith), tags: nil))
    }

    /// How the list names a principal; `nil` for one that it cannot name.
    private func value(_ principal: Principal) -> String? {
        switch principal {
        case .everyone: "all"
        case .account(let id): id
        default: nil
        }
    }

    private func whom(_ value: String) -> String {
        value == "all" ? "everybody" : "account \(value)"
    }

    func conclusion(on access: ReportedAccess, in state: SharingState) -> Conclusion? {
        guard let value = value(access.principal) else {
            return .refused(
                "A snapshot is shared with accounts or everybody, not with \(access.principal.element.value)."
            )
        }
        guard !state.sharedWith.contains(value) else { return nil }
        return .closed("The \(words) is not shared with \(whom(value)), so there is nothing to write.")
    }

    func plan(
        closing access: ReportedAccess,
        in state: SharingState,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<SharingState> {
        let value = value(access.principal) ?? ""
        if let other = intended.first(where: {
            $0.findingID != access.findingID && $0.principals.contains(access.principal)
        }) {
            return .refused(
                "The \(words) was not changed: the same sharing was archived as intended (finding \(other.findingID))."
            )
        }
        let after = SharingState(attribute: attribute, sharedWith: state.sharedWith.filter { $0 != value })
        return .edit(
            Edit(
                before: state,
                after: after,
                done: "The \(words) is no longer shared with \(whom(value)); what was made from it stays where it is.",
                planned: "The \(words) would no longer be shared with \(whom(value)).",
                proof: ["Of the list only \(value) is taken out; everybody else on it stays."]
            ) { !$0.sharedWith.contains(value) }
        )
    }

    func closedAccess(ofFinding id: String, in state: SharingState) -> ClosedAccess? { nil }

    /// Nothing of ours is left in the list: what was taken out, the case says that we made.
    func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: SharingState
    ) -> UndoPlan<SharingState> {
        guard let change, change.operation == operation, let before = list(change.before),
            let after = list(change.after)
        else {
            return .refused(
                "What was taken out of the sharing of \(name) is in the case alone, as resolve or respond answered it: "
                    + "give rollback that case."
            )
        }
        let removed = before.filter { !after.contains($0) }
        if let principal = known?.principal, removed.contains(where: { $0 != value(principal) }) {
            return .ofOthers(than: principal)
        }
        let missing = removed.filter { !state.sharedWith.contains($0) }
        guard let first = missing.first else {
            return .nothing("The \(words) is shared with whom we took out: there is nothing to put back.")
        }
        let names = missing.count == 1 ? whom(first) : missing.joined(separator: ", ")
        let restored = SharingState(attribute: attribute, sharedWith: state.sharedWith + missing)
        return .edit(
            Edit(
                before: state,
                after: restored,
                done: "The \(words) is shared with \(names) again.",
                planned: "The \(words) would be shared with \(names) again."
            ) { now in missing.allSatisfy(now.sharedWith.contains) }
        )
    }

    private func list(_ json: JSON) -> [String]? {
        json[attribute]?.array?.compactMap(\.string)
    }

    func write(_ edit: Edit<SharingState>, _ aws: any AWSCaller) async throws(AWSError) {
        let (before, after) = (edit.before.sharedWith, edit.after.sharedWith)
        let added = after.filter { !before.contains($0) }
        let removed = before.filter { !after.contains($0) }
        if !removed.isEmpty { try await modify(false, removed, aws) }
        if !added.isEmpty { try await modify(true, added, aws) }
    }

    func refusal(_ error: AWSError) -> WriteRefusal? {
        guard error.operation == write.name, error.service == write.service.id, let code = error.code else {
            return nil
        }
        if gone.contains(code) { return .gone }
        guard refused.contains(code) else { return nil }
        return .refused("\(service) refused to change the sharing (\(error.message)), so it stays as it is.")
    }
}
