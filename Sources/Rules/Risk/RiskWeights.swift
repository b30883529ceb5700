import Findings

/// One thing that raises or lowers the score.
enum Contribution: Int, CaseIterable, Sendable {
    case `public`, anyPrincipal, principalUnknown, principalOutsideOrganization, principalInsideOrganization
    case federated, accessList, accessRead, accessTagging, accessWrite, accessPermissions
    case dataClassification, production, nonProduction, externalId, sourceCondition, analysisFailed

    /// The name that `risk.weights` knows it by.
    var name: String {
        switch self {
        case .public: "public"
        case .anyPrincipal: "anyPrincipal"
        case .principalUnknown: "principalUnknown"
        case .principalOutsideOrganization: "principalOutsideOrganization"
        case .principalInsideOrganization: "principalInsideOrganization"
        case .federated: "federated"
        case .accessList: "accessList"
        case .accessRead: "accessRead"
        case .accessTagging: "accessTagging"
        case .accessWrite: "accessWrite"
        case .accessPermissions: "accessPermissions"
        case .dataClassification: "dataClassification"
        case .production: "production"
        case .nonProduction: "nonProduction"
        case .externalId: "externalId"
        case .sourceCondition: "sourceCondition"
        case .analysisFailed: "analysisFailed"
        }
    }

    /// What it weighs when the rules do not say.
    var defaultPoints: Int {
        switch self {
        case .public: 50
        case .anyPrincipal: 30
        case .principalUnknown: 15
        case .principalOutsideOrganization: 20
        case .principalInsideOrganization: -10
        case .federated: 10
        case .accessList: 5
        case .accessRead: 10
        case .accessTagging: 5
        case .accessWrite: 20
        case .accessPermissions: 25
        case .dataClassification: 25
        case .production: 15
        case .nonProduction: -10
        case .externalId: -15
        case .sourceCondition: -15
        case .analysisFailed: 20
        }
    }

    /// What it means, after its points.
    var words: String {
        switch self {
        case .public: "anybody at all has the access"
        case .anyPrincipal: "every principal is let in, narrowed only by conditions"
        case .principalUnknown: "it is not known whether the principal's account is in your organization"
        case .principalOutsideOrganization: "the principal's account is not in your organization"
        case .principalInsideOrganization: "the principal's account is in your organization"
        case .federated: "users sign in through an identity provider"
        case .accessList: "can list what is there"
        case .accessRead: "can read it"
        case .accessTagging: "can change tags"
        case .accessWrite: "can change or delete it, or act as it"
        case .accessPermissions: "can change who has access"
        case .dataClassification: "a tag says that the data is sensitive"
        case .production: "a tag says that it is production"
        case .nonProduction: "a tag says that it is not production"
        case .externalId: "the policy requires an external ID"
        case .sourceCondition: "a condition limits where it may come from"
        case .analysisFailed: "Access Analyzer could not tell who has access"
        }
    }
}

/// How many points each contribution has, with its line for the reasons made beforehand.
struct RiskWeights: Sendable {
    private(set) var points: [Int]
    private(set) var lines: [Reason]
    /// How the line of a contribution by a tag begins.
    private(set) var tagLines: [String]
    private(set) var types: [String: (points: Int, line: Reason)] = [:]
    private var otherType: (points: Int, line: Reason)

    /// Every weight as it is when the rules do not say.
    static let standard = RiskWeights([:])

    /// The name of the weight of the types that have none of their own.
    static let otherTypeName = "resourceType:other"

    init(_ own: [String: Int]) {
        points = []
        lines = []
        tagLines = []
        for contribution in Contribution.allCases {
            let value = own[contribution.name] ?? contribution.defaultPoints
            points.append(value)
            lines.append(.contribution(value.signed, "\(contribution.name): \(contribution.words)."))
            tagLines.append(Reason.contribution(value.signed, "\(contribution.name): the tag ").text)
        }
        let other = own[Self.otherTypeName] ?? ResourceType.pointsOfOthers
        otherType = (other, .contribution(other.signed, "resourceType: any other type."))
        for type in ResourceType.all {
            let value = own["resourceType:" + type.name] ?? type.riskPoints
            types[type.name] = (value, .contribution(value.signed, "resourceType:\(type)."))
        }
        for (name, value) in own {
            guard let type = name.after("resourceType:"), name != Self.otherTypeName else { continue }
            types[type] = (value, .contribution(value.signed, "resourceType:\(type)."))
        }
    }

    /// The points of a resource type, and its line.
    func type(_ name: String) -> (points: Int, line: Reason) {
        types[name] ?? otherType
    }

    subscript(_ contribution: Contribution) -> Int { points[contribution.rawValue] }
}

extension Int {
    /// `+20`, `-15`.
    var signed: String {
        self < 0 ? String(self) : "+\(self)"
    }
}
