import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// DynamoDB tables: tags.
enum DynamoDBTable: KnownResourceType {
    static let type = ResourceType.dynamoDBTable
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["dynamodb:ListTagsOfResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.table(&known)]
    }
}

extension LookedUpResource {
    /// A table, or a table's stream: `table/Name/stream/label`.
    func table(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let rest = try name(after: "table/", mayHoldSlashes: true)
        let table = String(rest.prefix { $0 != "/" })
        guard !table.isEmpty, type == .dynamoDBTable ? rest == table : rest.hasPrefix("\(table)/stream/") else {
            throw .impossible("'\(id.prefix(200))' is not the ARN of a resource of type \(type.name)")
        }
        known[.name] = .string(table)
        let tableARN = String(id.dropLast(rest.count - table.count))
        return LookUp([.tags]) { () async throws(AWSError) in
            try await everyTag { (token) async throws(AWSError) in
                try await aws.call(ListTagsOfTable(tableARN: tableARN, nextToken: token, region: region))
            }
        }
    }
}

extension DynamoDBTable {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "table/")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        resource.segment(after: "table/").map { "dynamodbv2/home?region=\(region)#table?name=\($0)" }
    }

    static func steps(_ input: Case) -> [String] {
        ManualSteps(input.finding).table
    }

    static func change(_ input: Case) -> ChangeGuide? {
        ManualSteps(input.finding).tableChange
    }
}

extension ManualSteps {
    /// For a table or a stream.
    var table: [String] {
        let resource = (option: "--resource-arn", value: arn)
        return [
            aws("dynamodb get-resource-policy", [resource] + text("Policy")).saving().step("Save its policy"),
            aws("dynamodb put-resource-policy", [resource, ("--policy", "file://policy-after.json")]).step(writeBack),
            aws("dynamodb delete-resource-policy", [resource]).step(removeAll),
        ]
    }

    /// The same of a change of ours.
    var tableChange: ChangeGuide? {
        let resource = (option: "--resource-arn", value: arn)
        return ResourceChangeGuide(by: self, events: "PutResourcePolicy").policy(
            read: aws("dynamodb get-resource-policy", [resource] + text("Policy")),
            write: aws("dynamodb put-resource-policy", [resource]),
            option: "--policy"
        )
    }
}

extension DynamoDBTable {
    static let changePermissions = [
        "dynamodb:GetResourcePolicy", "dynamodb:PutResourcePolicy", "dynamodb:ListTagsOfResource",
    ]

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        guard resource.arn.service == "dynamodb", let name = resource.name(after: "table/") else { return nil }
        return policy(of: resource, table: resource.arn.description, "table", name)
    }

    /// For a table or a stream: both have a policy of their own, and tags on the table alone.
    static func policy(of resource: ChangedResource, table: String, _ kind: String, _ name: String) -> any Remedy {
        let (arn, region) = (resource.arn.description, resource.region)
        var dialect = PolicyDialect(
            name: "\(kind) policy",
            services: ["dynamodb"],
            resource: .granted(otherwise: [arn]),
            defaultQuota: 20 << 10
        )
        dialect.isLatin = false
        return ServicePolicy(
            target: resource,
            dialect: dialect,
            operation: "dynamodb:PutResourcePolicy",
            service: "DynamoDB",
            name: name,
            words: "\(kind) \(name)",
            refusals: ServicePolicy.Refusals(
                operations: [PutTablePolicy.name],
                service: .dynamoDB,
                gone: ["ResourceNotFoundException"],
                refused: ["ValidationException"],
                busy: ["ResourceInUseException", "LimitExceededException"],
                // What the service answers to a revision that is not the current one.
                outdated: ["PolicyNotFoundException"],
                publicWords: ["public"]
            ),
            readPolicy: { (aws) async throws(AWSError) in
                do throws(AWSError) {
                    return try await aws.call(GetTablePolicy(resourceARN: arn, region: region))
                } catch {
                    if error.isAnswer("PolicyNotFoundException", to: GetTablePolicy.self) {
                        return ResourcePolicy(text: nil)
                    }
                    guard error.isAnswer("ResourceNotFoundException", to: GetTablePolicy.self) else { throw error }
                    return nil
                }
            },
            readTags: { (aws) async throws(AWSError) in
                var tags: [Tag] = []
                var token: String?
                for _ in 0..<LookedUpResource.pageLimit {
                    let page = try await aws.call(ListTagsOfTable(tableARN: table, nextToken: token, region: region))
                    tags += page.tags
                    guard let next = page.nextToken else { return tags }
                    token = next
                }
                throw .tooManyPages
            },
            writePolicy: { (state, revision, aws) async throws(AWSError) in
                try await aws.call(
                    PutTablePolicy(
                        resourceARN: arn,
                        policy: state.document.text,
                        revision: revision,
                        region: region
                    )
                )
            }
        )
    }
}

extension DynamoDBTable {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("dynamodbTable", "tablePolicy", after: changes)
    }
}

extension DynamoDBTable {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        let names = [resource.description, resource.name(after: "table/")]
        return TrailSearch("dynamodb", ["PutResourcePolicy", "CreateTable"], names: names)
    }
}
