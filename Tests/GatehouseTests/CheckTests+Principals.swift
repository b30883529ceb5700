@testable import gatehouse

extension CheckTests {
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
}
