@testable import gatehouse

extension CheckTests {
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
                // Those of two keys have five colons and no more: a star has none to reach over.
                codes: key.hasPrefix("s3") || key.hasSuffix("VpcArn") ? [] : [.publicAccess]
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
}
