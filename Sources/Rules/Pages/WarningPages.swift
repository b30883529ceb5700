extension RuleCode {
    /// An end that stays far away while the examples are checked.
    private static let kept = #""owner": "security@example.com", "expires": "2027-06-30", "#
    private static let auditors = #""principal.AWS": {"eq": ["arn:aws:iam::999988887777:role/audit"]}"#

    var warningPage: RuleCodePage {
        switch self {
        case .archivesByDefault:
            RuleCodePage(
                title: "the default archives",
                text:
                    "What no rule is about is what nobody has thought of. Public findings, those with an error and those "
                    + "about which something is not known are not archived by the default; everything else is.",
                wrong: #"{"version": 1, "default": "ARCHIVE", "rules": []}"#,
                right: #"{"version": 1, "default": "NOTIFY", "rules": []}"#
            )
        case .defaultNotBlocked:
            RuleCodePage(
                title: "the default blocks types that may not be changed",
                text: "Types that GATEHOUSE_BLOCKED_TYPES does not hold are refused and told. The templates hold "
                    + "AWS::IAM::Role alone.",
                wrong: #"{"version": 1, "default": "RESOLVE", "rules": []}"#,
                right: #"{"version": 1, "default": "NOTIFY", "rules": []}"#
            )
        case .highArchiveBelow:
            RuleCodePage(
                title: "a high bound for archiving by score",
                text:
                    "A role that a stranger can assume scores 60, so a bound above that archives serious findings unseen.",
                wrong: #"{"version": 1, "rules": [], "risk": {"archiveBelow": 80}}"#,
                right: #"{"version": 1, "rules": [], "risk": {"archiveBelow": 20}}"#
            )
        case .ignoresByDefault:
            RuleCodePage(
                title: "IGNORE by default",
                text:
                    "Whatever no rule is about stays open, and nobody is told of it. Let it be told, and write rules for what "
                    + "is to be ignored.",
                wrong: #"{"version": 1, "default": "IGNORE", "rules": []}"#,
                right: #"{"version": 1, "default": "NOTIFY", "rules": []}"#
            )
        case .unknownType:
            RuleCodePage(
                title: "a type that Access Analyzer does not report",
                text:
                    "The rule matches nothing, or with 'neq' everything. A type that AWS has added since this version "
                    + "works all the same.",
                wrong: Self.example(when: #"{"resourceType": {"eq": ["AWS::S3::Buckets"]}}"#),
                right: Self.example(when: #"{"resourceType": {"eq": ["AWS::S3::Bucket"]}}"#)
            )
        case .unknownRegion:
            RuleCodePage(
                title: "a region that is not known",
                text:
                    "The rule matches nothing, or with 'neq' everything. A region that AWS has opened since this version "
                    + "works all the same.",
                wrong: Self.example(when: #"{"region": {"eq": ["eu-centrl-1"]}}"#),
                right: Self.example(when: #"{"region": {"eq": ["eu-central-1"]}}"#)
            )
        case .malformedAccount:
            RuleCodePage(
                title: "an account without 12 digits",
                text: "Alone or inside an ARN, an account has 12 digits; no finding has another.",
                wrong: Self.example(when: #"{"principal.AWS": {"eq": ["arn:aws:iam::99998888777:root"]}}"#),
                right: Self.example(when: #"{"principal.AWS": {"eq": ["arn:aws:iam::999988887777:root"]}}"#)
            )
        case .literalWildcard:
            RuleCodePage(
                title: "* or ? where they mean themselves",
                text: "'eq' and 'neq' compare whole texts. 'like' takes * for any text and ? for one character.",
                wrong: Self.example(when: #"{"resource": {"eq": ["arn:aws:s3:::logs-*"]}}"#),
                right: Self.example(when: #"{"resource": {"like": ["arn:aws:s3:::logs-*"]}}"#)
            )
        default:
            spellingPage
        }
    }

    private var spellingPage: RuleCodePage {
        switch self {
        case .similarAccount:
            RuleCodePage(
                title: "an account nearly like another",
                text:
                    "The account differs in one digit from one that the file names as well, or two digits have changed "
                    + "places. Where both are meant, ignore it: --ignore W205.",
                wrong: Self.example(when: #"{"accountId": {"eq": ["123456789012", "123456789021"]}}"#),
                right: Self.example(when: #"{"accountId": {"eq": ["123456789012"]}}"#)
            )
        case .similarTag:
            RuleCodePage(
                title: "a tag spelt nearly like another",
                text: "Case counts in tags. Rules that ask the same of both spellings are taken as meant.",
                wrong: Self.example(
                    when: #"{"tags.Environment": {"eq": ["test"]}, "tags.environment": {"neq": ["production"]}}"#
                ),
                right: Self.example(when: #"{"tags.Environment": {"eq": ["test"]}}"#)
            )
        case .archivesPublic:
            RuleCodePage(
                title: "ARCHIVE also matches public access",
                text: "A rule that archives what anybody can reach hides the worst findings. Say that it is not about "
                    + "public ones.",
                wrong: Self.example(
                    when: #"{"accountId": {"eq": ["123456789012"]}}"#,
                    "ARCHIVE",
                    more: Self.kept
                ),
                right: Self.example(
                    when: #"{"isPublic": {"eq": ["false"]}, "accountId": {"eq": ["123456789012"]}}"#,
                    "ARCHIVE",
                    more: Self.kept
                )
            )
        case .unknownValue:
            RuleCodePage(
                title: "a value that the key never has",
                text:
                    "The rule matches nothing, or with 'neq' everything. 'gatehouse rules keys KEY' says what a key's values are.",
                wrong: Self.example(when: #"{"status": {"eq": ["active"]}}"#),
                right: Self.example(when: #"{"status": {"eq": ["ACTIVE"]}}"#)
            )
        case .ignoresTooMuch:
            RuleCodePage(
                title: "IGNORE of more than anybody has looked at",
                text:
                    "IGNORE leaves the access open, the finding active, and tells nobody. For what is intended write ARCHIVE, for "
                    + "the rest NOTIFY.",
                wrong: Self.example(when: #"{"isPublic": {"eq": ["true"]}}"#, "IGNORE"),
                right: Self.example(when: #"{"isPublic": {"eq": ["true"]}}"#, "NOTIFY")
            )
        case .neverBlocked:
            RuleCodePage(
                title: "RESOLVE of what is never blocked",
                text:
                    "Unused access, findings with an error and IAM users are not blocked: nobody from outside is let in, or it is "
                    + "not known who. RESOLVE and APPROVE become NOTIFY.",
                wrong: Self.example(when: #"{"kind": {"eq": ["UnusedIAMRole"]}}"#, "RESOLVE"),
                right: Self.example(when: #"{"kind": {"eq": ["UnusedIAMRole"]}}"#, "NOTIFY")
            )
        case .archivesTooMuch:
            RuleCodePage(
                title: "ARCHIVE of more than anybody has looked at",
                text:
                    "The rule names nobody and nothing: it archives whatever comes. Or it takes a part of a number, which "
                    + "is in other accounts too.",
                wrong: Self.example(when: #"{"isPublic": {"eq": ["false"]}}"#, "ARCHIVE", more: Self.kept),
                right: Self.example(
                    when: #"{"isPublic": {"eq": ["false"]}, \#(Self.auditors)}"#,
                    "ARCHIVE",
                    more: Self.kept
                )
            )
        case .unowned:
            RuleCodePage(
                title: "ARCHIVE without owner or end",
                text:
                    "Access that is intended has somebody who answers for it, and a day on which they are asked again.",
                wrong: Self.example(when: "{\(Self.auditors)}", "ARCHIVE"),
                right: Self.example(when: "{\(Self.auditors)}", "ARCHIVE", more: Self.kept)
            )
        default:
            blockingPage
        }
    }

    private var blockingPage: RuleCodePage {
        switch self {
        case .notBlocked:
            RuleCodePage(
                title: "RESOLVE of a type that may not be changed",
                text:
                    "GATEHOUSE_BLOCKED_TYPES (the templates' BlockedTypes) does not hold the type, so the block is refused "
                    + "and told.",
                wrong: Self.example(when: #"{"resourceType": {"eq": ["AWS::SQS::Queue"]}}"#, "RESOLVE"),
                right: Self.example(when: #"{"resourceType": {"eq": ["AWS::IAM::Role"]}}"#, "RESOLVE")
            )
        case .meansOfBuckets:
            RuleCodePage(
                title: "PUBLIC_ACCESS_BLOCK for what is no bucket",
                text:
                    "Block Public Access is a setting of S3 buckets; of other types access is blocked by a Deny whatever "
                    + "'with' says.",
                wrong: Self.example(
                    when: #"{"resourceType": {"eq": ["AWS::S3::Bucket", "AWS::IAM::Role"]}}"#,
                    "RESOLVE",
                    more: #""with": "PUBLIC_ACCESS_BLOCK", "#
                ),
                right: Self.example(
                    when: #"{"resourceType": {"eq": ["AWS::S3::Bucket"]}}"#,
                    "RESOLVE",
                    more: #""with": "PUBLIC_ACCESS_BLOCK", "#
                )
            )
        case .expiresSoon:
            RuleCodePage(
                title: "a rule that expires within 30 days",
                text:
                    "From that day on its findings are decided by the rules after it. Ask its owner whether it is still "
                    + "needed.",
                wrong: Self.example(more: #""expires": "2026-12-01", "#),
                right: Self.example(more: #""expires": "2027-06-30", "#)
            )
        default:
            RuleCodePage(
                title: "a rule that has expired",
                text: "It matches nothing any more.",
                wrong: Self.example(more: #""expires": "2026-06-30", "#),
                right: Self.example(more: #""expires": "2027-06-30", "#)
            )
        }
    }
}
