import ArgumentParser

/// The archive rules of Access Analyzer itself.
struct ArchiveRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive-rules",
        abstract: "List, make, apply and check the archive rules of Access Analyzer itself.",
        discussion: """
            An archive rule is part of an analyzer: it archives matching findings the moment they are made, before \
            Gatehouse sees them, and whether Gatehouse runs or not. It knows a part of what Gatehouse's rules know: no \
            tags, no names, no score, no end.
            """,
        subcommands: [ArchiveRulesList.self, ArchiveRulesCreate.self, ArchiveRulesApply.self, ArchiveRulesLint.self]
    )
}

/// The names that AWS takes for archive rules.
struct ArchiveRuleName: ExpressibleByArgument {
    let text: String

    /// Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateArchiveRule.html
    init?(argument: String) {
        let isLetter = { (byte: UInt8) in byte | 0x20 &- 0x61 < 26 }
        guard let first = argument.utf8.first, isLetter(first), argument.utf8.count <= 255,
            argument.utf8.allSatisfy({ isLetter($0) || $0 &- 0x30 < 10 || "_.-".utf8.contains($0) })
        else { return nil }
        text = argument
    }
}
