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

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let key = (option: "--key-id", value: by.arn)
        let policy = [key, (option: "--policy-name", value: "default")]
        let grants = by.aws("kms list-grants", [key])
            .step("Grants have no effect for whom the Deny names, but services of theirs may hold some; see them")
        let revoke = by.aws("kms revoke-grant", [key, ("--grant-id", "GRANT_ID")])
            .step("Revoke one, which cannot be undone")
        let effect = "What was encrypted with this key, the principal can no longer decrypt."
        return ResourceChangeGuide(by: by, events: "PutKeyPolicy and CreateGrant", stays: [effect, grants, revoke])
            .policy(
                read: by.aws("kms get-key-policy", policy + by.text("Policy")),
                write: by.aws("kms put-key-policy", policy),
                option: "--policy"
            )
    }
}

extension KMSKey {
    static let changePermissions = [
        "kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:ListResourceTags", "kms:ListGrants",
        "kms:DescribeKey",
    ]

    /// The grants that a principal holds, which the Deny takes the effect of but does not revoke.
    private static func grants(
        of principal: Principal,
        _ key: String,
        _ region: Region,
        _ aws: any AWSCaller
    ) async throws(AWSError) -> String? {
        guard let account = principal.account else { return nil }
        var held: [KeyGrant] = []
        var marker: String?
        for _ in 0..<LookedUpResource.pageLimit {
            let page: KeyGrantPage
            do throws(AWSError) {
                page = try await aws.call(ListGrants(keyARN: key, marker: marker, region: region))
            } catch {
                // The Deny does not depend on them.
                guard error.kind == .accessDenied else { throw error }
                return "Its grants could not be listed (kms:ListGrants)."
            }
            held += page.grants.filter { ARN($0.grantee)?.account == account || $0.grantee == account }
            marker = page.nextMarker
            if marker == nil { break }
        }
        guard !held.isEmpty else { return nil }
        let names = held.prefix(5).map { "\($0.id) (\($0.operations.joined(separator: ", ")))" }
        let more = held.count > 5 ? " and \(held.count - 5) more" : ""
        return "Grants that account \(account) holds stay, without effect while the Deny does: "
            + "\(names.joined(separator: ", "))\(more)."
    }

    /// Limits: https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "kms", let name = resource.name(after: "key/") else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        let dialect = PolicyDialect(
            name: "key policy",
            services: ["kms"],
            resource: .fixed("*"),
            defaultQuota: 32 << 10
        )
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "kms:PutKeyPolicy",
            service: "KMS",
            name: name,
            words: "key \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [PutKeyPolicy.name],
                service: .kms,
                gone: ["NotFoundException"],
                refused: [
                    "MalformedPolicyDocumentException", "LimitExceededException", "KMSInvalidStateException",
                    "InvalidArnException",
                ],
                // What KMS says about the keys that AWS manages.
                unmodifiable: ["UnsupportedOperationException"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                try await AWSError.unless(["NotFoundException"], of: GetKeyPolicy.self) { () async throws(AWSError) in
                    try await aws.call(GetKeyPolicy(keyARN: arn, region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                var tags: [Tag] = []
                var marker: String?
                for _ in 0..<LookedUpResource.pageLimit {
                    let page = try await aws.call(ListResourceTags(keyARN: arn, marker: marker, region: region))
                    tags += page.tags
                    guard let next = page.nextToken else { return tags }
                    marker = next
                }
                throw .tooManyPages
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(PutKeyPolicy(keyARN: arn, policy: state.document.text, region: region))
            },
            remains: { (principal, aws) async throws(AWSError) in try await grants(of: principal, arn, region, aws) },
            ownedByAWS: { (aws) async throws(AWSError) in
                let key = try await AWSError.unless(["NotFoundException"], of: DescribeKey.self) {
                    () async throws(AWSError) in try await aws.call(DescribeKey(keyARN: arn, region: region))
                }
                return key?.manager == "AWS" ? "AWS manages the key" : nil
            }
        )
    }
}

extension KMSKey {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        // A key has one policy, which is called so.
        guard changes.count == 1, let document = changes.first?.after, document != .null else { return nil }
        return ["kmsKey": ["keyPolicies": ["default": .string(PreviewConfiguration.text(of: document))]]]
    }
}

extension KMSKey {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.description, resource.name(after: "key/")]
        return TrailSearch("kms", ["PutKeyPolicy", "CreateGrant", "CreateKey"], names: names)
    }
}
