import Basics
import Findings

/// The body of a message about several findings of one resource. Each has its own lines and its own steps, so that no
/// command can be taken for another finding's; what is the same for all is said once.
struct BatchText {
    let text: String

    /// - Parameter cases: the most pressing first.
    init(_ cases: [Case], _ guide: any ResourceGuide, now: Timestamp) {
        guard let first = cases.first else {
            text = ""
            return
        }
        let steps = cases.map { NextSteps($0, guide, now: now).sections }
        let missing = cases.map { Array(MessageSections($0).unavailable.dropFirst()) }
        let sharedSteps = BatchText.shared(steps)
        let sharedGaps = missing.dropFirst().reduce(missing[0]) { known, other in known.filter(other.contains) }
        var parts = [
            ["Gatehouse has \(cases.count) findings about one resource; the most pressing comes first."],
            MessageSections(first).resource, MessageSections(first).about, BatchText.gaps(sharedGaps),
        ]
        for (index, input) in cases.enumerated() {
            let sections = MessageSections(input)
            parts.append(["Finding \(index + 1) of \(cases.count)"] + Lead(input, guide).lines + sections.access)
            parts += [sections.why, BatchText.gaps(missing[index].filter { !sharedGaps.contains($0) })]
            for (heading, lines) in steps[index] {
                let known = sharedSteps.first { $0.heading == heading }?.steps ?? []
                let own = lines.filter { !known.contains($0) }
                guard !own.isEmpty else { continue }
                parts.append(["Finding \(index + 1). \(heading)"] + own.map { "- \($0)" })
            }
            parts += UndoSections(input, guide).paragraphs
        }
        for (heading, lines) in sharedSteps where !lines.isEmpty {
            parts.append(["All \(cases.count) findings. \(heading)"] + lines.map { "- \($0)" })
        }
        text = parts.paragraphs
    }

    private static func gaps(_ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["What could not be looked up:"] + lines
    }

    /// The steps that every finding has under the same heading.
    private static func shared(_ steps: [[Steps]]) -> [Steps] {
        guard let first = steps.first else { return [] }
        return first.map { (heading, lines) in
            let common = lines.filter { line in
                steps.allSatisfy { sections in sections.contains { $0.heading == heading && $0.steps.contains(line) } }
            }
            return (heading, common)
        }
    }
}
