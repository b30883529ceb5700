import Basics
import Findings
import LosslessJSON
import Policies
import Testing

@testable import gatehouse

/// What our own evaluator finds in a policy before it is deployed.
struct CheckTests {
    /// A policy, and what is to be said of it.
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let type: String
        let statements: String
        /// `statement principal action …` of what is found, then what cannot be judged.
        let found: [String]
        var isPublic: [Bool] = []
        var notJudged: [Int] = []
        var account: String? = own
        var trusted: [String] = []
        var organization: String?

        var testDescription: String { name }
    }

    static let own = "111122223333"
    static let other = "999988887777"

    static func queue(_ principal: String, _ condition: String = "", action: String = "sqs:SendMessage")
        -> String
    {
        let condition = condition.isEmpty ? "" : ", \"Condition\": \(condition)"
        return #"{"Effect": "Allow", "Principal": \#(principal), "Action": "\#(action)", "Resource": "*"\#(condition)}"#
    }

    static let everyone = #"{"AWS": "*"}"#
    static let named = #"{"AWS": "arn:aws:iam::999988887777:root"}"#
    static let denyOthers =
        #"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": "#
        + #"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}"#

    static let samples: [Sample] = [
        Sample(
            name: "everybody",
            type: "AWS::SQS::Queue",
            statements: queue("\"*\""),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "another account",
            type: "AWS::SQS::Queue",
            statements: queue(named),
            found: ["0 999988887777 sqs:SendMessage"],
            isPublic: [false]
        ),
        Sample(
            name: "own account",
            type: "AWS::SQS::Queue",
            statements: queue(#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:role/A"]}"#),
            found: []
        ),
        Sample(
            name: "a trusted account",
            type: "AWS::SQS::Queue",
            statements: queue(named),
            found: [],
            trusted: [other]
        ),
        Sample(
            name: "a service",
            type: "AWS::SQS::Queue",
            statements: queue(#"{"Service": "s3.amazonaws.com"}"#),
            found: []
        ),
        Sample(
            name: "another service's action",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, action: "sns:Publish"),
            found: []
        ),
        Sample(
            name: "all actions",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, action: "*"),
            found: ["0 * sqs:*"],
            isPublic: [true]
        ),
        Sample(
            name: "own account by condition",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#),
            found: []
        ),
        Sample(
            name: "own account by condition if it exists",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "own roles by condition",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#),
            found: []
        ),
        Sample(
            name: "others' roles by condition",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/A"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "organization, account analyzer",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [false]
        ),
        Sample(
            name: "organization, its analyzer",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#),
            found: [],
            organization: "o-a1b2c3d4e5"
        ),
        Sample(
            name: "another organization",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [false],
            organization: "o-a1b2c3d4e5"
        ),
        Sample(
            name: "organization paths",
            type: "AWS::SQS::Queue",
            statements: queue(
                everyone,
                #"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}"#
            ),
            found: [],
            organization: "o-a1b2c3d4e5"
        ),
        Sample(
            name: "for all values of nothing",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true],
            organization: "o-a1b2c3d4e5"
        ),
        Sample(
            name: "own source account",
            type: "AWS::SNS::Topic",
            statements: queue(
                everyone,
                #"{"StringEquals": {"AWS:SourceOwner": "111122223333"}}"#,
                action: "SNS:Publish"
            ),
            found: []
        ),
        Sample(
            name: "own source ARN",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}}"#),
            found: []
        ),
        Sample(
            name: "a bucket as source",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [false]
        ),
        Sample(
            name: "transport alone",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"Bool": {"aws:SecureTransport": "true"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "half of all addresses",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "an address",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"IpAddress": {"aws:SourceIp": "192.0.2.7/32"}}"#),
            found: ["0 * sqs:SendMessage"],
            isPublic: [false]
        ),
        Sample(
            name: "a Deny of all others",
            type: "AWS::SQS::Queue",
            statements: queue("\"*\"") + "," + denyOthers,
            found: []
        ),
        Sample(
            name: "a Deny by transport",
            type: "AWS::SQS::Queue",
            statements: queue("\"*\"") + ","
                + #"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
            found: ["0 * sqs:SendMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "a Deny of one action",
            type: "AWS::SQS::Queue",
            statements:
                #"{"Effect": "Allow", "Principal": "*", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}"#,
            found: ["0 * sqs:ReceiveMessage"],
            isPublic: [true]
        ),
        Sample(
            name: "a Deny by name",
            type: "AWS::SQS::Queue",
            statements: queue(#"{"AWS": "arn:aws:iam::999988887777:user/A"}"#) + ","
                + #"{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::999988887777:user/A"}, "Action": "sqs:*", "Resource": "*"}"#,
            found: []
        ),
        Sample(
            name: "all but own",
            type: "AWS::SQS::Queue",
            statements:
                #"{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sqs:*", "Resource": "*"}"#,
            found: ["0 * sqs:*"],
            isPublic: [true]
        ),
        Sample(
            name: "an unknown operator",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringResembles": {"aws:PrincipalTag/a": "b"}}"#),
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "an unknown operator that decides nothing",
            type: "AWS::SQS::Queue",
            statements: queue(
                everyone,
                #"{"StringResembles": {"a:b": "c"}, "StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#
            ),
            found: []
        ),
        Sample(
            name: "an unknown operator in a Deny",
            type: "AWS::SQS::Queue",
            statements: queue(everyone) + ","
                + #"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringResembles": {"a:b": "c"}}}"#,
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "a policy variable",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#),
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "a number where a text belongs",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalAccount": 111122223333}}"#),
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "a deleted principal",
            type: "AWS::SQS::Queue",
            statements: queue(#"{"AWS": "AIDAAAAAAAAAAAAAAAAAA"}"#),
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "nobody knows whose",
            type: "AWS::SQS::Queue",
            statements: queue(named),
            found: [],
            notJudged: [0],
            account: nil
        ),
        Sample(
            name: "everybody, whoever owns it",
            type: "AWS::SQS::Queue",
            statements: queue(everyone),
            found: ["0 * sqs:SendMessage"],
            isPublic: [true],
            account: nil
        ),
        Sample(
            name: "an account by condition, nobody knows whose",
            type: "AWS::SQS::Queue",
            statements: queue(everyone, #"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#),
            found: [],
            notJudged: [0],
            account: nil
        ),
        Sample(
            name: "an element that is none",
            type: "AWS::SQS::Queue",
            statements: #"{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Conditions": {}}"#,
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "a role for another account",
            type: "AWS::IAM::Role",
            statements: #"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}"#,
            found: ["0 999988887777 sts:AssumeRole"],
            isPublic: [false]
        ),
        Sample(
            name: "a role that only tags",
            type: "AWS::IAM::Role",
            statements: #"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:TagSession"}"#,
            found: []
        ),
        Sample(
            name: "a role for an identity provider of its own",
            type: "AWS::IAM::Role",
            statements:
                #"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/P"}, "Action": "sts:AssumeRoleWithSAML"}"#,
            found: ["0 arn:aws:iam::111122223333:saml-provider/P sts:AssumeRoleWithSAML"],
            isPublic: [false]
        ),
        Sample(
            name: "a role for a service",
            type: "AWS::IAM::Role",
            statements:
                #"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
            found: []
        ),
        Sample(
            name: "a key for callers of its account",
            type: "AWS::KMS::Key",
            statements:
                #"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}}"#,
            found: []
        ),
        Sample(
            name: "a file system for its networks",
            type: "AWS::EFS::FileSystem",
            statements:
                #"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount", "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}}"#,
            found: [],
            notJudged: [0]
        ),
        Sample(
            name: "a function's URL",
            type: "AWS::Lambda::Function",
            statements:
                #"{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": "arn:aws:lambda:us-east-1:111122223333:function:f", "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}}"#,
            found: ["0 * lambda:InvokeFunctionUrl"],
            isPublic: [true]
        ),
    ]

    /// A policy of an attack on the evaluator, and the codes of what is to be said of it, in order of place.
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        var type = "AWS::S3::Bucket"
        let statements: String
        let codes: [CheckCode]
        /// The policy that is deployed now.
        var reference: String?
        /// Whether all that is said is known from there.
        var isKnown = false
        var account: String? = own
        var organization: String?

        var testDescription: String { name }
    }

    static func statement(
        _ condition: String = "",
        who: String = "\"Principal\": \"*\"",
        what: String = "\"Action\": \"s3:GetObject\"",
        on: String = "\"Resource\": \"arn:aws:s3:::b/*\"",
        effect: String = "Allow"
    ) -> String {
        let condition = condition.isEmpty ? "" : ", \"Condition\": {\(condition)}"
        return "{\"Effect\": \"\(effect)\", \(who), \(what)\(on.isEmpty ? "" : ", " + on)\(condition)}"
    }

    static func deny(
        _ condition: String = "",
        who: String = "\"Principal\": \"*\"",
        what: String = "\"Action\": \"s3:GetObject\"",
        on: String = "\"Resource\": \"arn:aws:s3:::b/*\""
    ) -> String {
        statement(condition, who: who, what: what, on: on, effect: "Deny")
    }

    static func aws(_ principal: String) -> String { "\"Principal\": {\"AWS\": \"\(principal)\"}" }

    /// The statement by which anybody reads a bucket.
    static let star = statement()
    static let trust = (what: "\"Action\": \"sts:AssumeRole\"", type: "AWS::IAM::Role")
    static let sqs = (what: "\"Action\": \"sqs:*\"", type: "AWS::SQS::Queue", any: "\"Resource\": \"*\"")

    private static let protections: [(String, String)] = [
        ("an address", deny(#""NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#)),
        ("an endpoint", deny(#""StringNotEquals": {"aws:SourceVpce": "vpce-1"}"#)),
        ("an organization", deny(#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#)),
        ("a folder", deny(on: #""Resource": "arn:aws:s3:::b/secret/*""#)),
        ("writing", deny(what: #""Action": ["s3:Put*", "s3:Delete*"]"#)),
        ("another account", deny(who: aws(other))),
    ]

    /// What is left of a policy when its protection goes.
    static let removals: [Attack] = protections.flatMap { (name, deny) -> [Attack] in
        [
            Attack(
                name: "the Deny is gone: \(name)",
                statements: star,
                codes: [.publicAccess],
                reference: "\(star), \(deny)"
            ),
            Attack(
                name: "the Deny stands: \(name)",
                statements: "\(deny), \(star)",
                codes: [.publicAccess],
                reference: "\(star), \(deny)",
                isKnown: true
            ),
        ]
    }

    static let references: [Attack] = [
        Attack(
            name: "what NotAction left out",
            statements: statement(what: #""Action": "s3:DeleteObject""#),
            codes: [.publicAccess],
            reference: statement(what: #""NotAction": "s3:Delete*""#)
        ),
        Attack(
            name: "what NotAction has",
            statements: star,
            codes: [.publicAccess],
            reference: statement(what: #""NotAction": "s3:Delete*""#),
            isKnown: true
        ),
        Attack(
            name: "the same NotAction",
            statements: statement(what: #""NotAction": "s3:Delete*""#),
            codes: [.publicAccess],
            reference: statement(what: #""NotAction": "s3:Delete*""#),
            isKnown: true
        ),
        Attack(
            name: "whom NotPrincipal left out",
            statements: statement(who: aws(other)),
            codes: [.outsideAccess],
            reference: statement(who: #""NotPrincipal": {"AWS": "999988887777"}"#)
        ),
        Attack(
            name: "what NotResource left out",
            statements: statement(on: #""Resource": "arn:aws:s3:::b/secret/x""#),
            codes: [.publicAccess],
            reference: statement(on: #""NotResource": "arn:aws:s3:::b/secret/*""#)
        ),
        Attack(
            name: "a condition less",
            statements: star,
            codes: [.publicAccess],
            reference: statement(#""Bool": {"aws:SecureTransport": "true"}"#)
        ),
        Attack(
            name: "a condition more",
            statements: statement(
                #""Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": "192.0.2.7"}"#
            ),
            codes: [.outsideAccess],
            reference: statement(#""Bool": {"aws:SecureTransport": true}"#),
            isKnown: true
        ),
        Attack(
            name: "another value",
            statements: statement(#""IpAddress": {"aws:SourceIp": "192.0.2.8"}"#),
            codes: [.outsideAccess],
            reference: statement(#""IpAddress": {"aws:SourceIp": "192.0.2.7"}"#)
        ),
        Attack(
            name: "two statements for the actions of one",
            statements: statement(what: #""Action": ["s3:GetObject", "s3:PutObject"]"#),
            codes: [.publicAccess],
            reference: "\(star), \(statement(what: #""Action": "s3:Put*""#))",
            isKnown: true
        ),
        Attack(
            name: "a wider Deny",
            statements: "\(star), \(deny(what: #""Action": "s3:*""#, on: #""Resource": "*""#))",
            codes: [],
            reference: "\(star), \(deny())"
        ),
        Attack(
            name: "a wider Deny on a condition",
            statements: star + ","
                + deny(
                    #""Bool": {"aws:SecureTransport": "false"}"#,
                    what: #""Action": "s3:*""#,
                    on: #""Resource": "*""#
                ),
            codes: [.publicAccess],
            reference: star + "," + deny(#""Bool": {"aws:SecureTransport": "false"}"#),
            isKnown: true
        ),
        Attack(
            name: "a Deny on one more condition",
            statements: star + ","
                + deny(#""Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "192.0.2.7"}"#),
            codes: [.publicAccess],
            reference: star + "," + deny(#""Bool": {"aws:SecureTransport": "false"}"#)
        ),
        Attack(
            name: "a Deny of fewer",
            statements: star + "," + deny(#""Bool": {"aws:SecureTransport": "false"}"#, who: aws("*")),
            codes: [.publicAccess],
            reference: star + "," + deny(#""Bool": {"aws:SecureTransport": "false"}"#)
        ),
        Attack(
            name: "a Sid alone is another",
            statements: star + ","
                + deny(#""Bool": {"aws:SecureTransport": "false"}"#, who: #""Sid": "A", "Principal": "*""#),
            codes: [.publicAccess],
            reference: star + "," + deny(#""Bool": {"aws:SecureTransport": "false"}"#),
            isKnown: true
        ),
    ]

    private static let keysOfARNs: [(String, String)] = [
        ("aws:PrincipalArn", "arn:aws:*:*:111122223333:*"), ("aws:SourceArn", "arn:aws:*:*:111122223333:*"),
        ("aws:SourceVpcArn", "arn:aws:ec2:*:111122223333:*"),
        ("s3:DataAccessPointArn", "arn:aws:s3:*:111122223333:accesspoint/*"),
    ]

    static let patternsOfKeys: [Attack] = keysOfARNs.flatMap { (key, pattern) -> [Attack] in
        [
            Attack(
                name: "a star before the account, \(key)",
                statements: statement(#""StringLike": {"\#(key)": "\#(pattern)"}"#),
                codes: [key.hasPrefix("s3") || key.hasSuffix("VpcArn") ? .outsideAccess : .publicAccess]
            ),
            Attack(
                name: "a star in one part of an ARN, \(key)",
                statements: statement(#""ArnLike": {"\#(key)": "\#(pattern)"}"#),
                codes: []
            ),
            Attack(
                name: "no star before the account, \(key)",
                statements: statement(
                    #""StringLike": {"\#(key)": "arn:aws:s3:eu-west-1:111122223333:*"}"#
                ),
                codes: []
            ),
            Attack(
                name: "a star that is none, \(key)",
                statements: statement(#""StringEquals": {"\#(key)": "\#(pattern)"}"#),
                codes: []
            ),
        ]
    }

    static let patterns: [Attack] = [
        Attack(
            name: "a star before the account, trust",
            type: trust.type,
            statements: statement(
                #""StringLike": {"aws:PrincipalArn": "arn:aws:iam:*:111122223333:*"}"#,
                who: aws("*"),
                what: trust.what,
                on: ""
            ),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a question mark before the account",
            statements: statement(#""StringLike": {"aws:PrincipalArn": "arn:aws:???::111122223333:*"}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a star before the account, Deny",
            statements: star + "," + deny(#""StringNotLike": {"aws:PrincipalArn": "arn:*:*:*:111122223333:*"}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "no star before the account, Deny",
            statements: star + "," + deny(#""StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}"#),
            codes: []
        ),
        Attack(
            name: "a star before the account, Deny by ARN",
            statements: star + "," + deny(#""ArnNotLike": {"aws:PrincipalArn": "arn:*:*:*:111122223333:*"}"#),
            codes: []
        ),
        Attack(
            name: "a star in the account",
            statements: statement(#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1111222233*:root"}"#),
            codes: [.publicAccess]
        ),
    ]

    private static let names: [(String, String, [CheckCode])] = [
        ("own federated user", aws("arn:aws:sts::111122223333:federated-user/Bob"), []),
        ("another's federated user", aws("arn:aws:sts::999988887777:federated-user/Bob"), [.outsideAccess]),
        ("no federated user", aws("arn:aws:sts::999988887777:federated-user/"), [.notJudged]),
        ("own session", aws("arn:aws:sts::111122223333:assumed-role/R/S"), []),
        ("another's session", aws("arn:aws:sts::999988887777:assumed-role/R/S"), [.outsideAccess]),
        ("no session", aws("arn:aws:sts::999988887777:assumed-role/R"), [.notJudged]),
        ("an OAI", aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCDEFGHIJKL"), [.notJudged]),
        ("nobody", #""Principal": {}"#, [.notAPolicy]),
        ("an empty list", #""Principal": {"AWS": []}"#, [.notAPolicy]),
        ("no name", #""Principal": []"#, [.notAPolicy]),
        ("every service", #""Principal": {"Service": "*"}"#, [.notJudged]),
        ("some services", #""Principal": {"Service": "*.amazonaws.com"}"#, [.notJudged]),
        ("a service", #""Principal": {"Service": "logs.eu-west-1.amazonaws.com"}"#, []),
        ("all but nobody", #""NotPrincipal": {}"#, [.publicAccess]),
    ]

    static let namedPrincipals: [Attack] = names.map { (name, who, codes) -> Attack in
        Attack(name: name, statements: statement(who: who), codes: codes)
    }

    static let principals: [Attack] = [
        Attack(name: "a Deny of nobody", statements: star + "," + deny(who: #""Principal": {}"#), codes: [.notAPolicy]),
        Attack(
            name: "a federated user, nobody knows whose",
            statements: statement(who: aws("arn:aws:sts::999988887777:federated-user/Bob")),
            codes: [.notJudged],
            account: nil
        ),
        Attack(
            name: "a federated user under a Deny by account",
            statements: statement(who: aws("arn:aws:sts::999988887777:federated-user/Bob")) + ","
                + deny(#""StringNotEquals": {"aws:PrincipalAccount": "111122223333"}"#),
            codes: []
        ),
        Attack(
            name: "a federated user under a Deny by name",
            statements: statement(who: aws("arn:aws:sts::999988887777:federated-user/Bob")) + ","
                + deny(who: aws("arn:aws:sts::999988887777:federated-user/Bob")),
            codes: []
        ),
        Attack(
            name: "a federated user under a Deny of another",
            statements: statement(who: aws("arn:aws:sts::999988887777:federated-user/Bob")) + ","
                + deny(who: aws("arn:aws:sts::999988887777:federated-user/Eve")),
            codes: [.outsideAccess]
        ),
    ]

    static let numbers: [Attack] = [
        Attack(
            name: "a Deny by a number",
            statements: star + "," + deny(#""NumericLessThan": {"s3:TlsVersion": 1.2}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "own account and a Deny by a number",
            statements: statement(who: aws(own)) + "," + deny(#""NumericLessThan": {"s3:TlsVersion": 1.2}"#),
            codes: []
        ),
        Attack(
            name: "an Allow by a number",
            statements: statement(#""NumericLessThan": {"aws:MultiFactorAuthAge": 3600}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "an Allow by a time",
            statements: statement(#""DateLessThan": {"aws:CurrentTime": 1798761600}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a Deny by a boolean",
            statements: star + "," + deny(#""Bool": {"aws:SecureTransport": false}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "one key twice by number",
            statements: statement(#""NumericLessThan": {"s3:TlsVersion": 1.2, "S3:TlsVersion": 1.3}"#),
            codes: [.notJudged]
        ),
    ]

    static let ownRoot = #""NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}"#
    static let closed: [Attack] = [
        Attack(name: "a Deny of all but own", statements: star + "," + deny(who: ownRoot), codes: []),
        Attack(
            name: "a Deny of all but own and services",
            statements: star + ","
                + deny(
                    who:
                        #""NotPrincipal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/A"], "Service": "s3.amazonaws.com"}"#
                ),
            codes: []
        ),
        Attack(
            name: "a Deny of all but own and another's",
            statements: star + ","
                + deny(who: #""NotPrincipal": {"AWS": ["111122223333", "arn:aws:iam::999988887777:role/A"]}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a Deny of all but those of whom nobody knows whose they are",
            statements: star + "," + deny(who: ownRoot),
            codes: [.notJudged],
            account: nil
        ),
        Attack(
            name: "a Deny of all but own, for less",
            statements: star + "," + deny(who: ownRoot, on: #""Resource": "arn:aws:s3:::b/a/*""#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a Deny of all but own, trust",
            type: trust.type,
            statements: statement(who: aws("*"), what: trust.what, on: "") + ","
                + deny(who: ownRoot, what: trust.what, on: ""),
            codes: [.notJudged]
        ),
        Attack(
            name: "a queue and its own name",
            type: sqs.type,
            statements: statement(what: sqs.what, on: sqs.any) + ","
                + deny(what: sqs.what, on: #""Resource": "arn:aws:sqs:us-east-1:111122223333:q""#),
            codes: [.notJudged]
        ),
        Attack(
            name: "a queue and another's name",
            type: sqs.type,
            statements: statement(what: sqs.what, on: sqs.any) + ","
                + deny(what: sqs.what, on: #""Resource": "arn:aws:sqs:us-east-1:999988887777:q""#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a queue and a topic's name",
            type: sqs.type,
            statements: statement(what: sqs.what, on: sqs.any) + ","
                + deny(what: sqs.what, on: #""Resource": "arn:aws:sns:us-east-1:111122223333:q""#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a queue by name",
            type: sqs.type,
            statements: statement(what: sqs.what, on: #""Resource": "arn:aws:sqs:us-east-1:111122223333:q""#) + ","
                + deny(what: sqs.what, on: #""Resource": "arn:aws:sqs:us-east-1:111122223333:q""#),
            codes: []
        ),
        Attack(
            name: "a queue under its own name and a Deny of less",
            type: sqs.type,
            statements: statement(what: sqs.what, on: sqs.any) + ","
                + deny(
                    what: #""Action": "sqs:SendMessage""#,
                    on: #""Resource": "arn:aws:sqs:us-east-1:111122223333:q""#
                ),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a bucket is not its objects",
            statements: statement(on: #""Resource": "*""#) + "," + deny(),
            codes: [.publicAccess]
        ),
    ]

    /// Conditions of an Allow of everybody, by whether what they leave is still public.
    static let publicConditions: [(Bool, String)] = [
        (true, #""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}"#),
        (true, #""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/A"}"#),
        (false, #""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999988887777:role/*"}"#),
        (false, #""StringLike": {"aws:PrincipalArn": "arn:aws:iam::999988887777:role/*"}"#),
        (true, #""StringLike": {"aws:PrincipalArn": "arn:aws:iam:*:999988887777:role/*"}"#),
        (true, #""StringLike": {"aws:PrincipalArn": "arn:*"}"#),
        (true, #""StringLike": {"aws:userid": "**"}"#),
        (true, #""StringLike": {"aws:userid": "AROA*"}"#),
        (false, #""StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLE1:*"}"#),
        (false, #""StringEquals": {"aws:userid": "AIDAEXAMPLEEXAMPLE1"}"#),
        (true, #""StringLike": {"aws:PrincipalOrgID": "o-*"}"#),
        (false, #""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#),
        (true, #""StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#),
        (true, #""ForAllValues:StringEquals": {"aws:PrincipalAccount": "999988887777"}"#),
        (true, #""ForAllValues:StringEquals": {"aws:PrincipalAccount": "111122223333"}"#),
        (
            false,
            #""ForAllValues:StringEquals": {"aws:PrincipalAccount": "999988887777"}, "Null": {"aws:PrincipalAccount": "false"}"#
        ),
        (false, #""StringEquals": {"aws:PrincipalAccount": ["999988887777", "888877776666"]}"#),
        (true, #""StringLike": {"aws:PrincipalAccount": ["999988887777", "8*"]}"#),
        (false, #""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}"#),
        (true, #""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}"#),
        (true, #""StringLike": {"aws:SourceVpc": "vpc-*"}"#), (false, #""StringEquals": {"aws:SourceVpc": "vpc-1"}"#),
        (true, #""StringEquals": {"aws:SourceVpc": "${aws:PrincipalTag/vpc}"}"#),
        (true, #""StringEquals": {"aws:username": "Andrew"}"#), (true, #""StringEquals": {"aws:PrincipalTag/a": "b"}"#),
        (true, #""IpAddress": {"aws:SourceIp": "::/0"}"#), (true, #""IpAddress": {"aws:SourceIp": "2000::/3"}"#),
        (false, #""IpAddress": {"aws:SourceIp": "2001:db8::/32"}"#),
        (false, #""IpAddress": {"aws:SourceIp": "11.0.0.0/8"}"#),
        (true, #""IpAddress": {"aws:SourceIp": "10.0.0.0/7"}"#),
        (true, #""NotIpAddress": {"aws:SourceIp": "11.0.0.0/8"}"#),
    ]

    static let conditions: [Attack] = publicConditions.map { (isPublic, condition) -> Attack in
        Attack(
            name: condition,
            statements: statement(condition),
            codes: [isPublic ? .publicAccess : .outsideAccess]
        )
    }

    static let attacks: [Attack] = [
        removals, references, patternsOfKeys, patterns, namedPrincipals, principals, numbers, closed, conditions,
    ].flatMap(\.self)

    @Test(arguments: attacks)
    func whatAnAttackComesTo(_ attack: Attack) throws {
        let side = OwnSide(account: attack.account, trusted: [], organization: attack.organization)
        let type = try type(attack.type)
        let report: CheckReport
        do throws(CheckedPolicy.NotAPolicy) {
            report = CheckReport(
                try policy(attack.statements),
                reference: try attack.reference.map { (text) throws(CheckedPolicy.NotAPolicy) in try policy(text) },
                type,
                side,
                AskedAWS(nothing: "a test")
            )
        } catch {
            report = CheckReport("p.json", type, side, error)
        }
        #expect(report.entries.map(\.code) == attack.codes, "\(report.lines)")
        #expect(report.entries.allSatisfy { $0.isKnown == attack.isKnown }, "\(report.lines)")
        let weight = attack.codes.map(\.weight).max() ?? .told
        #expect(report.verdict == (attack.isKnown ? .told : weight))
    }

    private func type(_ name: String) throws -> CheckedType {
        try #require(CheckedType(argument: name))
    }

    private func policy(_ statements: String) throws(CheckedPolicy.NotAPolicy) -> CheckedPolicy {
        try CheckedPolicy("p.json", Array("{\"Version\": \"2012-10-17\", \"Statement\": [\n\(statements)\n]}".utf8))
    }

    @Test(arguments: samples)
    func whatIsFound(_ sample: Sample) throws {
        let side = OwnSide(account: sample.account, trusted: sample.trusted, organization: sample.organization)
        let examination = PolicyExamination(try policy(sample.statements).document, try type(sample.type), side)
        let found = examination.accesses.map { access in
            "\(access.statement) \(access.principal.element.value) \(access.actions.joined(separator: " "))"
        }
        #expect(found == sample.found)
        #expect(examination.accesses.map(\.isPublic) == sample.isPublic)
        #expect(examination.notJudged.map(\.statement) == sample.notJudged)
    }

    /// What a principal is called that cannot be judged.
    @Test(arguments: [
        (aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), "origin access identity E1;"),
        (aws("arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E1"), "origin access identity E1;"),
        (aws("arn:aws:iam::cloudfront:user/Somebody"), "Somebody, which is no principal of AWS"),
        (aws("arn:aws:sts::999988887777:assumed-role/R"), "assumed-role/R, which is no principal of AWS"),
        (aws("arn:aws:sts::999988887777:federated-user/*"), "federated-user/*, which is no principal of AWS"),
        (#""Principal": {"CanonicalUser": "79a5"}"#, "the canonical user 79a5;"),
        (#""Principal": {"Service": "*"}"#, "the service *, which is no service's name"),
    ])
    func whoCannotBeJudged(_ who: String, _ words: String) throws {
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let policy = try policy(Self.statement(who: who))
        let examination = PolicyExamination(policy.document, try type("AWS::S3::Bucket"), side)
        #expect(examination.accesses.isEmpty)
        #expect(examination.notJudged.count == 1)
        #expect(examination.notJudged.first?.reason.contains(words) == true, "\(examination.notJudged)")
    }

    @Test func everyTypeTakesAnyPolicyOfAnother() throws {
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        for type in CheckedType.all {
            for statements in Self.samples.map(\.statements) + Self.attacks.map(\.statements) {
                guard let policy = try? policy(statements) else { continue }
                _ = PolicyExamination(policy.document, type, side)
            }
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{}", #"{"Statement": []}"#, #"{"Statement": [{}]}"#,
        #"{"Statement": {"Effect": "Allow"}}"#,
        #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#, "{\"Statement\": 1, \"Statement\": 2}",
    ])
    func whatIsNoPolicy(_ text: String) {
        #expect(throws: CheckedPolicy.NotAPolicy.self) { _ = try CheckedPolicy("p.json", Array(text.utf8)) }
    }

    @Test func bytesThatAreNoText() {
        let texts: [[UInt8]] = [
            [0xFF, 0xFE], Array(repeating: UInt8(ascii: "["), count: 100_000), Array(repeating: 0x20, count: 300 << 10),
        ]
        for bytes in texts {
            #expect(throws: CheckedPolicy.NotAPolicy.self) { _ = try CheckedPolicy("p.json", bytes) }
        }
    }

    @Test func aVeryLargePolicyEnds() throws {
        let accounts = (0..<800).map { "\"\(100_000_000_000 + $0)\"" }.joined(separator: ",")
        let values = (0..<800).map { "\"arn:aws:iam::111122223333:role/\($0)\"" }.joined(separator: ",")
        let statement =
            #"{"Effect": "Allow", "Principal": {"AWS": [\#(accounts)]}, "Action": "sqs:*", "Resource": "*", "#
            + #""Condition": {"ArnLike": {"aws:PrincipalArn": [\#(values)]}}}"#
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let examination = PolicyExamination(try policy(statement).document, try type("AWS::SQS::Queue"), side)
        #expect(examination.accesses.isEmpty)
        #expect(examination.notJudged.count == 1)
    }

    @Test func placesAreThoseOfTheStatements() throws {
        let two = try policy(
            #"{"Effect": "Allow", "Principal": "*", "Action": "sqs:*"},\#n  {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}"#
        )
        #expect(two.places.map(\.line) == [2, 3])
        #expect(two.places.map(\.column) == [1, 3])
        let lone = try CheckedPolicy(
            "p",
            Array("{\n \"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\"}}".utf8)
        )
        #expect(lone.places.map(\.line) == [2])
        #expect(lone.places.map(\.column) == [15])
    }

    @Test func whatTheReferenceHasIsKnown() throws {
        let type = try type("AWS::SQS::Queue")
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        func report(_ new: String, _ old: String) throws -> CheckReport {
            CheckReport(try policy(new), reference: try policy(old), type, side, AskedAWS(nothing: "a test"))
        }
        let narrow = Self.queue(Self.named)
        #expect(try report(narrow, narrow).verdict == .told)
        #expect(try report(narrow, Self.queue(Self.named, action: "sqs:*")).verdict == .told)
        #expect(try report(Self.queue(Self.named, action: "sqs:*"), narrow).verdict == .finding)
        #expect(try report(Self.queue("\"*\""), narrow).verdict == .finding)
        let condition = #"{"IpAddress": {"aws:SourceIp": "192.0.2.7/32"}}"#
        #expect(try report(Self.queue(Self.named, condition), narrow).verdict == .told)
        #expect(try report(narrow, Self.queue(Self.named, condition)).verdict == .finding)
        let odd = Self.queue(Self.everyone, #"{"StringResembles": {"a:b": "c"}}"#)
        #expect(try report(odd, odd).verdict == .told)
        #expect(try report(odd, narrow).verdict == .open)
        #expect(try report(odd, odd + "," + Self.denyOthers).verdict == .open)
    }

    /// Variables are texts in the older version.
    @Test(arguments: [("${aws:username}", CheckCode.Weight.finding), ("x", .told)])
    func anotherVersionMeansOtherVariables(_ folder: String, _ verdict: CheckCode.Weight) throws {
        let statement = Self.statement(on: "\"Resource\": \"arn:aws:s3:::b/\(folder)\"")
        let old = try CheckedPolicy("o.json", Array(#"{"Version": "2008-10-17", "Statement": \#(statement)}"#.utf8))
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let report = CheckReport(
            try policy(statement),
            reference: old,
            try type("AWS::S3::Bucket"),
            side,
            AskedAWS(nothing: "a test")
        )
        #expect(report.verdict == verdict)
    }

    /// A reference that is compared for long ends, and what is left is new.
    @Test func aVeryLargeReferenceEnds() throws {
        let folders = (0..<3000).map { "\"arn:aws:s3:::b/\($0)/*\"" }
        func wide(_ folders: [String]) -> String {
            Self.statement(on: "\"Resource\": [\(folders.joined(separator: ","))]")
        }
        let side = OwnSide(account: Self.own, trusted: [], organization: nil)
        let report = CheckReport(
            try policy(wide(folders)),
            reference: try policy(wide(folders.reversed())),
            try type("AWS::S3::Bucket"),
            side,
            AskedAWS(nothing: "a test")
        )
        #expect(report.verdict == .finding)
    }

    /// Bytes changed, left out and put in at random: whatever comes, the answer does.
    @Test func changedBytesNeverTrap() throws {
        var random: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((random >> 33) % UInt64(bound))
        }
        let pieces = [
            "{", "}", "[", "]", "\"", ",", ":", "*", "null", "1e9", "\\u0000", "Deny", "Principal", "${aws:x}", "Null",
        ]
        let side = OwnSide(account: Self.own, trusted: [], organization: "o-a1b2c3d4e5")
        var judged = 0
        for round in 0..<4000 {
            let sample = Self.samples[round % Self.samples.count]
            var bytes = Array("{\"Statement\": [\(sample.statements)]}".utf8)
            for _ in 0..<(1 + next(3)) {
                let place = next(bytes.count)
                switch next(3) {
                case 0: bytes[place] = UInt8(next(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: pieces[next(pieces.count)].utf8, at: place)
                }
            }
            guard let policy = try? CheckedPolicy("p", bytes) else { continue }
            judged += 1
            let report = CheckReport(
                policy,
                reference: policy,
                try type(sample.type),
                side,
                AskedAWS(nothing: "a test")
            )
            // What it is compared with is itself.
            #expect(report.verdict == .told)
            _ = report.sarif.text()
        }
        #expect(judged > 500)
    }

    @Test(arguments: ["AWS::IAM::AssumeRolePolicyDocument", "aws::iam::role", "AWS::IAM::Role"])
    func rolesHaveTwoNames(_ name: String) {
        #expect(CheckedType(argument: name)?.type == .iamRole)
    }

    @Test(arguments: ["AWS::EC2::Snapshot", "AWS::IAM::User", "", "role"])
    func otherTypesHaveNoPolicy(_ name: String) {
        #expect(CheckedType(argument: name) == nil)
    }
}
