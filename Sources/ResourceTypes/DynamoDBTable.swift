import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
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
