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
}
