import Basics
import Findings
import Rules

/// What the access allows, in words.
enum AccessWords {
    /// The lines about what the access allows.
    static func lines(_ finding: Finding, isBlocked: Bool) -> [String] {
        guard !finding.actions.isEmpty else { return [] }
        let heading = isBlocked ? "Access (as reported)" : "Access"
        return ["\(heading): \(words(finding.actions))", "Actions: \(finding.actions.listed())"]
    }

    private static func words(_ actions: [String]) -> String {
        // That is a write by AWS's tables, which tells nobody anything.
        guard !actions.allSatisfy({ String($0.prefix { $0 != ":" }).lowercasedASCII == "sts" }) else {
            return "can assume the role, and then do what the role may do"
        }
        return levelWords(actions)
    }

    /// The levels of the actions with what each means, in the order of AWS's own tables.
    ///
    /// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    private static func levelWords(_ actions: [String]) -> String {
        let levels = AccessLevel.levels(of: actions)
        var words: [String] = []
        if levels.contains(.list) { words.append("List (see what is there)") }
        if levels.contains(.read) { words.append("Read (read contents and settings)") }
        if levels.contains(.write) { words.append("Write (create, change, delete or use)") }
        if levels.contains(.permissions) { words.append("Permissions (change who has access)") }
        if levels.contains(.tagging) { words.append("Tagging (change tags)") }
        return words.isEmpty ? "of a level that is not known" : words.joined(separator: ", ")
    }
}
