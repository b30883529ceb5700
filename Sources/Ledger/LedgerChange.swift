package import Basics
package import LosslessJSON

/// One change of one resource, from the intention to its end.
package struct LedgerChange: Sendable, Equatable {
    /// What it is for.
    package enum Kind: String, Sendable {
        /// Closes an access.
        case block = "BLOCK"
        /// Takes an earlier change back.
        case undo = "UNDO"
    }

    /// How far it has come.
    package enum State: String, Sendable {
        /// Recorded, and perhaps written.
        case intended = "INTENDED"
        /// Written and read back; of a block: it stands.
        case made = "MADE"
        /// It was not written.
        case notMade = "NOT_MADE"
        /// It was taken back by us.
        case undone = "UNDONE"
        /// It was there and is gone, although nobody took it back by Gatehouse.
        case vanished = "VANISHED"
    }

    /// Sorts by time.
    package let id: String
    package let kind: Kind
    package var state: State
    /// As AWS writes it.
    package let findingID: String
    /// The resource's ARN.
    package let resource: String
    /// Such as `iam:UpdateAssumeRolePolicy`.
    package let operation: String
    package let before: JSON
    /// What was written, or is to be.
    package var after: JSON
    /// What else is known of it, in a case's words: `accountId`, `region`, `resourceType`, `analyzerArn`, `principal`,
    /// `actions`, `rule`, `mode`.
    package let about: JSONObject
    package let intendedAt: Timestamp
    package var settledAt: Timestamp?
    /// When it stopped to stand.
    package var endedAt: Timestamp?
    /// The id of the change that this one takes back.
    package let undoes: String?
    /// Who asked for it, where somebody did; of a change that was undone: who undid it.
    package var by: String?
    /// When the same was made again because it had vanished, this time included; of the last day.
    package let remadeAt: [Timestamp]
    /// The item's.
    var revision: Int64 = 1

    /// The same change, after its settlement.
    package var made: LedgerChange {
        var made = self
        made.state = .made
        made.revision += 1
        return made
    }

    /// Whether a resource still has it, as far as we know, or may have.
    package var isCurrent: Bool { state == .intended || (state == .made && kind == .block) }

    package init(
        id: String,
        kind: Kind,
        findingID: String,
        resource: String,
        operation: String,
        before: JSON,
        after: JSON,
        about: JSONObject,
        intendedAt: Timestamp,
        undoes: String? = nil,
        by: String? = nil,
        remadeAt: [Timestamp] = []
    ) {
        self.id = id
        self.kind = kind
        state = .intended
        self.findingID = findingID
        self.resource = resource
        self.operation = operation
        self.before = before
        self.after = after
        self.about = about
        self.intendedAt = intendedAt
        self.undoes = undoes
        self.by = by
        self.remadeAt = remadeAt
    }
}

extension LedgerChange {
    /// The change as an item holds it and `history --json` shows it.
    package var json: JSONObject {
        var json = JSONObject([
            ("id", .string(id)), ("kind", .string(kind.rawValue)), ("state", .string(state.rawValue)),
            ("findingId", .string(findingID)), ("resource", .string(resource)), ("operation", .string(operation)),
            ("before", before), ("after", after), ("about", .object(about)),
            ("intendedAt", .string(intendedAt.extended)),
        ])
        if let settledAt { json["settledAt"] = .string(settledAt.extended) }
        if let endedAt { json["endedAt"] = .string(endedAt.extended) }
        if let undoes { json["undoes"] = .string(undoes) }
        if let by { json["by"] = .string(by) }
        if !remadeAt.isEmpty { json["remadeAt"] = .array(remadeAt.map { .string($0.extended) }) }
        return json
    }

    init(_ item: LedgerItem) throws(LedgerError) {
        guard let kind = Kind(rawValue: try item.text("kind")) else { throw item.broken("kind") }
        guard let state = State(rawValue: try item.text("state")) else { throw item.broken("state") }
        guard let before = item.data["before"], let after = item.data["after"] else { throw item.broken("before") }
        let times = (item.data["remadeAt"]?.array ?? []).compactMap { $0.string.flatMap { Timestamp(iso8601: $0) } }
        self.init(
            id: try item.text("id"),
            kind: kind,
            findingID: try item.text("findingId"),
            resource: try item.text("resource"),
            operation: try item.text("operation"),
            before: before,
            after: after,
            about: item.data["about"]?.object ?? JSONObject(),
            intendedAt: try item.time("intendedAt"),
            undoes: item.data["undoes"]?.string,
            by: item.data["by"]?.string,
            remadeAt: times
        )
        self.state = state
        settledAt = item.data["settledAt"] == nil ? nil : try item.time("settledAt")
        endedAt = item.data["endedAt"] == nil ? nil : try item.time("endedAt")
        revision = item.revision
    }

    // MARK: Where it stands

    /// All that is current of a resource.
    static func partition(ofResource resource: String) -> String { "RESOURCE#\(resource)" }
    private static let sortPrefix = "CHANGE#"

    static func isChange(_ key: LedgerKey) -> Bool { key.sort.hasPrefix(sortPrefix) }

    static func currentKey(_ id: String, _ resource: String) -> LedgerKey {
        LedgerKey(partition(ofResource: resource), sortPrefix + id)
    }

    /// What has ended of a resource.
    static func pastPartition(ofResource resource: String) -> String { "PAST#\(resource)" }

    var key: LedgerKey {
        isCurrent
            ? Self.currentKey(id, resource) : LedgerKey(Self.pastPartition(ofResource: resource), id)
    }

    var item: LedgerItem { LedgerItem(key, json, revision: revision) }

    /// Lists of changes say no more than where the change is.
    private var pointer: JSONObject { JSONObject([("resource", .string(resource))]) }

    static let currentPartition = "CURRENT"
    var currentPointer: LedgerItem { LedgerItem(LedgerKey(Self.currentPartition, id), pointer) }
    var findingPointer: LedgerItem { LedgerItem(LedgerKey(Self.partition(ofFinding: findingID), id), pointer) }
    var historyPointer: LedgerItem { LedgerItem(LedgerKey(Self.historyPartition(intendedAt), id), pointer) }

    static func partition(ofFinding id: String) -> String { "FINDING#\(id)" }

    /// History stands by months: `HISTORY#2026-11`.
    static func historyPartition(_ time: Timestamp) -> String { "HISTORY#\(time.extended.prefix(7))" }
}
