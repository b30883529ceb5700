import FoundationEssentials
import Rules
import Testing

private let names: [String: AccessLevel] = [
    "list": .list, "read": .read, "tagging": .tagging, "write": .write, "permissions": .permissions,
]

@Suite struct AccessLevelTests {
    /// Every action of the services concerned, as the Service Authorization Reference has them (2026).
    @Test func everyActionHasItsLevel() throws {
        let path = #filePath.replacing("AccessLevelTests.swift", with: "access-levels.txt")
        let data = try #require(FileManager.default.contents(atPath: path))
        var count = 0
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let level = try #require(names[String(words[1])])
            for action in words.dropFirst(2) {
                let name = "\(words[0]):\(action)"
                #expect(AccessLevel.of(name) == level, "\(name)")
                #expect(AccessLevel.of(name.lowercased()) == level, "\(name) in small letters")
                count += 1
            }
        }
        #expect(count > 900)
    }

    @Test(
        arguments: [
            ("*", [.list, .read, .tagging, .write, .permissions]),
            ("s3:*", [.list, .read, .tagging, .write, .permissions]),
            ("s3:G*", [.list, .read, .tagging, .write, .permissions]),
            ("s3:GetObject*", [.read]), ("iam:Get*", [.list, .read]), ("sqs:List*", [.list, .read]),
            ("s3:Put*", [.tagging, .write, .permissions]), ("kms:Decrypt*", [.tagging, .write, .permissions]),
            ("sqs:TagQueue", [.tagging]), ("new:GetThing", [.read]), ("new:DoThing", [.write]),
            ("new:PutThingPolicy", [.permissions]), ("", [.write]), (":", [.write]), ("GetObject", [.read]),
        ] as [(String, [AccessLevel])]
    )
    func namesAndPatterns(_ action: String, _ levels: [AccessLevel]) {
        #expect(AccessLevel.levels(of: [action]).levels == levels)
    }

    @Test func levelsAddUp() {
        #expect(AccessLevel.levels(of: ["s3:GetObject", "s3:PutObject"]).levels == [.read, .write])
        #expect(AccessLevel.levels(of: []).levels == [])
    }
}
