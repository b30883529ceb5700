import Basics
import Findings
import LosslessJSON
import Rules

private let moment = Timestamp(secondsSinceEpoch: 1_795_250_400)
private let now = moment.extended

extension FuzzTarget {
    /// Rules files: read, looked through, and asked about a few cases.
    static let rules = FuzzTarget(
        "rules",
        .json,
        words: [
            #""version""#, #""default""#, #""rules""#, #""risk""#, #""$schema""#, #""description""#, #""name""#,
            #""owner""#,
            #""reason""#, #""expires""#, #""when""#, #""action""#, #""with""#, #""eq""#, #""neq""#, #""like""#,
            #""contains""#,
            #""exists""#, #""in""#, #""notIn""#, #""lt""#, #""gt""#, #""isPublic""#, #""principal.AWS""#,
            #""resourceType""#,
            #""resource""#, #""accountId""#, #""condition.aws:SourceVpce""#, #""tags.Environment""#, #""risk""#,
            #""kind""#,
            #""archiveBelow""#, #""weights""#, #""resourceType:AWS::KMS::Key""#, #""ARCHIVE""#, #""RESOLVE""#,
            #""NOTIFY""#,
            #""APPROVE""#, #""IGNORE""#, #""2027-06-30""#, #""2027-02-29T23:59:60Z""#, #""*a*b*""#, #""a?b""#, "1",
            "100", "-100",
            "true", #""true""#,
        ]
    ) { (input) throws(Breach) in
        let set: RuleSet
        do throws(RulesError) {
            set = try RuleSet(input)
        } catch {
            try hold(!error.description.isEmpty, "an error without words")
            var text = RulesText(input)
            for problem in error.problems {
                let (line, column) = text.position(of: problem)
                try hold(line > 0 && column > 0 && !problem.message.isEmpty, "a problem without place or words")
            }
            return false
        }
        var text = RulesText(input)
        for warning in set.warnings(blockedTypes: ["AWS::IAM::Role"], now: moment) {
            try hold(text.position(of: warning).line > 0, "a warning without a place")
        }
        _ = set.expired(at: now)
        for sample in samples {
            let decision = set.decide(sample, now: now)
            try hold(set.explain(sample, now: now).decision == decision, "what is explained is not what is decided")
            _ = set.needsContext(sample, now: now)
        }
        return true
    }

    private static let samples: [Case] = [
        #"""
        {"finding":{"id":"f-1","kind":"ExternalAccess","status":"ACTIVE","resource":"arn:aws:kms:us-east-1:123456789012:key/k",
        "resourceType":"AWS::KMS::Key","accountId":"123456789012","region":"us-east-1","principal":{"AWS":"*"},
        "actions":["kms:Decrypt"],"condition":{"aws:SourceVpce":["vpce-1","vpce-2"]},"isPublic":true}}
        """#,
        #"""
        {"finding":{"id":"f-2","kind":"ExternalAccess","status":"ACTIVE","resource":"arn:aws:iam::123456789012:role/a/b",
        "resourceType":"AWS::IAM::Role","accountId":"123456789012","region":"us-east-1",
        "principal":{"AWS":"arn:aws:iam::999988887777:user/Alice"},"actions":["sts:AssumeRole"]},
        "context":{"tags":{"Environment":"production"},"unavailable":[{"what":"organization","why":"denied"}]}}
        """#,
        #"""
        {"finding":{"id":"f-3","kind":"UnusedPermission","status":"ARCHIVED","resource":"arn:aws:iam::123456789012:role/c",
        "resourceType":"AWS::IAM::Role","accountId":"123456789012","region":""}}
        """#,
    ].compactMap { try? Case(Array($0.utf8)) }
}
