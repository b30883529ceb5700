import Basics
import FoundationEssentials
import Glibc
import Testing

@testable import Rules

/// The pages of codes and keys.
@Suite struct RuleCodeTests {
    private static let now = Timestamp(iso8601: "2026-11-21T08:40:00Z") ?? Timestamp(secondsSinceEpoch: 0)

    /// The codes of all problems of a rules file.
    private func codes(_ text: String) -> [RuleCode] {
        do throws(RulesError) {
            let rules = try RuleSet(Array(text.utf8))
            return rules.warnings(blockedTypes: ["AWS::IAM::Role", "AWS::S3::Bucket"], now: Self.now).map(\.code)
        } catch {
            return error.problems.map(\.code)
        }
    }

    @Test(arguments: RuleCode.allCases)
    func aPageShowsWhatItIsAbout(_ code: RuleCode) {
        #expect(codes(code.page.wrong) == [code])
        #expect(codes(code.page.right) == [])
        #expect(code.page.title.utf8.count < 60 && code.page.text.hasSuffix("."))
    }

    /// `RECORD_RULE_CODES=1` writes them anew.
    @Test func thePagesStandInTheDocumentation() throws {
        let folder = #filePath.replacing("Tests/RulesTests/RuleCodeTests.swift", with: "Sources/Rules/Rules.docc/Codes")
        for code in RuleCode.allCases {
            let path = "\(folder)/\(code.rawValue).md"
            if getenv("RECORD_RULE_CODES") != nil {
                try code.pageMarkdown.write(toFile: path, atomically: true, encoding: .utf8)
            }
            let page = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            #expect(page == code.pageMarkdown, "\(path)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == RuleCode.allCases.map { "\($0.rawValue).md" }.sorted()
        )
    }

    @Test func everyKeyHasItsPage() throws {
        let names = RuleKeyPage.all.map(\.name)
        #expect(Set(names).count == names.count)
        for key in RuleKey.names { #expect(RuleKeyPage.page(of: key)?.name == key) }
        for open in RuleKey.openNames { #expect(RuleKeyPage.page(of: open + "Any")?.name.hasPrefix(open) == true) }
        #expect(RuleKeyPage.page(of: "tags") == nil)
        #expect(RuleKeyPage.page(of: "condition.aws:SourceVpc")?.name == "condition.aws:SourceVpc")
        for page in RuleKeyPage.all {
            let example = page.example.replacing("<key>", with: "Some").replacing("<path>", with: "a.b")
            #expect(codes(RuleCode.example(when: "{\(example)}")) == [], "\(page.name)")
            for value in page.values {
                let when = #"{"\#(page.name)": {"eq": ["\#(value)"]}}"#
                #expect(codes(RuleCode.example(when: when)) == [], "\(page.name) \(value)")
            }
        }
    }
}

/// Where problems are said to be.
@Suite struct RulesTextTests {
    private func positions(_ text: String) -> [String] {
        do throws(RulesError) {
            _ = try RuleSet(Array(text.utf8))
            return []
        } catch {
            var place = RulesText(Array(text.utf8))
            return error.problems.map { problem in
                let (line, column) = place.position(of: problem)
                return "\(line):\(column) \(problem.code.rawValue)"
            }
        }
    }

    @Test func everyMistakeHasItsPlace() {
        let text = """
            {"version": 1, "defualt": "NOTIFY",
             "rules": [
              {"name": "Gr\u{00FC}\u{1F600}n", "when": {"isPublic": {"eq": ["true", "no", "\\"]}"]}},
               "action": "Notify"},
              {"name": "two", "when": {"tag.A": {"exists": true}, "name": {"gt": 1}}},
              3
             ],
             "risk": {"weights": {"publik": 1}, "archiveBelow": 1.5}}
            """
        #expect(
            positions(text) == [
                "1:16 E005", "3:58 E204", "3:64 E204", "4:14 E103", "5:28 E201", "5:64 E203", "5:3 E004", "6:3 E003",
                "8:53 E008", "8:23 E301",
            ]
        )
    }

    @Test func whatIsNoJSONHasItsPlaceAndAHint() throws {
        for (text, place, hint) in [
            ("{\"version\": 1,\n // rules\n}", "2:2 E001", "no comments"),
            ("{\"version\": 1,\n}", "2:1 E001", "comma"), ("version: 1", "1:1 E001", "YAML"),
            ("\u{FEFF}{}", "1:1 E001", "byte order mark"), ("{'version': 1}", "1:2 E001", "double quotes"),
            ("{\"version\": True}", "1:13 E001", "small letters"), ("", "1:1 E001", ""),
        ] {
            #expect(positions(text) == [place])
            let error = #expect(throws: RulesError.self) { try RuleSet(Array(text.utf8)) }
            #expect(error?.description.contains(hint) == true || hint.isEmpty, "\(String(describing: error))")
        }
    }
}
