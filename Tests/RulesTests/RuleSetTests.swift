import Findings
import LosslessJSON
import Rules
import Testing

@Suite struct BuiltInRulesTests {
    @Test func theTextIsWhatIsCompiled() throws {
        let set = try RuleSet(Array(RuleSet.builtInText.utf8))
        #expect(set.rules.map(\.name) == RuleSet.builtIn.rules.map(\.name))
        #expect(RuleSet.builtIn.rules.count == 5)
    }

    @Test func rolesAreResolved() throws {
        let input = try makeCase([
            "resource": "arn:aws:iam::123456789012:role/Audit", "resourceType": "AWS::IAM::Role",
            "principal": ["AWS": "arn:aws:iam::999988887777:user/Alice"], "actions": ["sts:AssumeRole"],
        ])
        let decision = RuleSet.builtIn.decide(input, now: now)
        #expect(decision.action == .resolve)
        #expect(decision.rule == "unintended-role-trust")
        #expect(decision.risk == 60)
    }

    @Test func theDevelopmentKeyIsArchived() throws {
        let context: JSON = [
            "tags": ["IsAllowedToShare": "true", "Environment": "development"], "keyAliases": ["alias/DevelopmentKey"],
        ]
        let decision = RuleSet.builtIn.decide(try makeCase(context: context), now: now)
        #expect(decision.action == .archive)
        #expect(decision.rule == "shared-development-key")
        #expect((20..<60).contains(decision.risk ?? 0))
    }

    @Test func aPublicDevelopmentKeyIsNot() throws {
        let context: JSON = [
            "tags": ["IsAllowedToShare": "true", "Environment": "development"], "keyAliases": ["alias/DevelopmentKey"],
        ]
        let decision = RuleSet.builtIn.decide(try makeCase(["isPublic": true], context: context), now: now)
        #expect(decision.action == .notify)
        #expect(decision.rule == "public-access")
    }

    @Test func strictRulesResolveEveryType() throws {
        let strict = try RuleSet(Array(RuleSet.strictText.utf8))
        #expect(strict.rules.map(\.name) == RuleSet.strict.rules.map(\.name) && !strict.rules.isEmpty)
        let types = [
            ("AWS::S3::Bucket", "arn:aws:s3:::b"), ("AWS::IAM::Role", "arn:aws:iam::123456789012:role/r"),
            ("AWS::SQS::Queue", "arn:aws:sqs:us-east-1:123456789012:q"),
        ]
        for (type, arn) in types {
            for isPublic in [true, false] {
                let input = try makeCase([
                    "resourceType": .string(type), "resource": .string(arn), "isPublic": .bool(isPublic),
                ])
                #expect(RuleSet.strict.decide(input, now: now).action == .resolve)
            }
        }
        #expect(RuleSet.strict.decide(try makeCase(), now: now).action == .approve)
        func fileSystem(_ isPublic: Bool) throws -> Decision {
            let input = try makeCase([
                "resourceType": "AWS::EFS::FileSystem", "isPublic": .bool(isPublic),
                "resource": "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1",
            ])
            return RuleSet.strict.decide(input, now: now)
        }
        #expect(try fileSystem(true).action == .approve)
        #expect(try fileSystem(false).action == .resolve)
        // What cannot be blocked is told.
        #expect(RuleSet.strict.decide(try makeCase(["error": "ACCESS_DENIED"]), now: now).action == .notify)
        #expect(RuleSet.strict.decide(try makeCase(["kind": "InternalAccess"]), now: now).action == .notify)
    }

    @Test func ourRulesAreAskedForByName() {
        #expect(RuleSet.named("builtin")?.rules.rules.map(\.name) == RuleSet.builtIn.rules.map(\.name))
        #expect(RuleSet.named("builtin:strict")?.text == RuleSet.strictText)
        #expect(RuleSet.named("builtin:loose") == nil)
    }

    @Test func unreadTagsArchiveNothing() throws {
        let context: JSON = [
            "keyAliases": ["alias/DevelopmentKey"], "unavailable": [["what": "tags", "why": "AccessDenied"]],
        ]
        let decision = RuleSet.builtIn.decide(try makeCase(context: context), now: now)
        #expect(decision.action == .notify)
        #expect(decision.rule == "default")
        #expect(decision.reasons.map(\.text).contains { $0.contains("tags (AccessDenied)") })
    }
}
