import Basics

/// What the page's form sends: a decision, and who made it.
struct ApprovalForm {
    let isApproval: Bool
    let decider: Decider

    /// The longest name, and the longest reason, in characters.
    static let (longestName, longestReason) = (100, 1000)

    private enum Field {
        static let (decision, name, reason) = ("decision", "name", "reason")
    }

    /// `nil` where the form does not say it as it should.
    ///
    /// - Parameter userARN: who it is, where Lambda has checked that; else a name is needed.
    init?(_ fields: FormFields, userARN: String?) {
        guard ![Field.name, Field.reason, Field.decision].contains(where: fields.isRepeated) else { return nil }
        switch fields[Field.decision] {
        case "approve": isApproval = true
        case "reject": isApproval = false
        default: return nil
        }
        let name = Self.line(fields[Field.name] ?? "")
        let reason = Self.line(fields[Field.reason] ?? "")
        guard name.count <= Self.longestName, reason.count <= Self.longestReason, userARN != nil || !name.isEmpty else {
            return nil
        }
        decider = Decider(
            by: userARN ?? name,
            isClaimed: userARN == nil,
            way: "page",
            reason: reason.isEmpty ? nil : reason
        )
    }

    /// The text in one line of printable characters.
    private static func line(_ text: String) -> String {
        text.printable(limit: 2 * longestReason).split(separator: " ").joined(separator: " ")
    }
}
