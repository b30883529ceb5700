import Findings
import LosslessJSON
import Rules

/// Prints how many lines of JSON a second become decisions, without reading files and writing them, and its steps.
func runLineBenchmarks() throws {
    // Every second case comes with an earlier decision.
    let earlier = #","decision":{"action":"NOTIFY","rule":"default","risk":50,"reasons":["No rule matches."]}}"#
    let texts = caseTexts.indices.map { $0 % 2 == 0 ? caseTexts[$0] : caseTexts[$0].dropLast() + earlier }
    let count = 250 * texts.count
    let lines = (0..<count).map { Array(texts[$0 % texts.count].utf8) }
    let size = lines.reduce(0) { $0 + $1.count } / count

    let parse = try median {
        for line in lines where try JSON.parse(line).object == nil { fatalError("a line was not read") }
    }
    print("lines of \(size) bytes, parse\t\(Int(Double(count) / parse))\t1/s")
    let values = try lines.map { try JSON.parse($0) }
    let read = try median {
        for value in values where try Case(value).isBareEvent { fatalError("a case was not read") }
    }
    print("the same parsed, read as cases\t\(Int(Double(count) / read))\t1/s")

    let text = lines.reduce(into: [UInt8]()) { $0 += $1 + [0x0A] }
    let rules = try RuleSet(Array(rulesText.utf8))
    var output: [UInt8] = []
    let whole = median {
        var replay = Replay(rules, now: "2026-11-21T08:40:00Z")
        var splitter = LineSplitter(limit: Replay.lineLimit)
        output.removeAll(keepingCapacity: true)
        text.withUnsafeBufferPointer { splitter.feed($0) { replay.answer($0, into: &output) } }
        guard replay.summary.decided == count else { fatalError("a line was not decided about") }
    }
    print("the same as text, 20 rules, to text\t\(Int(Double(count) / whole))\t1/s\t>= 100000")
}
