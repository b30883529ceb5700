import LosslessJSON
import Policies
import Testing

private let alice = "arn:aws:iam::999988887777:user/Alice"
private let deployer = "arn:aws:iam::999988887777:role/ci/Deployer"
private let session = "arn:aws:sts::999988887777:assumed-role/Deployer/build"

struct Row: Sendable, CustomTestStringConvertible {
    let statement: String
    let principal: Principal
    let coverage: Coverage

    init(_ statement: String, _ principal: Principal, _ coverage: Coverage) {
        self.statement = statement
        self.principal = principal
        self.coverage = coverage
    }

    var testDescription: String { "\(statement) / \(principal.element.value)" }
}

@Suite struct EvaluatorTests {
    static let rows: [Row] = [
        Row(#""Principal":"*","Action":"sts:AssumeRole""#, Principal(key: "AWS", value: alice), .every),
        Row(#""Principal":{"AWS":"*"},"Action":"sts:*""#, .service("ec2.amazonaws.com"), .some),
        Row(#""Principal":"*","Action":"sts:*""#, .service("ec2.amazonaws.com"), .every),
        Row(#""Principal":{"AWS":"999988887777"},"Action":"*""#, Principal(key: "AWS", value: alice), .every),
        Row(#""Principal":{"AWS":"999988887777"},"Action":"*""#, Principal(key: "AWS", value: session), .every),
        Row(#""Principal":{"AWS":"\#(alice)"},"Action":"sts:assumerole""#, .account("999988887777"), .some),
        Row(#""Principal":{"AWS":"\#(alice)"},"Action":"sts:AssumeRole""#, .account("111122223333"), .none),
        Row(#""Principal":{"AWS":"\#(alice)"},"Action":"sts:AssumeRole""#, .everyone, .some),
        Row(
            #""Principal":{"AWS":"\#(deployer)"},"Action":"sts:AssumeRole""#,
            Principal(key: "AWS", value: session),
            .every
        ),
        Row(
            #""Principal":{"AWS":"\#(session)"},"Action":"sts:AssumeRole""#,
            Principal(key: "AWS", value: deployer),
            .some
        ),
        Row(#""Principal":{"AWS":"\#(alice)"},"Action":"sts:TagSession""#, Principal(key: "AWS", value: alice), .none),
        Row(
            #""Principal":{"AWS":"\#(alice)"},"NotAction":"sts:TagSession""#,
            Principal(key: "AWS", value: alice),
            .every
        ),
        Row(#""Principal":{"AWS":"\#(alice)"},"NotAction":"sts:*""#, Principal(key: "AWS", value: alice), .none),
        Row(#""Principal":{"Service":["ec2.amazonaws.com","x"]},"Action":"*""#, .service("ec2.amazonaws.com"), .every),
        Row(#""Principal":{"Service":"ec2.amazonaws.com"},"Action":"*""#, .everyone, .none),
        Row(
            #""Principal":{"Federated":"accounts.google.com"},"Action":"*""#,
            .federated("accounts.google.com"),
            .every
        ),
        Row(#""NotPrincipal":{"AWS":"\#(alice)"},"Action":"*""#, .account("111122223333"), .some),
        Row(#""Principal":{"AWS":"AIDAJQABLZS4A3QDU576Q"},"Action":"*""#, Principal(key: "AWS", value: alice), .none),
        Row(
            #""Principal":{"Federated":"arn:aws:iam::999988887777:saml-provider/\u212aeycloak"},"Action":"*""#,
            .federated("arn:aws:iam::999988887777:saml-provider/Keycloak"),
            .none
        ),
    ]

    static let unreadRows: [Row] = [
        Row(
            #""Principal":{"AWS":"999988887777"},"Action":"*""#,
            Principal(key: "AWS", value: "arn:aws:sts::999988887777:federated-user/x"),
            .some
        ),
        Row(#""Principal":{"AWS":"999988887777"},"Action":"*""#, .canonicalUser("79a59df900b949e5"), .some),
        Row(#""Principal":{"Service":"ec2.amazonaws.com"},"Action":"*""#, .unknown("AWS", "x"), .none),
        Row(#""Principal":{"Federated":"Accounts.Google.com"},"Action":"*""#, .federated("accounts.google.com"), .some),
    ]

    static let conditionRows: [(String, Principal, Coverage)] = [
        (#"{"ArnEquals":{"aws:PrincipalArn":"\#(alice)"}}"#, Principal(key: "AWS", value: alice), .every),
        (#"{"ArnLike":{"AWS:principalarn":"arn:aws:iam::*:user/A*"}}"#, Principal(key: "AWS", value: alice), .every),
        (#"{"ArnEquals":{"aws:PrincipalArn":"\#(alice)"}}"#, .account("999988887777"), .some),
        (#"{"ArnEquals":{"aws:PrincipalArn":"\#(alice)"}}"#, .account("111122223333"), .none),
        (#"{"ArnNotEquals":{"aws:PrincipalArn":"\#(alice)"}}"#, .account("111122223333"), .every),
        (#"{"ArnEquals":{"aws:PrincipalArn":"\#(deployer)"}}"#, Principal(key: "AWS", value: session), .some),
        (#"{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}"#, Principal(key: "AWS", value: alice), .every),
        (
            #"{"StringNotEquals":{"aws:PrincipalAccount":["999988887777","1"]}}"#, Principal(key: "AWS", value: alice),
            .none
        ),
        (#"{"StringNotEquals":{"aws:PrincipalAccount":"1"}}"#, .service("ec2.amazonaws.com"), .every),
        (#"{"Null":{"aws:PrincipalAccount":"false"}}"#, .service("ec2.amazonaws.com"), .none),
        // Absent, or the text `anonymous`: AWS's documentation says both.
        (#"{"Null":{"aws:PrincipalAccount":true}}"#, .federated("accounts.google.com"), .some),
        (#"{"Null":{"aws:PrincipalArn":"false"}}"#, .federated("accounts.google.com"), .none),
        (#"{"StringNotEquals":{"aws:PrincipalAccount":"999988887777"}}"#, .federated("accounts.google.com"), .every),
        (#"{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}"#, .federated("accounts.google.com"), .none),
        (#"{"StringEquals":{"aws:PrincipalAccount":999988887777}}"#, Principal(key: "AWS", value: alice), .some),
        (#"{"StringNotEquals":{"aws:PrincipalAccount":9.99988887777e11}}"#, Principal(key: "AWS", value: alice), .some),
        (
            #"{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::999988887777:user/\u212aelly"}}"#,
            Principal(key: "AWS", value: "arn:aws:iam::999988887777:user/Kelly"), .none
        ),
        (
            #"{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::999988887777:user/\u212aelly"}}"#,
            Principal(key: "AWS", value: "arn:aws:iam::999988887777:user/Kelly"), .every
        ),
        (#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, .service("ec2.amazonaws.com"), .none),
        (#"{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#, Principal(key: "AWS", value: alice), .every),
        (#"{"StringEquals":{"sts:ExternalId":"1"}}"#, Principal(key: "AWS", value: alice), .some),
        (#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, Principal(key: "AWS", value: alice), .some),
        (#"{"FutureOperator":{"aws:PrincipalAccount":"999988887777"}}"#, Principal(key: "AWS", value: alice), .some),
        (#"{"StringEquals":{"aws:PrincipalAccount":"${aws:x}"}}"#, Principal(key: "AWS", value: alice), .some),
        (#"{"StringLike":{"aws:PrincipalAccount":"9999*"}}"#, Principal(key: "AWS", value: alice), .every),
    ]

    @Test(arguments: rows + unreadRows)
    func statements(_ row: Row) throws {
        let document = try PolicyDocument(text: #"{"Statement":{"Effect":"Allow",\#(row.statement)}}"#)
        let verdict = document.evaluate(AccessRequest(principal: row.principal, action: "sts:AssumeRole"))
        #expect(verdict.allowed == row.coverage)
        #expect(verdict.denied == .none)
    }

    /// What a Deny of an account by its root reaches is not said anywhere, not even for the account as a whole.
    @Test(arguments: ["999988887777", "arn:aws:iam::999988887777:root"])
    func aDenyOfAnAccountIsNeverCertain(_ account: String) throws {
        let document = try PolicyDocument(
            text: #"{"Statement":[{"Effect":"Deny","Principal":{"AWS":"\#(account)"},"Action":"*"}]}"#
        )
        for principal in [.account("999988887777"), Principal(key: "AWS", value: alice)] {
            #expect(document.evaluate(AccessRequest(principal: principal, action: "sts:AssumeRole")).denied == .some)
        }
    }

    @Test(arguments: conditionRows)
    func conditions(_ condition: String, _ principal: Principal, _ coverage: Coverage) throws {
        let document = try PolicyDocument(
            text: #"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Condition":\#(condition)}]}"#
        )
        #expect(document.evaluate(AccessRequest(principal: principal, action: "sts:AssumeRole")).denied == coverage)
    }

    @Test(arguments: [
        "[]", "{}", #"{"Statement":"x"}"#, #"{"Statement":[1]}"#, #"{"Statement":{"Effect":"allow","Action":"*"}}"#,
        #"{"Statement":{"Effect":"Allow"}}"#, #"{"Statement":{"Effect":"Allow","Action":"a","NotAction":"b"}}"#,
        #"{"Statement":{"Effect":"Allow","Action":[{}]}}"#,
        #"{"Statement":{"Effect":"Allow","Action":"*","Condition":[]}}"#,
        #"{"Statement":{"Effect":"Allow","Action":"*","Principal":7}}"#,
        #"{"Statement":{"Sid":1,"Effect":"Allow","Action":"*"}}"#,
    ])
    func unreadableDocumentsAreRefused(_ text: String) {
        #expect(throws: PolicyError.self) { try PolicyDocument(text: text) }
    }
}
