package import AWSClient
import AWSOperations
import LosslessJSON

/// The ledger in a DynamoDB table, always with our own credentials.
package struct DynamoDBStore: LedgerStore {
    private let aws: any AWSCaller
    private let table: String
    private let region: Region
    private let newID: @Sendable () -> String

    /// - Parameters:
    ///   - table: its name, or its ARN.
    ///   - newID: gives another text of at most 36 characters each time.
    package init(_ aws: any AWSCaller, table: String, region: Region, newID: @escaping @Sendable () -> String) {
        self.aws = aws
        self.table = table
        self.region = region
        self.newID = newID
    }

    private static let keys = (partition: "pk", sort: "sk")

    package func item(at key: LedgerKey) async throws(AWSError) -> LedgerItem? {
        let attributes = try await aws.call(GetItem(table: table, key: key.attributes, region: region))
        return try attributes.map { (attributes) throws(AWSError) in try LedgerItem(attributes, GetItem.name) }
    }

    package func page(
        of partition: String,
        from: String?,
        after: String?,
        limit: Int?
    ) async throws(AWSError) -> (items: [LedgerItem], next: String?) {
        let page = try await aws.call(
            QueryItems(
                table: table,
                keys: Self.keys,
                partition: partition,
                from: from,
                after: after.map { LedgerKey(partition, $0).attributes },
                limit: limit,
                region: region
            )
        )
        var items: [LedgerItem] = []
        for attributes in page.items { items.append(try LedgerItem(attributes, QueryItems.name)) }
        return (items, page.last?["sk"]?.text)
    }

    /// Made again where the answer was lost: DynamoDB knows the token of what it has done already.
    package func write(_ writes: [LedgerWrite]) async throws(AWSError) -> LedgerAnswer {
        let call = TransactWriteItems(table: table, actions: writes.map(\.action), token: newID(), region: region)
        var (attempt, wasLost) = (1, false)
        while true {
            do throws(AWSError) {
                try await aws.call(call)
                return .done
            } catch {
                if let places = error.refusedPlaces {
                    // A token is known for ten minutes only, and not to everything that answers like DynamoDB.
                    if wasLost, try await isWritten(writes) { return .done }
                    return .refused(at: places)
                }
                guard error.outcomeUnknown, attempt < 3 else { throw error }
                (attempt, wasLost) = (attempt + 1, true)
            }
        }
    }

    /// Whether what a transaction would write is there, so that it has been made.
    private func isWritten(_ writes: [LedgerWrite]) async throws(AWSError) -> Bool {
        for write in writes {
            switch write {
            case .put(let item, _):
                return try await self.item(at: item.key) == item
            case .delete, .check, .count, .uncount: continue
            }
        }
        for write in writes {
            if case .delete(let key, _) = write { return try await item(at: key) == nil }
        }
        return false
    }
}

extension AWSError {
    /// At which places of a transaction the conditions did not hold; `nil` for every other error.
    fileprivate var refusedPlaces: [Int]? {
        guard code == "TransactionCanceledException", kind != .throttled else { return nil }
        let places = cancellationReasons.indices.filter { cancellationReasons[$0] == "ConditionalCheckFailed" }
        let others = cancellationReasons.filter { $0 != "ConditionalCheckFailed" && $0 != "None" }
        return places.isEmpty || !others.allSatisfy { $0 == "TransactionConflict" } ? nil : places
    }
}

extension LedgerKey {
    fileprivate var attributes: Attributes { ["pk": .string(partition), "sk": .string(sort)] }
}

extension LedgerWrite {
    fileprivate var action: TransactionAction {
        switch self {
        case .put(let item, let condition): action(.put, item.attributes, condition)
        case .delete(let key, let condition): action(.delete, key.attributes, condition)
        case .check(let key, let condition): action(.check, key.attributes, condition)
        case .uncount(let key):
            TransactionAction(
                .update,
                key.attributes,
                condition: "#count > :none",
                update: "ADD #count :less",
                names: ["#count": "count"],
                values: [":none": .number(0), ":less": .number(-1)]
            )
        case .count(let key, let limit, let expires):
            TransactionAction(
                .update,
                key.attributes,
                // Of an absent counter no comparison holds.
                condition: limit > 0 ? "attribute_not_exists(#count) OR #count < :limit" : "#count < :limit",
                update: "SET #expires = :expires, #version = :version, #revision = :one, #data = :data ADD #count :one",
                names: [
                    "#count": "count", "#expires": "expires", "#version": "version", "#revision": "revision",
                    "#data": "data",
                ],
                values: [
                    ":limit": .number(Int64(limit)), ":expires": .number(expires), ":version": .number(Ledger.version),
                    ":one": .number(1), ":data": .string("{}"),
                ]
            )
        }
    }

    private func action(
        _ kind: TransactionAction.Kind,
        _ attributes: Attributes,
        _ condition: LedgerCondition
    ) -> TransactionAction {
        switch condition {
        case .any: TransactionAction(kind, attributes, condition: nil)
        case .absent: TransactionAction(kind, attributes, condition: "attribute_not_exists(pk)")
        case .revision(let revision):
            TransactionAction(
                kind,
                attributes,
                condition: "#revision = :revision",
                names: ["#revision": "revision"],
                values: [":revision": .number(revision)]
            )
        }
    }
}

extension LedgerItem {
    fileprivate var attributes: Attributes {
        var attributes = key.attributes
        attributes["version"] = .number(version)
        attributes["revision"] = .number(revision)
        attributes["data"] = .string(JSON.object(data).text())
        if let expires { attributes["expires"] = .number(expires) }
        if let count { attributes["count"] = .number(count) }
        return attributes
    }

    fileprivate init(_ attributes: Attributes, _ operation: String) throws(AWSError) {
        guard let partition = attributes["pk"]?.text, let sort = attributes["sk"]?.text,
            let version = attributes["version"]?.number, let revision = attributes["revision"]?.number,
            let text = attributes["data"]?.text, let data = (try? JSON.parse(text: text))?.object
        else {
            let place = "\(attributes["pk"]?.text ?? "?") \(attributes["sk"]?.text ?? "?")"
            throw AWSError(
                kind: .configuration,
                service: AWSService.dynamoDB.id,
                operation: operation,
                message: "the item '\(place)' is not as Gatehouse writes it: the table must be used for nothing else"
            )
        }
        self.init(
            LedgerKey(partition, sort),
            data,
            revision: revision,
            expires: attributes["expires"]?.number,
            count: attributes["count"]?.number,
            version: version
        )
    }
}
