import Findings
import LosslessJSON
import Rules
import Testing

/// What is made to cost time does not. Comparisons are counted; how long texts are searched is in Benchmarks/Micro.
@Suite struct CostTests {
    private func reading(_ rules: [String]) throws -> Effort {
        let text = Array((#"{"version":1,"rules":["# + rules.joined(separator: ",") + "]}").utf8)
        #expect(text.count < RulesLimits.bytes)
        let read = try RuleSet(text).rules
        #expect(read.count == rules.count)
        return Effort(of: read)
    }

    @Test func rulesThatDifferInTheLastOfManyCriteria() throws {
        let same = (0..<63).map { #""tags.t\#($0)":{"eq":["a"]}"# }.joined(separator: ",")
        let rules = (0..<1000).map {
            #"{"name":"r\#($0)","when":{\#(same),"tags.z":{"eq":["\#($0)"]}},"action":"IGNORE"}"#
        }
        // Criteria that are written alike are not compared as texts: one comparison for each pair.
        let effort = try reading(rules)
        #expect(effort.comparisons == 1000 * 999 / 2)
        #expect(effort.pairs == 1000 * 999 / 2)
    }

    @Test func rulesThatDifferInTheLastOfManyValues() throws {
        let same = (0..<700).map { #""\#(String($0, radix: 36))""# }.joined(separator: ",")
        let rules = (0..<1000).map {
            #"{"name":"r\#($0)","when":{"tags.t":{"eq":[\#(same),"v\#($0)"]}},"action":"IGNORE"}"#
        }
        // 701 comparisons for each pair, until the allowance is spent.
        let effort = try reading(rules)
        #expect(effort.pairs == Effort.allowance / 701)
    }

    @Test func aRuleThatCanNeverDecideIsFoundAmongMany() throws {
        let same = (0..<63).map { #""tags.t\#($0)":{"eq":["a"]}"# }.joined(separator: ",")
        var rules = (0..<200).map {
            #"{"name":"r\#($0)","when":{\#(same),"tags.z":{"eq":["\#($0)"]}},"action":"IGNORE"}"#
        }
        rules.append(
            #"{"name":"late","when":{"tags.z":{"eq":["7"]},"tags.y":{"eq":["1"]},\#(same)},"action":"IGNORE"}"#
        )
        // 65 keys would be one too many.
        rules[200] = rules[200].replacing(#","tags.y":{"eq":["1"]}"#, with: "")
        let text = Array((#"{"version":1,"rules":["# + rules.joined(separator: ",") + "]}").utf8)
        let error = #expect(throws: RulesError.self) { try RuleSet(text) }
        #expect(
            error?.description.hasPrefix(#"rules[200] "late": can never decide: rules[7] "r7" comes first"#) == true
        )
    }

    @Test(arguments: ["like", "contains"])
    func longTextsAndLongPieces(_ operation: String) throws {
        let letters = String(repeating: "a", count: 2000)
        let piece = operation == "like" ? "*\(letters)?b*" : "\(letters)b"
        let set = try ruleSet(when: #"{"tags.long":{"\#(operation)":["\#(piece)"]}}"#)
        let miss: JSON = ["tags": ["long": .string(String(repeating: "a", count: 500_000))]]
        let hit: JSON = ["tags": ["long": .string(String(repeating: "a", count: 500_000) + "b")]]
        let (missing, hitting) = (try makeCase(context: miss), try makeCase(context: hit))
        #expect([set.decide(missing, now: now).rule, set.decide(hitting, now: now).rule] == ["default", "one"])
    }

    @Test(arguments: ["like", "contains"])
    func manyActions(_ operation: String) throws {
        let letters = String(repeating: "a", count: 1000)
        let set = try ruleSet(
            when: #"{"actions":{"\#(operation)":["\#(operation == "like" ? "*\(letters)?b*" : letters + "b")"]}}"#
        )
        let actions = JSON.array((0..<1000).map { _ in .string("s3:" + String(repeating: "a", count: 2000)) })
        let input = try makeCase(["actions": actions])
        #expect(set.decide(input, now: now).rule == "default")
    }

    /// The search for long pieces says what trying every place says, with characters of one to four bytes.
    @Test func longPiecesFitAsShortOnesDo() throws {
        let filler = String(repeating: "é😀x", count: 100)
        for (piece, tail, fits) in [
            ("é?x", "é😀x", true), ("?", "", true), ("x??x", "xé😀x", true), ("x???!", "xé😀x!", true),
            ("x???x", "xé😀x!", false),
            ("é?é", "é😀x", false), ("x?y", "xéy", true), ("y?", "y", false), ("y?", "yé", true), ("y??", "yé", false),
        ] {
            // Twenty letters more make the piece a long one.
            let mark = String(repeating: "m", count: 20)
            for (pattern, text) in [
                ("*\(mark)\(piece)*", filler + mark + tail), ("*\(mark)\(piece)", filler + mark + tail),
                ("*\(mark)\(piece)*", mark + tail),
            ] {
                let set = try ruleSet(when: "{\"tags.a\":{\"like\":[\"\(pattern)\"]}}")
                let rule = set.decide(try makeCase(context: ["tags": ["a": .string(text)]]), now: now).rule
                let isWhole = !pattern.hasSuffix("*")
                guard !isWhole || piece != "?" || !tail.isEmpty else { continue }
                let expected = piece == "?" ? !tail.isEmpty : fits
                #expect(rule == (expected ? "one" : "default"), "\(pattern) on …\(tail)")
            }
        }
    }
}
