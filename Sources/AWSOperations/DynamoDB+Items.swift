package import AWSClient
import LosslessJSON

/// An attribute's value, of the kinds that we write.
package enum AttributeValue: Sendable, Equatable {
    case string(String)
    case number(Int64)

    var json: JSON {
        switch self {
        case .string(let text): ["S": .string(text)]
        case .number(let number): ["N": .string(String(number))]
        }
    }

    /// `nil` for any other kind.
    init?(_ json: JSON) {
        if let text = json["S"]?.string {
            self = .string(text)
        } else if let number = json["N"]?.string.flatMap({ Int64($0) }) {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// The text of a string.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a whole number.
    package var number: Int64? {
        if case .number(let number) = self { number } else { nil }
    }
}

/// An item's attributes by name.
package typealias Attributes = [String: AttributeValue]

extension JSON {
    /// Attributes as DynamoDB writes them; those of kinds that we do not write are left out.
    fileprivate init(_ attributes: Attributes) {
        self = .object(JSONObject(attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
    }

    fileprivate var attributes: Attributes {
        let pairs = (object?.members ?? []).compactMap { member in
            AttributeValue(member.value).map { (member.key, $0) }
        }
        return Attributes(pairs) { first, _ in first }
    }
}

/// Reads one item as it stands now.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
package struct GetItem: AWSOperation {
    package static let service = AWSService.dynamoDB
    package static let name = "GetItem"
    package static let isWrite = false
    package let region: Region
    /// The table's name or ARN.
    package let table: String
    package let key: Attributes

    package init(table: String, key: Attributes, region: Region) {
        self.table = table
        self.key = key
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "DynamoDB_20120810.GetItem",
            body: ["TableName": .string(table), "Key": JSON(key), "ConsistentRead": true]
        )
    }

    /// `nil` where there is no such item.
    package func output(from response: WireResponse) throws(AWSError) -> Attributes? {
        try response.json()["Item"].map(\.attributes)
    }
}

/// One page of a query.
package struct ItemPage: Sendable {
    package let items: [Attributes]
    /// The key to go on after; `nil` at the end.
    package let last: Attributes?

    package init(items: [Attributes], last: Attributes?) {
        self.items = items
        self.last = last
    }
}

/// Reads the items of one partition as they stand now, in the order of their sort keys, a page at a time.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
package struct QueryItems: AWSOperation {
    package static let service = AWSService.dynamoDB
    package static let name = "Query"
    package static let isWrite = false
    package let region: Region
    /// The table's name or ARN.
    package let table: String
    /// The names of the partition key and of the sort key.
    package let keys: (partition: String, sort: String)
    package let partition: String
    /// The least sort key; `nil` for all.
    package let from: String?
    /// The page goes on after this key; `nil` for the first.
    package let after: Attributes?
    /// At most so many items; `nil` for as many as fit into 1 MB.
    package let limit: Int?

    package init(
        table: String,
        keys: (partition: String, sort: String),
        partition: String,
        from: String? = nil,
        after: Attributes? = nil,
        limit: Int? = nil,
        region: Region
    ) {
        self.table = table
        self.keys = keys
        self.partition = partition
        self.from = from
        self.after = after
        self.limit = limit
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var names: Attributes = ["#p": .string(keys.partition)]
        var values: Attributes = [":p": .string(partition)]
        var condition = "#p = :p"
        if let from {
            names["#s"] = .string(keys.sort)
            values[":s"] = .string(from)
            condition += " AND #s >= :s"
        }
        var body = JSONObject([
            ("TableName", .string(table)), ("ConsistentRead", true), ("KeyConditionExpression", .string(condition)),
            (
                "ExpressionAttributeNames",
                .object(JSONObject(names.map { ($0.key, .string($0.value.text ?? "")) }))
            ),
            ("ExpressionAttributeValues", JSON(values)),
        ])
        if let after { body["ExclusiveStartKey"] = JSON(after) }
        if let limit { body["Limit"] = .int(limit) }
        return .json(version: "1.0", target: "DynamoDB_20120810.Query", body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) -> ItemPage {
        guard let items = try response.json()["Items"]?.array else {
            throw response.unreadable("the answer's items are no list")
        }
        let last = try response.json()["LastEvaluatedKey"].map(\.attributes)
        return ItemPage(items: items.map(\.attributes), last: last)
    }
}

/// One action of a transaction.
package struct TransactionAction: Sendable {
    /// What is done, as DynamoDB names it.
    package enum Kind: String, Sendable {
        case put = "Put"
        case delete = "Delete"
        case check = "ConditionCheck"
        case update = "Update"
    }

    let kind: Kind
    /// The item of a put, the key of all others.
    let attributes: Attributes
    let condition: String?
    let update: String?
    let names: [String: String]
    let values: Attributes

    package init(
        _ kind: Kind,
        _ attributes: Attributes,
        condition: String?,
        update: String? = nil,
        names: [String: String] = [:],
        values: Attributes = [:]
    ) {
        self.kind = kind
        self.attributes = attributes
        self.condition = condition
        self.update = update
        self.names = names
        self.values = values
    }

    func json(table: String) -> JSON {
        var body = JSONObject([
            ("TableName", .string(table)), (kind == .put ? "Item" : "Key", JSON(attributes)),
        ])
        if let condition { body["ConditionExpression"] = .string(condition) }
        if let update { body["UpdateExpression"] = .string(update) }
        if !names.isEmpty {
            let names = names.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            body["ExpressionAttributeNames"] = .object(JSONObject(names))
        }
        if !values.isEmpty { body["ExpressionAttributeValues"] = JSON(values) }
        return .object(JSONObject([(kind.rawValue, .object(body))]))
    }
}

/// Does several things or none. Sent again with the same token within ten minutes it is not done again.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
package struct TransactWriteItems: AWSOperation {
    package static let service = AWSService.dynamoDB
    package static let name = "TransactWriteItems"
    package static let isWrite = true
    package let region: Region
    /// The table's name or ARN.
    package let table: String
    /// At most 100, never two on one item.
    package let actions: [TransactionAction]
    /// At most 36 characters.
    package let token: String

    package init(table: String, actions: [TransactionAction], token: String, region: Region) {
        self.table = table
        self.actions = actions
        self.token = token
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "DynamoDB_20120810.TransactWriteItems",
            body: [
                "TransactItems": .array(actions.map { $0.json(table: table) }), "ClientRequestToken": .string(token),
            ]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
