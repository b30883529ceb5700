import Findings
import LosslessJSON
import Messages
import ResourceTypes
import Testing

@testable import Handlers

@Suite struct ChatTests {
    private func form(_ message: Message) throws -> JSON { try JSON.parse(text: message.chatForm) }

    /// What Amazon Q Developer in chat applications takes.
    private func check(_ form: JSON) throws {
        #expect(form["version"] == "1.0" && form["source"] == "custom")
        let content = try #require(form["content"])
        #expect(content["textType"] == "client-markdown")
        #expect((1...250).contains(content["title"]?.string?.unicodeScalars.count ?? 0))
        #expect((1...8000).contains(content["description"]?.string?.unicodeScalars.count ?? 0))
        for step in content["nextSteps"]?.array ?? [] {
            #expect((1...350).contains(step.string?.unicodeScalars.count ?? 0))
        }
        for word in content["keywords"]?.array ?? [] {
            #expect((1...75).contains(word.string?.unicodeScalars.count ?? 0))
        }
    }

    @Test(arguments: resources.map(\.arn)) func everyTypeFits(_ arn: String) throws {
        let type = try #require(resources.first { $0.arn == arn }?.type)
        let form = try form(message(try toldCase(type, arn, adding: harmless)))
        try check(form)
        #expect(form["metadata"]?["relatedResources"] == [.string(arn)] || arn.utf8.count > 75)
        #expect(form["metadata"]?["threadId"] == .string(findingID(7)))
        #expect(form["content"]?["keywords"]?.array?.contains(.string(account)) == true)
        let description = form["content"]?["description"]?.string ?? ""
        #expect(description.contains("`Resource: \(arn)`") && description.hasPrefix("https://us-east-1.console."))
    }

    @Test func wordsFromOutsideMeanNothing() throws {
        let tag = "*b* _i_ ~s~ <!channel> <@U1> @here :fire: https://evil.example/ www.evil.example `c` [l](x) # h"
        let input = try toldCase(
            "AWS::S3::Bucket",
            "arn:aws:s3:::reports",
            adding: [("context", ["unavailable": [["what": "tags", "why": .string(tag)]]])]
        )
        let form = try form(message(input))
        try check(form)
        for line in form["content"]?["description"]?.string?.split(separator: "\n") ?? [] where line.contains("fire") {
            #expect(line.hasPrefix("`") && line.hasSuffix("`"))
            #expect(!line.dropFirst().dropLast().contains("`") && !line.contains("<"))
        }
        #expect(form.text().contains("\u{2039}!channel>"))
    }

    @Test func whatIsTooLongIsCutAtALine() throws {
        let reasons = (0..<30).map { JSON.string("\($0) \(String(repeating: "long_", count: 100))") }
        let input = try toldCase(
            "AWS::S3::Bucket",
            "arn:aws:s3:::reports",
            adding: [("decision", ["action": "NOTIFY", "rule": "r", "reasons": .array(reasons)])]
        )
        let form = try form(message(input))
        try check(form)
        let lines = form["content"]?["description"]?.string?.split(separator: "\n") ?? []
        #expect(lines.last == "The rest is in the mail, where one is sent.")
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("`") == $0.hasSuffix("`") })
    }

    @Test func aCommandIsShownWholeOrNotAtAll() throws {
        for (type, arn) in resources {
            let shown = message(try toldCase(type, arn, adding: harmless))
            let steps = try form(shown)["content"]?["nextSteps"]?.array?.compactMap(\.string) ?? []
            for step in steps where step.hasPrefix("`") {
                #expect(shown.body.contains("- \(step.dropFirst().dropLast())\n"), "\(step)")
            }
        }
    }

    @Test func reportsHaveAForm() throws {
        let form = try form(Message(report: "Gatehouse report to now", "Line one\n\nLine two\n"))
        try check(form)
        #expect(form["content"]?["description"] == "Line one\nLine two")
        #expect(form["metadata"]?["threadId"] == nil)
    }
}
