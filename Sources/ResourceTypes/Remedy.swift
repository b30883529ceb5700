package import AWSClient
package import AWSOperations
package import Basics
package import LosslessJSON
package import Policies

/// What a remedy reads of a resource, and changes.
package protocol RemedyState: Sendable, Equatable {
    /// The state as outcomes show it.
    var shown: JSON { get }
}

/// A state as it was read, with the resource's tags; they are `nil` where they could not be read.
package struct TaggedState<State: RemedyState>: Sendable, Equatable {
    package let state: State
    package let tags: [Tag]?
    /// Why only AWS may change the resource, in words that follow a colon; `nil` for most.
    package let ownedByAWS: String?

    package init(_ state: State, tags: [Tag]?, ownedByAWS: String? = nil) {
        self.state = state
        self.tags = tags
        self.ownedByAWS = ownedByAWS
    }
}

/// How an attempt to read a resource ended.
package enum Reading<State: RemedyState>: Sendable {
    case read(TaggedState<State>)
    /// There is no such resource.
    case gone
    /// The resource is there, but has nothing of the kind that would be changed.
    case absent
    /// The service has not the operations that are needed here: another remedy may do (`Remedy.fallback`).
    case unsupported
    /// It was read, but nothing can be changed by what was read, and why, as a sentence.
    case unusable(String)
}

/// A change that is planned, and proven safe.
package struct Edit<State: RemedyState>: Sendable {
    package let before: State
    package let after: State
    /// As a sentence on something that was done.
    package let done: String
    /// As a sentence on something that would be done.
    package let planned: String
    /// Each step of the proof in a sentence.
    package let proof: [String]
    /// Whether a state that was read back holds the change.
    package let holds: @Sendable (State) -> Bool

    package init(
        before: State,
        after: State,
        done: String,
        planned: String,
        proof: [String] = [],
        holds: @escaping @Sendable (State) -> Bool
    ) {
        self.before = before
        self.after = after
        self.done = done
        self.planned = planned
        self.proof = proof
        self.holds = holds
    }
}

/// What a resource's state makes of a finding before anything is planned; each with a sentence.
package enum Conclusion: Sendable, Equatable {
    /// Our own change for this very finding closes the access.
    case closedByUs(String)
    /// The access is closed or gone.
    case closed(String)
    /// The finding must not be acted on.
    case refused(String)
}

/// A change that closes an access, or why none would be safe, as a sentence.
package enum Plan<State: RemedyState>: Sendable {
    case edit(Edit<State>)
    case refused(String)
}

/// A change that takes an earlier one back, or why none is made, as a sentence.
package enum UndoPlan<State: RemedyState>: Sendable {
    case edit(Edit<State>)
    case refused(String)
    /// There is nothing of ours, or what we took out is there again.
    case nothing(String)
    /// Somebody has edited what was ours.
    case conflict(String)

    /// A case that takes out others than the finding is about is not believed.
    static func ofOthers(than principal: Principal) -> UndoPlan {
        .refused(
            "The change takes out others than \(principal.element.value), whom the finding is about: nothing was put back."
        )
    }
}

/// Why a service did not take a change; nothing was changed.
package enum WriteRefusal: Sendable, Equatable {
    /// The resource is no longer there.
    case gone
    /// It takes no such state, as sentences.
    case refused(String)
    /// Only AWS may change this resource, in the service's words.
    case unmodifiable(String)
    /// Another change of it is being made, in the service's words: a retry finds it done.
    case busy(String)
    /// Somebody has changed it since it was read: the service's own token says so.
    case outdated
}

