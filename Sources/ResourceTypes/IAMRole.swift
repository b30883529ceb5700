import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// IAM roles: tags, path, description, last use.
enum IAMRole: KnownResourceType {
    static let type = ResourceType.iamRole
    static let keys: [ContextKey] = [.tags, .description, .lastUsed]
    static let permissions = ["iam:GetRole"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.role(&known)]
    }

    static func remedy(for resource: ARN, _ partition: Partition) -> (any Remedy)? {
        RoleTrustPolicy(resource, partition)
    }
}

extension LookedUpResource {
    fileprivate func role(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        guard let role = RoleARN(arn) else { throw .impossible("'\(id.prefix(200))' is not a role's ARN") }
        known[.name] = .string(role.name)
        known[.path] = .string(role.path)
        return LookUp([.tags, .description, .lastUsed]) { () async throws(AWSError) in
            let found = try await aws.call(GetRole(roleName: role.name, partition: region.partition))
            try check(found.arn)
            var answer = LookUpAnswer()
            if let tags = found.tags {
                answer.learned[.tags] = try object(of: tags)
            } else {
                answer.learned.markUnavailable(.tags, "IAM GetRole: the answer's tags cannot be read")
            }
            answer.learned[.description] = found.description.json
            answer.learned[.lastUsed] = (found.lastUsed?.extended).json
            answer.learned[.createdAt] = (found.createdAt?.extended).json
            return answer
        }
    }
}
