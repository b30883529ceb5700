import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
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

extension IAMUser {
    static func name(_ input: Case) -> String {
        let whole = input.finding.resource.resource
        return whole.split(separator: "/").last.map(String.init) ?? whole
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        guard let name = resource.resource.split(separator: "/").last else { return nil }
        return "iam/home#/users/details/\(PercentEncoding.segment(String(name)))?section=security_credentials"
    }

    /// Users have no policy of their own that lets others in; what they do not use is told by kind.
    static func steps(_ input: Case) -> [String] {
        ["Remove the principal from the resource's policy, in the console of its service."]
    }
}
