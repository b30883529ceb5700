import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// Secrets Manager secrets: tags, name, description.
enum Secret: KnownResourceType {
    static let type = ResourceType.secret
    static let keys: [ContextKey] = [.tags, .name, .description]
    static let permissions = ["secretsmanager:DescribeSecret"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [resource.secret()]
    }
}

extension LookedUpResource {
    fileprivate func secret() -> LookUp {
        LookUp([.tags, .name, .description]) { () async throws(AWSError) in
            let secret = try await aws.call(DescribeSecret(secretARN: id, region: region))
            try check(secret.arn)
            return try described(secret)
        }
    }
}
