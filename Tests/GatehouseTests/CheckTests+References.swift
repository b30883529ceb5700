@testable import gatehouse

extension CheckTests {
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
}
