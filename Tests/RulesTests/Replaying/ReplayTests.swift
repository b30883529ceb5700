import Findings
import LosslessJSON
import Rules
import Testing

private let moment = "2026-11-21T08:40:00Z"

@Suite struct ReplayTests {
    private func caseLine(_ rest: String = "", id: String = "f-1", tags: String = "{}") -> String {
        #"{"finding":{"id":"\#(id)","kind":"ExternalAccess","status":"ACTIVE","resource":"arn:aws:sns:us-east-1:"#
            + #"123456789012:t","resourceType":"AWS::SNS::Topic","accountId":"123456789012","principal":{"AWS":"*"},"#
            + #""actions":["sns:Publish"],"isPublic":false},"context":{"tags":\#(tags)}\#(rest)}"#
    }

    private let rules = """
        {"version": 1, "default": "NOTIFY", "rules": [
          {"name": "shared", "when": {"tags.Shared": {"eq": ["yes"]}}, "action": "ARCHIVE"},
          {"name": "never", "when": {"tags.Never": {"eq": ["yes"]}}, "action": "IGNORE"}
        ]}
        """

    /// The answers to a text, line by line, and the summary.
    private func replay(_ text: String, changesOnly: Bool = false) throws -> (lines: [String], summary: ReplaySummary) {
        var replay = Replay(try RuleSet(Array(rules.utf8)), now: moment, showsChangesOnly: changesOnly)
        var output: [UInt8] = []
        var splitter = LineSplitter(limit: Replay.lineLimit)
        Array(text.utf8).withUnsafeBufferPointer { splitter.feed($0) { replay.answer($0, into: &output) } }
        splitter.finish { replay.answer($0, into: &output) }
        #expect(output.isEmpty || output.last == 0x0A)
        let lines = output.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        return (output.isEmpty ? [] : lines.map { String(decoding: $0, as: UTF8.self) }, replay.summary)
    }

