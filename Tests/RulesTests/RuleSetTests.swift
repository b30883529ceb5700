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

    @Test func unreadTagsArchiveNothing() throws {
        let context: JSON = [
            "keyAliases": ["alias/DevelopmentKey"], "unavailable": [["what": "tags", "why": "AccessDenied"]],
        ]
        let decision = RuleSet.builtIn.decide(try makeCase(context: context), now: now)
        #expect(decision.action == .notify)
        #expect(decision.rule == "default")
        #expect(decision.reasons.contains { $0.contains("tags (AccessDenied)") })
    }
}
