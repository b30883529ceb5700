import Basics
import Findings
import Rules

/// What the finding's actions come to, as one word or two after "can".
struct AccessVerb {
    let text: String

    init(_ finding: Finding) {
        let services = finding.actions.map { String($0.prefix { $0 != ":" }).lowercasedASCII }
        guard !services.contains("sts") else {
            text = "assume"
            return
        }
        let levels = AccessLevel.levels(of: finding.actions)
        guard !levels.contains(.permissions) else {
            text = "control"
            return
        }
        var words: [String] = []
        if levels.contains(.read) { words.append("read") }
        if levels.contains(.write) {
            // Keys, functions, queues, topics and snapshots are used; what else holds data is changed.
            let isUsed = services.contains { ["kms", "lambda", "sqs", "sns", "ec2", "rds"].contains($0) }
            words.append(isUsed ? "use" : "change")
        }
        if words.isEmpty, levels.contains(.list) { words.append("list") }
        if words.isEmpty, levels.contains(.tagging) { words.append("tag") }
        text = words.isEmpty ? "access" : words.joined(separator: " and ")
    }
}
