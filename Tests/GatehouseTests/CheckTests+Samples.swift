@testable import gatehouse

extension CheckTests {
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
}
