import Basics
import Findings
import Policies

extension Rule {
    /// Why an ARCHIVE of this rule takes in more than anybody can have looked at; `nil` where nothing speaks for that.
    var breadth: String? {
        for criterion in criteria {
            for test in criterion.tests {
                if let what = criterion.key.breadth(of: test) { return what }
            }
        }
        guard mayMatchExternal, !criteria.contains(where: { $0.narrows && $0.key.saysWhoOrWhat }) else { return nil }
        return
            "ARCHIVE says neither whose access nor which resource is meant; name a principal, a resource, an account, "
            + "a tag or a condition"
    }

    private var mayMatchExternal: Bool {
        criteria.allSatisfy { criterion in
            switch criterion.key.source {
            case .kind: criterion.holds(.text(FindingKind.externalAccess.rawValue))
            case .error: criterion.holds(.absent)
            default: true
            }
        }
    }
}

extension Criterion {
    /// Whether it names what it lets in: not what it keeps out, and not what every ARN holds.
    fileprivate var narrows: Bool {
        tests.contains { test in
            switch test {
            case .equals, .below, .above: true
            case .contains(let parts): parts.allSatisfy(\.saysWhom)
            case .like(let patterns): patterns.allSatisfy(\.text.saysWhom)
            case .differs, .exists: false
            }
        }
    }
}

extension RuleKey {
    /// Whether it says whose access it is, or to what.
    fileprivate var saysWhoOrWhat: Bool {
        switch source {
        case .resourceType, .isPublic, .error, .status, .kind, .region, .actions, .isDeleted, .risk: false
        case .context("createdAt"), .context("ageDays"), .context("lastUsed"), .context("encrypted"): false
        default: true
        }
    }

    /// A part of a number is in many numbers: `1111` in every account that holds it anywhere.
    fileprivate func breadth(of test: Predicate) -> String? {
        let isOfAccounts =
            switch source {
            case .principal, .resource, .owner, .member("account", "id"), .member("principalAccount", "id"): true
            default: false
            }
        let parts: [String]
        switch test {
        case .contains(let texts): parts = texts
        case .like(let patterns):
            parts = patterns.map { String(decoding: $0.text.utf8.filter { $0 != 0x2A }, as: UTF8.self) }
        default: return nil
        }
        guard isOfAccounts else { return nil }
        let part = parts.first { part in
            !part.isEmpty && part.utf8.count < 12 && part.utf8.allSatisfy { $0 &- 0x30 < 10 }
        }
        return part.map {
            "ARCHIVE by a part of a number: '\($0)' is in other accounts too; write the whole account with 'eq'"
        }
    }
}

extension String {
    /// Words of ARNs that are in nearly all of them.
    private static let common: Set<String> = [
        "arn", "aws", "aws-cn", "aws-us-gov", "iam", "sts", "s3", "kms", "sns", "sqs", "ec2", "rds", "ecr", "lambda",
        "dynamodb", "secretsmanager", "elasticfilesystem", "s3express", "role", "user", "root", "assumed-role", "key",
        "function", "secret", "table", "snapshot", "repository", "layer", "alias", "bucket", "file-system",
    ]

    /// Whether a part or pattern of it says whom or what it means: a word that is not in nearly every ARN.
    fileprivate var saysWhom: Bool {
        let words = utf8.split { byte in ":/*?".utf8.contains(byte) }.map { String(Substring($0)) }
        return words.contains { word in
            let isNumber = word.utf8.allSatisfy { $0 &- 0x30 < 10 }
            return !Self.common.contains(word) && !Regions.known.contains(word) && (isNumber ? word.isAccountID : true)
        }
    }
}