/// One way to close one access to one resource: what is read, what would be written, why that is safe, and the way back.
///
/// It knows nothing of modes, locks, ledgers and messages, and holds no credentials. AWS is given to each function that
/// asks, with credentials of the resource's account.
package protocol Remedy: Sendable {
    associatedtype State: RemedyState

    /// The call that changes the resource, as IAM names it: `iam:UpdateAssumeRolePolicy`.
    var operation: String { get }
    /// The service that is asked, as people write it.
    var service: String { get }
    /// What is changed, in the middle of a sentence: `trust policy`.
    var subject: String { get }
    /// The resource's ARN.
    var resource: String { get }
    /// The resource's name, as people know it.
    var name: String { get }
    /// The resource in the middle of a sentence: `role Alice`.
    var words: String { get }
    /// The account that owns the resource.
    var account: String { get }
    var partition: Partition { get }

    /// Whether what closes an access spares the members of an organization by itself; else nobody may be closed out of
    /// whom it is not known whether they are members.
    var sparesMembers: Bool { get }

    /// Whether what we change can be told as ours afterwards, such as by a Sid; else the resource only shows that the
    /// access is closed.
    var leavesMark: Bool { get }

    /// Why the resource must never be changed, by its name alone, in words that follow a colon; `nil` for every other.
    ///
    /// - Parameter memberRole: the name of the role that Gatehouse works with in other accounts.
    func protection(memberRole: String?) -> String?

    /// What closes an access where the service has not the operations that this needs; `nil` for most.
    var fallback: (any Remedy)? { get }

    /// What enrichment read of the resource (`LookUpAnswer.resource`), where that is all that `read` would ask for; `nil`
    /// where it has to be read.
    func reading(of lookedUp: any Sendable) -> Reading<State>?

    /// Reads the resource.
    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<State>

    /// Reads what a change shows in, to see whether it was made; tags are not needed.
    func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<State>

    /// What the state makes of a finding already; `nil` when a change has to be planned.
    func conclusion(on access: ReportedAccess, in state: State) -> Conclusion?

    /// The smallest change that closes the access, proven.
    ///
    /// - Parameter intended: what people have called intended, which must stay open.
    func plan(
        closing access: ReportedAccess,
        in state: State,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<State>

    /// What of ours closes a finding's access, as far as the state tells; `nil` when nothing does.
    func closedAccess(ofFinding id: String, in state: State) -> ClosedAccess?

    /// The change that takes ours for a finding back.
    ///
    /// - Parameters:
    ///   - known: what the finding is about, where that is known.
    ///   - change: what was changed for the finding, where a case or the journal says it.
    func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: State
    ) -> UndoPlan<State>

    /// Of an edit that takes several writes, what has been made since its first; `nil` for every other, and before it.
    var partlyMade: Edit<State>? { get }

    /// Writes the edit's state after.
    func write(_ edit: Edit<State>, _ aws: any AWSCaller) async throws(AWSError)

    /// What an error of `write` says about the resource; `nil` for every other.
    func refusal(_ error: AWSError) -> WriteRefusal?
}

extension Remedy {
    package var leavesMark: Bool { true }

    package var partlyMade: Edit<State>? { nil }

    package var fallback: (any Remedy)? { nil }

    package func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<State> { try await read(aws) }

    package func reading(of lookedUp: any Sendable) -> Reading<State>? { nil }
}

/// A change of ours as an outcome or the journal has it.
package struct EarlierChange: Sendable {
    /// Such as `ec2:ModifySnapshotAttribute`.
    package let operation: String
    package let before: JSON
    package let after: JSON
    /// Whether we recorded it ourselves; else a case says so, which anybody may have written.
    package let isRecorded: Bool

    package init(operation: String, before: JSON, after: JSON, isRecorded: Bool = false) {
        self.operation = operation
        self.before = before
        self.after = after
        self.isRecorded = isRecorded
    }
}

/// What a finding says that somebody outside can do.
package struct ReportedAccess: Sendable {
    /// As AWS writes it.
    package let findingID: String
    package let principal: Principal
    package let actions: [String]
    /// The conditions under which the access is given, as the finding tells them.
    package let condition: JSONObject
    /// Their keys, and those that Access Analyzer has now.
    package let conditionKeys: [String]
    package let zone: ZoneOfTrust
    /// Where Access Analyzer says that the access comes from; empty where it does not say.
    package let sources: [JSON]
    /// How a Deny names the principal, where both ways are open.
    package let form: Deny.Form

    package init(
        findingID: String,
        principal: Principal,
        actions: [String],
        condition: JSONObject,
        conditionKeys: [String],
        zone: ZoneOfTrust,
        sources: [JSON] = [],
        form: Deny.Form = .condition
    ) {
        self.findingID = findingID
        self.principal = principal
        self.actions = actions
        self.condition = condition
        self.conditionKeys = conditionKeys
        self.zone = zone
        self.sources = sources
        self.form = form
    }
}

/// An access that was archived as intended.
package struct IntendedAccess: Sendable {
    package let findingID: String
    package let principals: [Principal]
    /// Empty where they are not told: then any may be among them.
    package let actions: [String]

    package init(findingID: String, principals: [Principal], actions: [String]) {
        self.findingID = findingID
        self.principals = principals
        self.actions = actions
    }
}

/// Whose access a change of ours closes, and to what.
package struct ClosedAccess: Sendable {
    /// `nil` where nothing says it.
    package let principal: Principal?
    /// Empty where nothing says them.
    package let actions: [String]

    package init(principal: Principal?, actions: [String]) {
        self.principal = principal
        self.actions = actions
    }
}
