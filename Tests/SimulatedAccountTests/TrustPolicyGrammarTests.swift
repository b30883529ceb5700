import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount
import Testing

/// The simulated account refuses what IAM refuses, in IAM's words.
@Suite struct TrustPolicyGrammarTests {
    private func write(_ document: String, path: String = "/") async throws -> AWSError? {
        let account = try SimulatedAccount([
            "account": "123456789012",
            "roles": .object(
                JSONObject([
                    (
                        "arn:aws:iam::123456789012:role\(path)Audit",
                        ["trustPolicy": ["Statement": []]]
                    )
                ])
            ),
        ])
        do throws(AWSError) {
            try await account.caller().call(
                UpdateAssumeRolePolicy(roleName: "Audit", policyDocument: document, partition: .aws)
            )
            return nil
        } catch {
            return error
        }
    }

    private static func statement(_ members: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",\#(members)}]}"#
    }

    @Test(arguments: [
        (
            #""Principal":"*","Action":"sts:AssumeRole""#,
            #"AssumeRolepolicy contained an invalid principal: "STAR":"*""#
        ),
        (#""NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole""#, "Has prohibited field NotPrincipal"),
        (#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*""#, "Has prohibited field Resource"),
        (#""Action":"sts:AssumeRole""#, "Missing required field Principal"),
        (
            #""Principal":{"AWS":"*"},"Action":"s3:GetObject""#,
            "AssumeRole policy may only specify STS AssumeRole actions."
        ),
        (
            #""Principal":{"AWS":"*"},"Action":["sts:AssumeRole","*"]"#,
            "AssumeRole policy may only specify STS AssumeRole actions."
        ),
        (
            #""Principal":{"AWS":"AIDAJQABLZS4A3QDU576Q"},"Action":"sts:AssumeRole""#,
            #"Invalid principal in policy: "AWS":"AIDAJQABLZS4A3QDU576Q""#
        ),
        (
            #""Principal":{"AWS":"Alice"},"Action":"sts:AssumeRole""#,
            #"Invalid principal in policy: "AWS":"Alice""#
        ),
        (
            #""Principal":{"Service":"ec2"},"Action":"sts:AssumeRole""#,
            #"Invalid principal in policy: "SERVICE":"ec2""#
        ),
        (
            #""Principal":{"CanonicalUser":"79a5"},"Action":"sts:AssumeRole""#,
            #"AssumeRolepolicy contained an invalid principal: "CANONICALUSER":"79a5""#
        ),
        (
            #""Sid":"with-hyphen","Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#,
            "Statement IDs (SID) must be alpha-numeric. "
                + "Check that your input satisfies the regular expression [0-9A-Za-z]*"
        ),
    ])
    func statementsAreRefused(_ members: String, _ message: String) async throws {
        let error = try await write(Self.statement(members))
        #expect(error?.code == "MalformedPolicyDocument")
        #expect(error?.message == message)
    }

    @Test(arguments: [
        ("{", "MalformedPolicyDocument", "This policy contains invalid Json"),
        (#"{"Version":"2012-10-17"}"#, "MalformedPolicyDocument", "Syntax errors in policy."),
        (#"{"Statement":[]}"#, "MalformedPolicyDocument", "Syntax errors in policy."),
        (#"{"Version":"2012-10-17","Statement":[],"Note":""}"#, "MalformedPolicyDocument", "Syntax errors in policy."),
        (
            #"{"Id":"\#u{65E5}"}"#, "ValidationError",
            "The specified value for policyDocument is invalid. It must contain only printable ASCII characters."
        ),
    ])
    func documentsAreRefused(_ document: String, _ code: String, _ message: String) async throws {
        let error = try await write(document)
        #expect(error?.code == code)
        #expect(error?.message == message)
    }

    @Test(arguments: [
        #""Principal":{"AWS":"*"},"Action":"sts:*""#,
        #""Principal":{"AWS":["123456789012","arn:aws:sts::123456789012:federated-user/x"]},"Action":"sts:assumerole""#,
        #""Principal":{"Service":["ec2.amazonaws.com","s3.amazonaws.com.cn"]},"Action":["sts:AssumeRole"]"#,
        #""Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{}"#,
    ])
    func whatIAMTakesIsTaken(_ members: String) async throws {
        #expect(try await write(Self.statement(members)) == nil)
        // Empty Sids need not be unique.
        let twice = #"{"Statement":[{"Sid":"","Effect":"Allow",\#(members)},{"Sid":"","Effect":"Deny",\#(members)}]}"#
        #expect(try await write(twice) == nil)
    }

    @Test func rolesOfAWSAreNotEdited() async throws {
        let document = Self.statement(#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#)
        #expect(try await write(document, path: "/aws-service-role/x/")?.code == "UnmodifiableEntity")
        #expect(try await write(document, path: "/aws-reserved/sso.amazonaws.com/")?.code == "UnmodifiableEntity")
    }
}
