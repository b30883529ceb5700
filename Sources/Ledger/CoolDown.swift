package import Basics
package import LosslessJSON

/// An access that somebody gave back on purpose: until then it is not taken away again.
package struct CoolDown: Sendable, Equatable {
    package let resource: String
    /// As a finding has it.
    package let principal: JSON
    package let actions: [String]
    package let findingID: String
    /// Who rolled back.
    package let by: String
    package let at: Timestamp
    package let until: Timestamp

    package init(
        resource: String,
        principal: JSON,
        actions: [String],
        findingID: String,
        by: String,
        at: Timestamp,
        until: Timestamp
    ) {
        self.resource = resource
        self.principal = principal
        self.actions = actions
        self.findingID = findingID
        self.by = by
        self.at = at
        self.until = until
    }

    /// Whether it is about this access, or one that allows more.
    package func covers(principal other: JSON, actions others: [String]) -> Bool {
        let known = Set(actions.map { $0.lowercasedASCII })
        return principal == other && others.allSatisfy { known.contains($0.lowercasedASCII) }
    }
}

extension CoolDown {
    private static let sortPrefix = "COOLDOWN#"
    /// For so many seconds it says at least that something was undone, which readings may not show yet.
    static let leastLife: Int64 = 300

    static func isCoolDown(_ key: LedgerKey) -> Bool { key.sort.hasPrefix(sortPrefix) }

    var item: LedgerItem {
        LedgerItem(
            LedgerKey(LedgerChange.partition(ofResource: resource), Self.sortPrefix + findingID),
            JSONObject([
                ("resource", .string(resource)), ("principal", principal),
                ("actions", .array(actions.map(JSON.string))), ("findingId", .string(findingID)), ("by", .string(by)),
                ("at", .string(at.extended)), ("until", .string(until.extended)),
            ]),
            expires: max(until, at.adding(seconds: Self.leastLife)).secondsSinceEpoch
        )
    }

    init(_ item: LedgerItem) throws(LedgerError) {
        guard let principal = item.data["principal"] else { throw item.broken("principal") }
        self.init(
            resource: try item.text("resource"),
            principal: principal,
            actions: (item.data["actions"]?.array ?? []).compactMap(\.string),
            findingID: try item.text("findingId"),
            by: try item.text("by"),
            at: try item.time("at"),
            until: try item.time("until")
        )
    }
}
