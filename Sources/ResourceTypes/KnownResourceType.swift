package import AWSClient
package import Basics
package import Findings
package import LosslessJSON
package import Messages
package import Policies

/// What is known of one type of resource, in its own file; a new type is a new file and a line in `KnownResourceTypes`.
package protocol KnownResourceType: SendableMetatype {
    /// Its name, words and weight.
    static var type: ResourceType { get }
    /// The keys of the context that the look-ups give, and that are unavailable where none can be made.
    static var keys: [ContextKey] { get }
    /// The permissions that the look-ups of one resource need, in its own account, as IAM names actions. Of several ways to
    /// the same answer the one with the narrowest permission is taken.
    static var permissions: [String] { get }
    /// What to ask about a resource; what its ARN says already goes into `known`. Throws when the ARN is none of the type.
    static func lookUps(of resource: LookedUpResource, _ known: inout ContextBuilder) throws(AWSError) -> [LookUp]
    /// The permissions that closing access takes, in the resource's own account; empty where nothing closes it yet.
    static var changePermissions: [String] { get }
    /// What closes access to a resource of the type; `nil` where nothing does yet, and for the ARN of another type.
    static func remedy(for resource: ChangedResource) -> (any Remedy)?
    /// Whether it depends on the finding what closes access.
    static var choosesByFinding: Bool { get }
    /// What closes an access, in order: several where it comes from several places.
    static func remedies(for resource: ChangedResource, closing access: AccessToClose) -> [ChosenRemedy]
    /// Everything that may have closed an access.
    static func remedies(for resource: ChangedResource) -> [any Remedy]
    /// What may be done once an access is closed, because closing it does not end what has begun; `nil` for most.
    static func followUp(for resource: ChangedResource, now: @escaping @Sendable () -> Timestamp) -> (any Remedy)?

    /// Whether closing somebody's access is decided by a person, whatever a rule says.
    static func needsApproval(closing principal: Principal) -> Bool
    /// A resource as it would be after changes, in the words of Access Analyzer's previews; `nil` where it has no previews
    /// of the type.
    ///
    /// Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Configuration.html
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON?

    /// The name that people know the resource of a case under.
    static func name(_ input: Case) -> String
    /// The page of the console that shows who has access, behind the console's domain; `nil` where it is not known.
    static func consolePath(_ resource: ARN, region: String) -> String?
    /// How to see and take away an access by hand, a step each.
    static func steps(_ input: Case) -> [String]
    /// How CloudTrail knows what opens access to a resource; `nil` where nothing is known of that.
    static func trail(_ resource: ARN, region: String) -> TrailSearch?
    /// What to tell of a change of ours; `nil` where none is made.
    static func change(_ input: Case) -> ChangeGuide?
}

extension KnownResourceType {
    package static var changePermissions: [String] { [] }

    package static func consolePath(_ resource: ARN, region: String) -> String? { nil }

    package static func trail(_ resource: ARN, region: String) -> TrailSearch? { nil }

    package static func change(_ input: Case) -> ChangeGuide? { nil }

    package static func needsApproval(closing principal: Principal) -> Bool { false }

    package static func followUp(
        for resource: ChangedResource,
        now: @escaping @Sendable () -> Timestamp
    ) -> (any Remedy)? { nil }

    package static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? { nil }

    package static func remedy(for resource: ChangedResource) -> (any Remedy)? { nil }

    package static var choosesByFinding: Bool { false }

    package static func remedies(for resource: ChangedResource, closing access: AccessToClose) -> [ChosenRemedy] {
        remedy(for: resource).map { [ChosenRemedy($0, closes: access.sources)] } ?? []
    }

    package static func remedies(for resource: ChangedResource) -> [any Remedy] {
        remedy(for: resource).map { [$0] } ?? []
    }
}
