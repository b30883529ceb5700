import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
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
