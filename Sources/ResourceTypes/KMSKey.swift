import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// KMS keys: tags, aliases, manager, state, description.
enum KMSKey: KnownResourceType {
    static let type = ResourceType.kmsKey
    static let keys: [ContextKey] = [.tags, .keyAliases, .description, .keyManager, .keyState]
    static let permissions = ["kms:DescribeKey", "kms:ListAliases", "kms:ListResourceTags"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        resource.key()
    }
}

extension LookedUpResource {
    fileprivate func key() -> [LookUp] {
        [
            LookUp([.tags]) { () async throws(AWSError) in
                try await everyTag { (token) async throws(AWSError) in
                    try await aws.call(ListResourceTags(keyARN: id, marker: token, region: region))
                }
            },
            LookUp([.keyAliases]) { () async throws(AWSError) in
                // KMS tells nobody the aliases of another account's key.
                try await requireCredentialsOfOwner()
                var names: [JSON] = []
                var marker: String?
                for _ in 0..<LookedUpResource.pageLimit {
                    let page = try await aws.call(ListAliases(keyARN: id, marker: marker, region: region))
                    names += page.names.map(JSON.string)
                    guard names.count <= 1_000 else {
                        throw .impossible("the answer holds more than 1,000 aliases, more than a key can have")
                    }
                    guard let next = page.nextMarker else {
                        var answer = LookUpAnswer()
                        answer.learned[.keyAliases] = .array(names)
                        return answer
                    }
                    marker = next
                }
                throw .tooManyPages
            },
            LookUp([.description, .keyManager, .keyState]) { () async throws(AWSError) in
                let key = try await aws.call(DescribeKey(keyARN: id, region: region))
                try check(key.arn)
                var answer = LookUpAnswer()
                answer.learned[.description] = key.description.json
                answer.learned[.keyManager] = key.manager.json
                answer.learned[.keyState] = key.state.json
                answer.learned[.createdAt] = (key.createdAt?.extended).json
                return answer
            },
        ]
    }
}

extension KMSKey {
    static func name(_ input: Case) -> String {
        let aliases = (input.context["keyAliases"]?.array ?? []).compactMap(\.string)
        return aliases.first.map { $0.hasPrefix("alias/") ? String($0.dropFirst("alias/".count)) : $0 }
            ?? input.finding.resource.name(after: "key/")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        resource.segment(after: "key/").map { "kms/home?region=\(region)#/kms/keys/\($0)" }
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let key = (option: "--key-id", value: by.arn)
        let policy = [key, (option: "--policy-name", value: "default")]
        return [
            by.aws("kms get-key-policy", policy + by.text("Policy")).saving().step("Save the key's policy"),
            by.aws("kms put-key-policy", policy + [("--policy", "file://policy-after.json")])
                .step("Write it back without the principal, from a copy in policy-after.json"),
            by.aws("kms list-grants", [key]).step("A grant may give it too"),
            by.aws("kms revoke-grant", [key, ("--grant-id", "GRANT_ID")])
                .step("Revoke that grant, which cannot be undone"),
            "After that, the principal can no longer decrypt what it encrypted with this key.",
        ]
    }
}
