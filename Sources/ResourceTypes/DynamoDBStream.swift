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
}
