import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// IAM users: tags, path, when the password was last used.
enum IAMUser: KnownResourceType {
    static let type = ResourceType.iamUser
    static let keys: [ContextKey] = [.tags, .lastUsed]
    static let permissions = ["iam:GetUser"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.user(&known)]
    }
}

extension LookedUpResource {
    fileprivate func user(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let rest = try name(after: "user", mayHoldSlashes: true)
        let name = String(rest.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
        guard rest.hasPrefix("/"), !name.isEmpty else { throw .impossible("'\(id.prefix(200))' is not a user's ARN") }
        known[.name] = .string(name)
        known[.path] = .string(String(rest.dropLast(name.count)))
        return LookUp([.tags, .lastUsed]) { () async throws(AWSError) in
            let user = try await aws.call(GetUser(userName: name, partition: region.partition))
            try check(user.arn)
            return try described(user)
        }
    }
}
