@testable import gatehouse

extension CheckTests {
    static let ownRoot = #""NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}"#
    static let closed: [Attack] = [
        // Unsigned requests lack the key.
        Attack(
            name: "a Deny of what says that it is no AWS service",
            statements: star + "," + deny(#""Bool": {"aws:PrincipalIsAWSService": "false"}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a Deny of all who are no AWS service",
            statements: star + "," + deny(#""BoolIfExists": {"aws:PrincipalIsAWSService": "false"}"#),
            codes: []
        ),
        Attack(
            name: "for what lacks the key of AWS services",
            statements: statement(#""Null": {"aws:PrincipalIsAWSService": "true"}"#),
            codes: [.publicAccess]
        ),
        Attack(
            name: "a trust policy for identity providers, with a Deny of AWS's principals",
            type: trust.type,
            statements:
                #"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}, "#
                + #"{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:*"}"#,
            codes: [.notJudged]
        ),
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
            name: "a Deny of all but own and a number",
            statements: star + "," + deny(who: #""NotPrincipal": {"AWS": ["111122223333", 999988887777]}"#),
            codes: [.notJudged]
        ),
        Attack(
            name: "a Deny of all but everybody",
            statements: star + "," + deny(who: #""NotPrincipal": {"AWS": ["111122223333", "*"]}"#),
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
}
