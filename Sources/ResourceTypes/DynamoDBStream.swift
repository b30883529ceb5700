import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// DynamoDB streams: the tags of their table.
enum DynamoDBStream: KnownResourceType {
    static let type = ResourceType.dynamoDBStream
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["dynamodb:ListTagsOfResource"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.table(&known)]
    }
}

extension DynamoDBStream {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "table/")
    }

    static func steps(_ input: Case) -> [String] {
        ManualSteps(input.finding).table
    }

    static func change(_ input: Case) -> ChangeGuide? {
        ManualSteps(input.finding).tableChange
    }
}

extension DynamoDBStream {
    static let changePermissions = DynamoDBTable.changePermissions

    static func remedy(for resource: ChangedResource) -> (any Remedy)? {
        // arn:…:table/Orders/stream/2026-01-01T00:00:00.000
        let parts = resource.arn.resource.split(separator: "/", omittingEmptySubsequences: false)
        guard resource.arn.service == "dynamodb", parts.count == 4, parts[0] == "table", parts[2] == "stream",
            let name = resource.name(after: "table/", mayHoldSlashes: true)
        else { return nil }
        let table = String(resource.arn.description.dropLast("/stream/\(parts[3])".utf8.count))
        return DynamoDBTable.policy(of: resource, table: table, "stream", name)
    }
}

extension DynamoDBStream {
    static func previewConfiguration(after changes: [Outcome.Change]) -> JSON? {
        PreviewConfiguration.policy("dynamodbStream", "streamPolicy", after: changes)
    }
}

extension DynamoDBStream {
    static func trail(_ resource: ARN, region: String) -> TrailSearch? {
        TrailSearch("dynamodb", ["PutResourcePolicy"], names: [resource.description])
    }
}