    @Test func aLineKeepsItsOwnBytes() throws {
        let odd = caseLine(#" , "mine" : 1.0e+2 , "decision":{"action":"NOTIFY","rule":"old"}, "é\u00e9":"\/" "#)
        let (lines, _) = try replay("\(odd)\r\n")
        let line = try #require(lines.first)
        let start = odd.range(of: #""decision":"#)
        #expect(line.hasPrefix(String(odd[..<start.upperBound])))
        #expect(line.hasSuffix(#", "é\u00e9":"\/" }"# + "\r"))
        let decision = try Case(Array(line.utf8)).decision
        #expect(decision?.action == .notify && decision?.rule == "default")
    }

    @Test func decidesAsTheRulesDo() throws {
        let texts = [caseLine(), caseLine(id: "f-2", tags: #"{"Shared":"yes"}"#), caseLine(#","outcome":null"#)]
        let set = try RuleSet(Array(rules.utf8))
        let (lines, summary) = try replay(texts.joined(separator: "\n"))
        for (text, line) in zip(texts, lines) {
            var expected = try Case(Array(text.utf8))
            expected.decide(set.decide(expected, now: moment))
            #expect(try JSON.parse(text: line) == .object(expected.json))
        }
        #expect(lines.count == 3 && summary.decided == 3 && summary.refused == 0 && summary.haveEarlier == 0)
    }

    @Test func anEventBecomesACase() throws {
        let event = """
            {"source":"aws.access-analyzer","detail-type":"Access Analyzer Finding","region":"us-east-1","resources":\
            ["arn:aws:access-analyzer:us-east-1:123456789012:analyzer/a"],"detail":{"id":"f-1","status":"ACTIVE",\
            "resource":"arn:aws:sns:us-east-1:123456789012:t","resourceType":"AWS::SNS::Topic",\
            "accountId":"123456789012","principal":{"AWS":"*"},"action":["sns:Publish"],"isPublic":false}}
            """
        let line = try #require(try replay(event).lines.first)
        let answered = try Case(Array(line.utf8))
        #expect(!answered.isBareEvent && answered.finding.id == "f-1" && answered.decision?.action == .notify)
    }

    @Test func whatIsNoCaseSaysSoInItsPlace() throws {
        let bad = ["", "{", "[]", "{}", #"{"finding":{}}"#, caseLine(#","decision":{"action":"DO"}"#), "nul"]
        let (lines, summary) = try replay(([caseLine()] + bad + [caseLine()]).joined(separator: "\n") + "\n")
        #expect(lines.count == bad.count + 2 && summary.refused == bad.count && summary.decided == 2)
        for (index, line) in lines.enumerated() where index > 0 && index <= bad.count {
            let error = try JSON.parse(text: line)["error"]
            #expect(error?["errorType"]?.string == "Function.InvalidEvent")
            #expect(error?["errorMessage"]?.string?.hasPrefix("line \(index + 1): ") == true)
        }
        #expect(lines[1].contains("line 2: the line is empty"))
        #expect(lines[6].contains("decision.action"))
    }

    @Test(arguments: [("", 0), ("\n", 0), ("CASE\n\n", 1), ("CASE\n\r\n", 1), ("CASE\n\n\n", 2), ("\n\nCASE", 3)])
    func onlyALastEmptyLineIsNoLine(_ text: String, _ answers: Int) throws {
        let text = text.split(separator: "CASE", omittingEmptySubsequences: false).joined(separator: caseLine())
        #expect(try replay(text).lines.count == answers)
    }

    @Test func aLineThatIsTooLongIsNoCase() throws {
        let long = caseLine(#","pad":"\#(String(repeating: "x", count: Replay.lineLimit))""#)
        let (lines, summary) = try replay("\(long)\n\(caseLine())\n")
        #expect(lines.count == 2 && summary.refused == 1 && summary.decided == 1)
        #expect(lines[0].contains("line 1: the line holds more than 6291456 bytes"))
    }

    @Test func hostileTextStaysOneLine() throws {
        let hostile = caseLine().replacing("ExternalAccess", with: ##"x\u001b[2J\u202e\n\u0000"##)
        let (lines, _) = try replay(hostile)
        #expect(lines.count == 1)
        let message = try JSON.parse(text: lines[0])["error"]?["errorMessage"]?.string ?? ""
        #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    }

    @Test func showsWhatWouldChange() throws {
        let same = caseLine(#","decision":{"action":"NOTIFY","rule":"default","risk":1,"reasons":["x"]}"#)
        let otherRule = caseLine(#","decision":{"action":"NOTIFY","rule":"old"}"#)
        let otherAction = caseLine(#","decision":{"action":"NOTIFY","rule":"default"}"#, tags: #"{"Shared":"yes"}"#)
        let text = [same, otherRule, otherAction, caseLine(), "x"].joined(separator: "\n")
        let (lines, summary) = try replay(text, changesOnly: true)
        #expect(lines.count == 4)
        #expect(try lines.dropLast().map { try Case(Array($0.utf8)).decision?.action } == [.notify, .archive, .notify])
        #expect(summary.decided == 4 && summary.haveEarlier == 3 && summary.changed == 2)
        #expect(
            summary.text == """
                5 lines: 4 decided, 1 no case.
                  ARCHIVE 1
                  NOTIFY 3
                By rule:
                  shared: ARCHIVE 1
                  default: NOTIFY 3
                  decided nothing: "never"
                2 of 3 that came with a decision have another action or rule now.
                  NOTIFY -> ARCHIVE: 1
                1 came without a decision.
                """
        )
    }

    @Test func aDecisionIsWrittenAsItsJSON() {
        for decision in [
            Decision(
                .archive,
                rule: "a \"b\" \\ \n é",
                risk: 7,
                reasons: [Reason(.rule, "x\u{1}"), Reason(.rule, "")]
            ),
            Decision(.notify, rule: "default", reasons: []),
        ] {
            var bytes: [UInt8] = []
            decision.write(into: &bytes)
            #expect(bytes == JSON.object(decision.json).serialized())
        }
    }
}

extension String {
    /// Where a text stands; the end when it is nowhere.
    fileprivate func range(of text: String) -> Range<Index> {
        for index in indices where self[index...].hasPrefix(text) {
            return index..<self.index(index, offsetBy: text.count)
        }
        return endIndex..<endIndex
    }
}
