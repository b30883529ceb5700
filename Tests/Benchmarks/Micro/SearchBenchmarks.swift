import Findings
import LosslessJSON
import Rules

/// Prints how fast texts are searched and rules read that are made to cost time: a search that tried every place would
/// be a thousand times slower.
func runSearchBenchmarks() throws {
    let length = 1_000_000
    let letters = String(repeating: "a", count: 1000)
    for (name, test) in [
        ("contains", #"{"contains":["\#(letters)b"]}"#), ("like", #"{"like":["*\#(letters)?b*"]}"#),
    ] {
        let rules = try ruleSet([#"{"name":"one","when":{"tags.long":\#(test)},"action":"ARCHIVE"}"#])
        let text = JSON.string(String(repeating: "a", count: length))
        var input = try Case(Array(caseTexts[0].utf8))
        var context = input.context
        context["tags"] = ["long": text]
        input.learn(context)
        let seconds = median {
            guard rules.decide(input, now: "2026-11-21T08:40:00Z").rule == "default" else { fatalError("it matched") }
        }
        print("text of 1 MB, a piece of 1000 letters, \(name)\t\(Int(Double(length) / seconds / 1e6))\tMB/s")
    }

    let same = (0..<63).map { #""tags.t\#($0)":{"eq":["a"]}"# }.joined(separator: ",")
    let keys = (0..<1000).map {
        #"{"name":"r\#($0)","when":{\#(same),"tags.z":{"eq":["\#($0)"]}},"action":"IGNORE"}"#
    }
    try report("rules, 1000 rules that differ in the last of 64 keys, read", keys)
    let list = (0..<700).map { #""\#(String($0, radix: 36))""# }.joined(separator: ",")
    let values = (0..<1000).map {
        #"{"name":"r\#($0)","when":{"tags.t":{"eq":[\#(list),"v\#($0)"]}},"action":"IGNORE"}"#
    }
    try report("rules, 1000 rules that differ in the last of 701 values, read", values)
}

private func ruleSet(_ rules: [String]) throws -> RuleSet {
    try RuleSet(Array((#"{"version":1,"rules":["# + rules.joined(separator: ",") + "]}").utf8))
}

private func report(_ name: String, _ rules: [String]) throws {
    let seconds = try median {
        guard try ruleSet(rules).rules.count == rules.count else { fatalError("the rules were not read") }
    }
    print("\(name)\t\(Int(seconds * 1000))\tms")
}
