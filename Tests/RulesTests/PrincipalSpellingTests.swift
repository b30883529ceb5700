import Findings
import LosslessJSON
import Rules
import Testing

/// An account is one principal, whether it is written by its id or by the ARN of its root.
@Suite struct PrincipalSpellingTests {
    private static let id = "999988887777"
    private static let root = "arn:aws:iam::999988887777:root"

    private func matches(_ test: String, _ principal: String, partition: String = "aws") throws -> Bool {
        let rules = try ruleSet(when: #"{"principal.AWS":\#(test)}"#)
        let input = try makeCase([
            "principal": ["AWS": .string(principal)],
            "resource": .string("arn:\(partition):kms:us-east-1:123456789012:key/k"),
        ])
        return rules.decide(input, now: now).action == .archive
    }

    @Test(arguments: [id, root])
    func bothSpellingsMatch(_ written: String) throws {
        for test in [
            #"{"eq":["999988887777"]}"#, #"{"eq":["arn:aws:iam::999988887777:root"]}"#,
            #"{"eq":["111122223333","arn:aws:iam::999988887777:root"]}"#, #"{"contains":["iam::999988887777:"]}"#,
            #"{"contains":["9999888"]}"#, #"{"like":["arn:aws:iam::*:root"]}"#, #"{"like":["99998888????"]}"#,
            #"{"neq":["111122223333"]}"#, #"{"exists":true}"#,
        ] {
            #expect(try matches(test, written), "\(test) \(written)")
        }
        for test in [
            #"{"neq":["999988887777"]}"#, #"{"neq":["arn:aws:iam::999988887777:root"]}"#,
            #"{"neq":["111122223333","999988887777"]}"#, #"{"eq":["arn:aws:iam::999988887777:user/root"]}"#,
            #"{"like":["arn:aws:iam::999988887777:role/*"]}"#, #"{"exists":false}"#,
        ] {
            #expect(try !matches(test, written), "\(test) \(written)")
        }
    }

    @Test func theRootIsOfTheResourcesPartition() throws {
        let china = #"{"eq":["arn:aws-cn:iam::999988887777:root"]}"#
        #expect(try matches(china, Self.id, partition: "aws-cn"))
        #expect(try !matches(china, Self.id))
    }

    @Test(arguments: ["arn:aws:iam::999988887777:user/A", "*", "arn:aws:iam::999988887777:role/root"])
    func nothingElseHasTwoSpellings(_ principal: String) throws {
        #expect(try !matches(#"{"eq":["999988887777"]}"#, principal))
        #expect(try !matches(#"{"eq":["arn:aws:iam::999988887777:root"]}"#, principal))
        #expect(try matches(#"{"neq":["999988887777"]}"#, principal))
    }

    @Test func explainShowsBoth() throws {
        let rules = try ruleSet(when: #"{"principal.AWS":{"eq":["111122223333"]}}"#)
        let text = rules.explain(try makeCase(), now: now).text
        #expect(text.contains("principal.AWS eq 111122223333: found 999988887777 | arn:aws:iam::999988887777:root\n"))
    }
}
