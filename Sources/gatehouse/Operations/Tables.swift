import AWSClient
import LosslessJSON

/// A table as far as a ledger cares.
struct TableDescription: Sendable, Equatable {
    /// Such as `ACTIVE`.
    let status: String
    /// The partition key's name, and then the sort key's.
    let keys: [String]
}

/// Reads a table's schema. `ResourceNotFoundException` where there is none.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
struct DescribeTable: AWSOperation {
    static let service = AWSService.dynamoDB
    static let name = "DescribeTable"
    static let isWrite = false
    let region: Region
    /// The table's name or ARN.
    let table: String

    func wireRequest() throws(AWSError) -> WireRequest { .ofTable(Self.name, table) }

    func output(from response: WireResponse) throws(AWSError) -> TableDescription {
        guard let table = try response.json()["Table"], let keys = table["KeySchema"]?.array else {
            throw response.unreadable("the answer lacks a table with its keys")
        }
        let sorted = ["HASH", "RANGE"].compactMap { type in
            keys.first { $0["KeyType"]?.string == type }?["AttributeName"]?.string
        }
        return TableDescription(status: table["TableStatus"]?.string ?? "", keys: sorted)
    }
}

/// By which attribute a table's items expire; `nil` where they do not.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
struct DescribeTimeToLive: AWSOperation {
    static let service = AWSService.dynamoDB
    static let name = "DescribeTimeToLive"
    static let isWrite = false
    let region: Region
    /// The table's name or ARN.
    let table: String

    func wireRequest() throws(AWSError) -> WireRequest { .ofTable(Self.name, table) }

    func output(from response: WireResponse) throws(AWSError) -> String? {
        guard let described = try response.json()["TimeToLiveDescription"] else {
            throw response.unreadable("the answer lacks a TimeToLiveDescription")
        }
        let status = described["TimeToLiveStatus"]?.string ?? ""
        return status == "ENABLED" || status == "ENABLING" ? described["AttributeName"]?.string : nil
    }
}

/// Whether a table can be put back to any second of the last days.
///
/// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
struct DescribeContinuousBackups: AWSOperation {
    static let service = AWSService.dynamoDB
    static let name = "DescribeContinuousBackups"
    static let isWrite = false
    let region: Region
    /// The table's name or ARN.
    let table: String

    func wireRequest() throws(AWSError) -> WireRequest { .ofTable(Self.name, table) }

    func output(from response: WireResponse) throws(AWSError) -> Bool {
        guard let described = try response.json()["ContinuousBackupsDescription"] else {
            throw response.unreadable("the answer lacks a ContinuousBackupsDescription")
        }
        let recovery = described["PointInTimeRecoveryDescription"]?["PointInTimeRecoveryStatus"]?.string
        return recovery == "ENABLED"
    }
}

extension WireRequest {
    fileprivate static func ofTable(_ operation: String, _ table: String) -> WireRequest {
        .json(version: "1.0", target: "DynamoDB_20120810.\(operation)", body: ["TableName": .string(table)])
    }
}
