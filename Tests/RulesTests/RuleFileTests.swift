import FoundationEssentials
import Rules
import Testing

/// The folder of files that the schema is tried on as well (Tests/Integration/test_rules_schema.py).
private func files(_ folder: String) throws -> [String] {
    let path = #filePath.replacing("RuleFileTests.swift", with: "RuleFiles/\(folder)")
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(path)/\($0)" }
}

private func bytes(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw MissingFile(path: path) }
    return Array(data)
}

private struct MissingFile: Error {
    let path: String
}

@Suite struct RuleFileTests {
    @Test func goodFilesAreRead() throws {
        let paths = try files("good")
        #expect(paths.count == 12)
        for path in paths {
            #expect(throws: Never.self, "\(path)") { try RuleSet(try bytes(path)) }
        }
    }

    @Test func badFilesSayWhereAndHow() throws {
        let paths = try files("bad").filter { $0.hasSuffix(".json") }
        #expect(paths.count == 96)
        for path in paths {
            let expected = String(decoding: try bytes(path.replacing(".json", with: ".txt")), as: UTF8.self)
            do {
                _ = try RuleSet(try bytes(path))
                Issue.record("\(path) was accepted")
            } catch let error as RulesError {
                #expect(error.description + "\n" == expected, "\(path)")
            }
        }
    }

    @Test func thereIsALimitToEverything() throws {
        let space = [UInt8](repeating: 0x20, count: RulesLimits.bytes + 1)
        #expect(throws: RulesError("", "the rules have 4194305 bytes, more than 4194304")) { try RuleSet(space) }
        let rule = #"{"name":"n","when":{},"action":"NOTIFY"}"#
        let many = #"{"version":1,"rules":["# + Array(repeating: rule, count: 1001).joined(separator: ",") + "]}"
        #expect(throws: RulesError("rules", "holds 1001 rules, more than 1000")) { try RuleSet(Array(many.utf8)) }
        let key =
            #"{"version":1,"rules":[{"name":"n","when":{"tags.\#(String(repeating: "x", count: 2050))":"#
            + #"{"exists":true}},"action":"NOTIFY"}]}"#
        let error = #expect(throws: RulesError.self) { try RuleSet(Array(key.utf8)) }
        #expect(error?.message == "the key has 2055 bytes, more than 2048")
        #expect((error?.place.utf8.count ?? 1000) < 200)
    }

    @Test func aThousandRulesOfManyValuesAreReadWithoutComparing() throws {
        // 4 MiB hold about a million values of one or two letters.
        let values = (0..<700).map { #""\#(String($0, radix: 36))""# }.joined(separator: ",")
        let rules = (0..<1000).map {
            #"{"name":"r\#($0)","when":{"tags.t\#($0)":{"eq":[\#(values)]}},"action":"ARCHIVE"}"#
        }
        let text = Array((#"{"version":1,"rules":["# + rules.joined(separator: ",") + "]}").utf8)
        #expect(text.count < RulesLimits.bytes)
        let read = try RuleSet(text).rules
        #expect(read.count == 1000)
        // They are about different keys.
        #expect(Effort(of: read).comparisons == 0)
    }
}
