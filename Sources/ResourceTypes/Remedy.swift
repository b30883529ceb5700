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

    package init(_ state: State, tags: [Tag]?) {
        self.state = state
        self.tags = tags
    }
}

/// How an attempt to read a resource ended.
package enum Reading<State: RemedyState>: Sendable {
    case read(TaggedState<State>)
    /// There is no such resource.
    case gone
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
    /// Somebody has edited what was ours.
    case conflict(String)
}

/// Why a service did not take a change; nothing was changed.
package enum WriteRefusal: Sendable, Equatable {
    /// The resource is no longer there.
    case gone
    /// It takes no such state, as sentences.
    case refused(String)
    /// Only AWS may change this resource, in the service's words.
    case unmodifiable(String)
}

/// One way to close one access to one resource: what is read, what would be written, why that is safe, and the way back.
///
/// It knows nothing of modes, locks, ledgers and messages, and holds no credentials. AWS is given to each function that
/// asks, with credentials of the resource's account.
package protocol Remedy: Sendable {
    associatedtype State: RemedyState

    /// The call that changes the resource, as IAM names it: `iam:UpdateAssumeRolePolicy`.
    static var operation: String { get }
    /// The service that is asked, as people write it.
    static var service: String { get }
    /// What is changed, in the middle of a sentence: `trust policy`.
    static var subject: String { get }
    /// What the remedy needs in the resource's account, `operation` included, as IAM names actions.
    static var permissions: [String] { get }

    /// The resource's ARN.
    var resource: String { get }
    /// The resource's name, as people know it.
    var name: String { get }
    /// The resource in the middle of a sentence: `role Alice`.
    var words: String { get }
    /// The account that owns the resource.
    var account: String { get }
    var partition: Partition { get }

    /// Why the resource must never be changed, by its name alone, in words that follow a colon; `nil` for every other.
    ///
    /// - Parameter memberRole: the name of the role that Gatehouse works with in other accounts.
    func protection(memberRole: String?) -> String?

    /// What enrichment read of the resource (`LookUpAnswer.resource`), where that is all that `read` would ask for; `nil`
    /// where it has to be read.
    func reading(of lookedUp: any Sendable) -> Reading<State>?

    /// Reads the resource.
    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<State>

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
    /// - Parameter known: what the finding is about, where that is known.
    func undo(finding id: String, _ known: ClosedAccess?, in state: State) -> UndoPlan<State>

    /// Writes the edit's state after.
    func write(_ edit: Edit<State>, _ aws: any AWSCaller) async throws(AWSError)

    /// What an error of `write` says about the resource; `nil` for every other.
    func refusal(_ error: AWSError) -> WriteRefusal?
}

extension Remedy {
    package func reading(of lookedUp: any Sendable) -> Reading<State>? { nil }
}

/// What a finding says that somebody outside can do.
package struct ReportedAccess: Sendable {
    /// As AWS writes it.
    package let findingID: String
    package let principal: Principal
    package let actions: [String]
    /// The keys of the conditions under which the access is given.
    package let conditionKeys: [String]
    package let zone: ZoneOfTrust

    package init(
        findingID: String,
        principal: Principal,
        actions: [String],
        conditionKeys: [String],
        zone: ZoneOfTrust
    ) {
        self.findingID = findingID
        self.principal = principal
        self.actions = actions
        self.conditionKeys = conditionKeys
        self.zone = zone
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
