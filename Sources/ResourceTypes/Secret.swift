import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
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

extension Secret {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "secret:")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        let resource = resource.resource
        // The ARN ends in a hyphen and six characters of AWS's own, which are no part of the name.
        guard resource.hasPrefix("secret:"), resource.utf8.count > "secret:".count + 7 else { return nil }
        let name = String(resource.dropFirst("secret:".count).dropLast(7))
        return "secretsmanager/secret?name=\(PercentEncoding.segment(name))&region=\(region)"
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        let secret = (option: "--secret-id", value: by.arn)
        return [
            by.aws("secretsmanager get-resource-policy", [secret] + by.text("ResourcePolicy"))
                .saving().step("Save the secret's policy"),
            by.aws(
                "secretsmanager put-resource-policy --block-public-policy",
                [secret, ("--resource-policy", "file://policy-after.json")]
            ).step(by.writeBack),
            by.aws("secretsmanager delete-resource-policy", [secret]).step(by.removeAll),
            "Rotate the secret: anyone who has read it still knows the value.",
        ]
    }

    static func change(_ input: Case) -> ChangeGuide? {
        let by = ManualSteps(input.finding)
        let secret = (option: "--secret-id", value: by.arn)
        let rotate = by.aws("secretsmanager rotate-secret", [secret])
            .step("Who has read the secret still knows its value: rotate it")
        return ResourceChangeGuide(by: by, events: "PutResourcePolicy", stays: [rotate]).policy(
            read: by.aws("secretsmanager get-resource-policy", [secret] + by.text("ResourcePolicy")),
            write: by.aws("secretsmanager put-resource-policy", [secret]),
            option: "--resource-policy"
        )
    }
}

extension Secret {
    static let changePermissions = [
        "secretsmanager:GetResourcePolicy", "secretsmanager:PutResourcePolicy", "secretsmanager:DescribeSecret",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "secretsmanager", let name = resource.name(after: "secret:", mayHoldSlashes: true)
        else { return nil }
        let (arn, region) = (resource.arn.description, resource.region)
        let dialect = PolicyDialect(
            name: "resource policy",
            services: ["secretsmanager"],
            resource: .fixed("*"),
            defaultQuota: 20_480
        )
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "secretsmanager:PutResourcePolicy",
            service: "Secrets Manager",
            name: name,
            words: "secret \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [PutSecretPolicy.name],
                service: .secretsManager,
                gone: ["ResourceNotFoundException"],
                refused: [
                    "MalformedPolicyDocumentException", "PublicPolicyException", "InvalidRequestException",
                    "InvalidParameterException",
                ]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                try await AWSError.unless(["ResourceNotFoundException"], of: GetSecretPolicy.self) {
                    () async throws(AWSError) in
                    try await aws.call(GetSecretPolicy(secretARN: arn, region: region))
                }
            },
            readTags: { (aws) async throws(AWSError) in
                let secret = try await aws.call(DescribeSecret(secretARN: arn, region: region))
                // The services that own secrets tag them so; without the tag the member says the same.
                let owner = secret.owningService.map { [Tag(Tag.owningService, $0)] } ?? []
                return secret.tags + owner
            },
            writePolicy: { (state, _, aws) async throws(AWSError) in
                try await aws.call(PutSecretPolicy(secretARN: arn, policy: state.document.text, region: region))
            }
        )
    }
}

extension Secret {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("secretsManagerSecret", "secretPolicy", after: changes)
    }
}

extension Secret {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        // The ARN ends in a hyphen and six characters of AWS's own.
        let name = String(resource.name(after: "secret:").dropLast(7))
        return TrailSearch(
            "secretsmanager",
            ["PutResourcePolicy"],
            names: [resource.description, name, String(resource.description.dropLast(7))]
        )
    }
}
