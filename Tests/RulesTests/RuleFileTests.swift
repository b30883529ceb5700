import FoundationEssentials
import Glibc
import Testing

@testable import Rules

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

    /// Each file's problems stand beside it, a line each; `RECORD_RULE_FILES=1` writes them anew, to be read.
    @Test func badFilesSayWhereAndHow() throws {
        let paths = try files("bad").filter { $0.hasSuffix(".json") }
        #expect(paths.count == 99)
        for path in paths {
            let bytes = try bytes(path)
            let error = try #require(throws: RulesError.self, "\(path)") { try RuleSet(bytes) }
            #expect(error.problems.allSatisfy(\.code.isError) && error.dropped == 0)
            var text = RulesText(bytes)
            let found = error.problems.map { problem in
                let (line, column) = text.position(of: problem)
                return "\(line):\(column): \(problem.code.rawValue) \(problem)\n"
            }.joined()
            let record = path.replacing(".json", with: ".txt")
            if getenv("RECORD_RULE_FILES") != nil {
                try found.write(toFile: record, atomically: true, encoding: .utf8)
            }
            let expected = String(decoding: FileManager.default.contents(atPath: record) ?? Data(), as: UTF8.self)
            #expect(found == expected, "\(path)")
        }
    }

    @Test func whoeverReadsOneMistakeHearsOfTheOthers() throws {
        let one = #"{"version":1,"rules":[],"risk":{"archiveBelow":101}}"#
        let three = #"{"version":2,"rules":[],"risk":{"archiveBelow":101},"x":1}"#
        let first = #expect(throws: RulesError.self) { try RuleSet(Array(one.utf8)) }
        #expect(first?.description == "risk.archiveBelow: must be a whole number from 0 to 100, not 101")
        let all = #expect(throws: RulesError.self) { try RuleSet(Array(three.utf8)) }
        #expect(all?.problems.count == 3)
        #expect(all?.description.hasSuffix("(and 2 more: 'gatehouse rules check' shows all)") == true)
    }

    @Test func whatIsRightBesideAMistakeIsStillCompared() throws {
        let rules = [
            #"{"name":"a","when":{},"action":"NOTIFY"}"#, #"{"name":"b","when":{},"action":"SHOUT"}"#,
            #"{"name":"c","when":{"isPublic":{"eq":["true"]}},"action":"NOTIFY"}"#,
        ]
        let text = #"{"version":1,"rules":["# + rules.joined(separator: ",") + "]}"
        let error = #expect(throws: RulesError.self) { try RuleSet(Array(text.utf8)) }
        #expect(error?.problems.map(\.code) == [.unknownAction, .unreachable])
        #expect(error?.problems.last?.place.description == #"rules[2] "c""#)
    }

    @Test func moreMistakesThanAnybodyReadsAreCounted() throws {
        let values = Array(repeating: #""x""#, count: 700).joined(separator: ",")
        let rules = (0..<2).map {
            #"{"name":"r\#($0)","when":{"accountId":{"eq":[\#(values)]}},"action":"NOTIFY"}"#
        }
        let text = #"{"version":1,"rules":["# + rules.joined(separator: ",") + "]}"
        let error = #expect(throws: RulesError.self) { try RuleSet(Array(text.utf8)) }
        #expect(error?.problems.count == 1000 && error?.dropped == 400)
    }

    @Test func thereIsALimitToEverything() throws {
        let space = [UInt8](repeating: 0x20, count: RulesLimits.bytes + 1)
        let tooLong = #expect(throws: RulesError.self) { try RuleSet(space) }
        #expect(tooLong?.description == "the rules have 4194305 bytes, more than 4194304")
        let rule = #"{"name":"n","when":{},"action":"NOTIFY"}"#
        let many = #"{"version":1,"rules":["# + Array(repeating: rule, count: 1001).joined(separator: ",") + "]}"
        let tooMany = #expect(throws: RulesError.self) { try RuleSet(Array(many.utf8)) }
        #expect(tooMany?.description == "rules: holds 1001 rules, more than 1000")
        let key =
            #"{"version":1,"rules":[{"name":"n","when":{"tags.\#(String(repeating: "x", count: 2050))":"#
            + #"{"exists":true}},"action":"NOTIFY"}]}"#
        let error = #expect(throws: RulesError.self) { try RuleSet(Array(key.utf8)) }
        #expect(error?.problems.first?.message == "the key has 2055 bytes, more than 2048")
        #expect((error?.problems.first?.place.description.utf8.count ?? 1000) < 200)
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
