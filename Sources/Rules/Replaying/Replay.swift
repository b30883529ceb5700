import Basics
import Findings
import LosslessJSON

/// Cases, a line each, through a rule set: a line out for each line in, in order.
///
/// Nothing is looked up and nobody is called; status and mode are not asked. A line's own bytes stay as they are but for
/// its `decision`. A line that is no case becomes one that says so.
package struct Replay {
    /// Bytes that a line may hold: 6 MiB, as the largest event that Lambda takes.
    package static let lineLimit = 6 << 20

    /// What has come so far.
    package private(set) var summary: ReplaySummary
    private let rules: RuleSet
    private let now: String
    private let showsChangesOnly: Bool
    private var lines = 0
    /// An empty line is no case, but for the last one: whether another line follows decides.
    private var hasEmptyLine = false

    /// - Parameters:
    ///   - rules: the rules to decide by.
    ///   - now: the moment by which rules expire, `2026-11-21T08:40:00Z`.
    ///   - showsChangesOnly: leave out the lines whose decision has the action and the rule that it came with.
    package init(_ rules: RuleSet, now: String, showsChangesOnly: Bool = false) {
        self.rules = rules
        self.now = now
        self.showsChangesOnly = showsChangesOnly
        summary = ReplaySummary(rules)
    }

    /// Appends the answer to the next line, with a line feed behind it.
    package mutating func answer(_ line: Line, into output: inout [UInt8]) {
        if hasEmptyLine {
            hasEmptyLine = false
            refuse("the line is empty", &output)
        }
        lines += 1
        switch line {
        case .tooLong:
            refuse("the line holds more than \(Replay.lineLimit) bytes", &output)
        case .whole(let bytes):
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                hasEmptyLine = true
            } else {
                decide(bytes, &output)
            }
        }
    }

    private mutating func decide(_ bytes: UnsafeBufferPointer<UInt8>, _ output: inout [UInt8]) {
        let (input, place): (Case, Range<Int>?)
        do throws(InvalidEvent) {
            (input, place) = try Case.read(line: bytes)
        } catch {
            return refuse(error.description, &output)
        }
        var decision = rules.decide(input, now: now)
        if let earlier = input.json["decision"]?.object { decision.keep(foreignKeysOf: earlier) }
        let isChanged = summary.count(decision, before: input.decision)
        guard isChanged || !showsChangesOnly else { return }
        if input.isBareEvent {
            var answered = input
            answered.decide(decision)
            JSON.object(answered.json).write(into: &output)
        } else {
            MemberSplice(text: bytes, place: place, isEmpty: false)
                .write(key: "decision", value: { decision.write(into: &$0) }, into: &output)
        }
        output.append(0x0A)
    }

    private mutating func refuse(_ why: String, _ output: inout [UInt8]) {
        summary.refused += 1
        let message = "line \(lines): \(why)".printable(limit: 1000)
        let answer: JSON = ["error": ["errorType": "Function.InvalidEvent", "errorMessage": .string(message)]]
        answer.write(into: &output)
        output.append(0x0A)
    }
}
