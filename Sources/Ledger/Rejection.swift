package import Basics
package import LosslessJSON

/// An access that somebody has decided to leave open: until then nobody is asked again.
package struct Rejection: Sendable, Equatable {
    package let findingID: String
    package let resource: String
    /// As a finding has it.
    package let principal: JSON
    package let actions: [String]
    /// The conditions that it was given under.
    package let condition: JSONObject
    package let by: String
    package let at: Timestamp
    /// `nil` where none was given.
    package let reason: String?
    package let until: Timestamp

    package init(
        findingID: String,
        resource: String,
        principal: JSON,
        actions: [String],
        condition: JSONObject,
        by: String,
        at: Timestamp,
        reason: String?,
        until: Timestamp
    ) {
        self.findingID = findingID
        self.resource = resource
        self.principal = principal
        self.actions = actions
        self.condition = condition
        self.by = by
        self.at = at
        self.reason = reason
        self.until = until
    }

    static func partition(ofResource resource: String) -> String { "REJECTION#\(resource)" }

    var item: LedgerItem {
        var data = JSONObject([
            ("findingId", .string(findingID)), ("resource", .string(resource)), ("principal", principal),
            ("actions", .array(actions.map(JSON.string))), ("condition", .object(condition)), ("by", .string(by)),
            ("at", .string(at.extended)), ("until", .string(until.extended)),
        ])
        if let reason { data["reason"] = .string(reason) }
        return LedgerItem(
            LedgerKey(Self.partition(ofResource: resource), findingID),
            data,
            expires: until.secondsSinceEpoch
        )
    }

    init(_ item: LedgerItem) throws(LedgerError) {
        guard let principal = item.data["principal"] else { throw item.broken("principal") }
        self.init(
            findingID: try item.text("findingId"),
            resource: try item.text("resource"),
            principal: principal,
            actions: item.data["actions"]?.array?.compactMap(\.string) ?? [],
            condition: item.data["condition"]?.object ?? JSONObject(),
            by: try item.text("by"),
            at: try item.time("at"),
            reason: item.data["reason"]?.string,
            until: try item.time("until")
        )
    }
}

extension Ledger {
    /// Who has decided to leave an access open, where that still holds.
    package func rejection(
        of resource: String,
        principal: JSON,
        actions: [String],
        condition: JSONObject
    ) async throws(LedgerError) -> Rejection? {
        for item in try await items(of: Rejection.partition(ofResource: resource)) {
            let rejection = try Rejection(item)
            let known = Set(rejection.actions.map { $0.lowercasedASCII })
            // What was left open covers what lets in no more than that.
            if now() < rejection.until, rejection.principal == principal, rejection.condition == condition,
                actions.allSatisfy({ known.contains($0.lowercasedASCII) })
            {
                return rejection
            }
        }
        return nil
    }
}
