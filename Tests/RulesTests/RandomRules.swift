import Findings
import LosslessJSON
import TestSupport

/// Rule sets and cases at random, from few words, so that they often meet.
struct RandomRules {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func texts(_ words: [String]) -> JSON {
        .array((0...Int.random(in: 0...1, using: &random)).map { _ in .string(pick(words)) })
    }

    private mutating func test(_ words: [String]) -> JSON {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: ["eq": texts(words)]
        case 2: ["neq": texts(words)]
        case 3: ["contains": texts(words.map { String($0.suffix(3)) })]
        case 4: ["like": texts(words.map { "*" + $0.dropFirst(2) })]
        default: ["exists": .bool(chance(50))]
        }
    }

    private static let keys: [(String, [String])] = [
        ("resourceType", ["AWS::KMS::Key", "AWS::S3::Bucket", "AWS::IAM::Role"]), ("isPublic", ["true", "false"]),
        ("error", ["ACCESS_DENIED"]), ("kind", ["ExternalAccess", "UnusedPermission"]),
        ("tags.Environment", ["production", "development"]), ("tags.Team", ["blue", "green"]),
        ("keyAliases", ["alias/a", "alias/b"]), ("account.name", ["pay", "web"]),
        ("principalAccount.inOrganization", ["true", "false"]), ("condition.aws:SourceIp", ["203.0.113.1"]),
        ("principal.AWS", ["*", "999988887777"]), ("actions", ["kms:Decrypt", "kms:Encrypt"]),
    ]

    mutating func rule(_ name: String) -> JSON {
        var when = JSONObject()
        for _ in 0...Int.random(in: 0...2, using: &random) {
            let (key, words) = pick(Self.keys)
            when[key] = test(words)
        }
        if chance(15) { when["risk"] = [chance(50) ? "lt" : "gt": .int(Int.random(in: 20...90, using: &random))] }
        var rule = JSONObject([
            ("name", .string(name)), ("when", .object(when)),
            ("action", .string(pick(["ARCHIVE", "NOTIFY", "RESOLVE", "APPROVE", "IGNORE"]))),
        ])
        if chance(10) { rule["expires"] = "2026-01-01" }
        return .object(rule)
    }

    mutating func rules() -> [JSON] {
        (0..<Int.random(in: 0...6, using: &random)).map { rule("rule \($0)") }
    }

    /// What follows the rules in a rules file.
    mutating func rest() -> JSONObject {
        var rest = JSONObject([("version", 1), ("default", .string(pick(["NOTIFY", "ARCHIVE", "IGNORE", "RESOLVE"])))])
        if chance(40) { rest["risk"] = ["archiveBelow": .int(Int.random(in: 0...100, using: &random))] }
        return rest
    }

    mutating func finding() -> JSON {
        let type = pick(["AWS::KMS::Key", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::New::Thing"])
        let arns = [
            "AWS::KMS::Key": "arn:aws:kms:us-east-1:123456789012:key/k", "AWS::S3::Bucket": "arn:aws:s3:::b",
            "AWS::IAM::Role": "arn:aws:iam::123456789012:role/r",
        ]
        var finding = JSONObject([
            ("resourceType", .string(type)), ("resource", .string(arns[type] ?? "arn:aws:new:::thing")),
            ("isPublic", chance(10) ? nil : .bool(chance(30))),
            ("principal", ["AWS": .string(pick(["*", "999988887777", "111122223333"]))]),
            ("actions", .array([.string(pick(["kms:Decrypt", "kms:Encrypt", "s3:GetObject", "s3:*"]))])),
        ])
        if chance(15) { finding["error"] = "ACCESS_DENIED" }
        if chance(15) { finding["kind"] = "UnusedPermission" }
        if chance(20) { finding["condition"] = ["aws:SourceIp": ["203.0.113.1", "203.0.113.2"]] }
        return .object(finding)
    }

    mutating func context(isComplete: Bool) -> JSON {
        var context = JSONObject()
        var missing: [JSON] = []
        for (key, value) in [
            ("tags", ["Environment": .string(pick(["production", "development", "blue"]))]),
            ("keyAliases", ["alias/a", "alias/b"]), ("account", ["name": .string(pick(["pay", "web"])), "tags": [:]]),
            ("principalAccount", ["inOrganization": .bool(chance(50))]),
        ] as [(String, JSON)] {
            if chance(60) { context[key] = value }
            if !isComplete, chance(25) { missing.append(["what": .string(key), "why": "AccessDenied"]) }
        }
        if !missing.isEmpty { context["unavailable"] = .array(missing) }
        return .object(context)
    }
}
