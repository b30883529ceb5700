import ArgumentParser
import Basics
import Findings
import Policies

/// A type of resource whose policies can be checked.
struct CheckedType: Sendable, ExpressibleByArgument {
    let type: ResourceType
    /// The services whose actions its policy is about, as actions begin.
    let services: [String]
    /// What CheckNoPublicAccess calls it; `nil` where AWS does not check the type.
    let publicCheckName: String?
    /// What ValidatePolicy calls it; `nil` where AWS has no checks of its own for the type.
    let validationName: String?

    /// The type of roles in AWS's checks, which are about trust policies.
    private static let trustPolicy = "AWS::IAM::AssumeRolePolicyDocument"

    private init(_ type: ResourceType, _ service: String, isPublicChecked: Bool = true, isValidated: Bool = false) {
        self.type = type
        services = [service]
        let name = type == .iamRole ? Self.trustPolicy : type.name
        publicCheckName = isPublicChecked ? name : nil
        validationName = isValidated ? name : nil
    }

    /// Whether it is the trust policy of a role.
    var isTrustPolicy: Bool { type == .iamRole }

    /// Whether its policies are about the resource that has them and nothing in it, so that `Resource` `*` is that one.
    var isOfOneResource: Bool {
        [.sqsQueue, .snsTopic, .kmsKey, .secret, .efsFileSystem, .lambdaLayerVersion, .dynamoDBStream].contains(type)
    }

    /// Every type that Access Analyzer reports and that has a policy.
    ///
    /// Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
    static let all = [
        CheckedType(.s3Bucket, "s3", isValidated: true), CheckedType(.s3DirectoryBucket, "s3express"),
        CheckedType(.iamRole, "sts", isValidated: true), CheckedType(.sqsQueue, "sqs"),
        CheckedType(.lambdaFunction, "lambda"), CheckedType(.lambdaLayerVersion, "lambda", isPublicChecked: false),
        CheckedType(.kmsKey, "kms"), CheckedType(.secret, "secretsmanager"),
        CheckedType(.efsFileSystem, "elasticfilesystem"), CheckedType(.ecrRepository, "ecr", isPublicChecked: false),
        CheckedType(.snsTopic, "sns"), CheckedType(.dynamoDBTable, "dynamodb", isValidated: true),
        CheckedType(.dynamoDBStream, "dynamodb"),
    ]

    init?(argument: String) {
        let wanted = argument.lowercasedASCII
        let found = Self.all.first { checked in
            checked.type.name.lowercasedASCII == wanted
                || checked.isTrustPolicy && wanted == Self.trustPolicy.lowercasedASCII
        }
        guard let found else { return nil }
        self = found
    }

    static var allValueStrings: [String] { all.map(\.type.name) }

    /// The actions among a statement's patterns that let a principal into such a resource; a star of all services means
    /// those of this one.
    func relevant(_ pattern: String, to principal: Principal) -> [String] {
        let lower = pattern.lowercasedASCII
        if isTrustPolicy {
            // Only these three let somebody become the role.
            let ways =
                switch principal {
                case .federated: Self.federatedWays
                case .everyone: [Self.ownWay] + Self.federatedWays
                default: [Self.ownWay]
                }
            return ways.filter { Wildcards.match(lower, $0.lowercasedASCII) }
        }
        guard let colon = lower.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return lower == "*" ? services.map { "\($0):*" } : []
        }
        let name = pattern[pattern.utf8.index(after: colon)...]
        return services.filter { Wildcards.match(String(lower[..<colon]), $0) }.map { "\($0):\(name)" }
    }

    /// Every action that there may be.
    func allActions(to principal: Principal) -> [String] {
        relevant("*", to: principal)
    }

    private static let ownWay = "sts:AssumeRole"
    private static let federatedWays = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
}
