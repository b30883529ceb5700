import AWSClient
import LosslessJSON
import SimulatedAccount
import Testing

/// A file that is not an account says which key is wrong.
@Suite struct AccountFileTests {
    @Test(arguments: [
        ("[]", "an account is an object"),
        ("{}", "account: must be an account id of 12 digits"),
        (#"{"account":"12345678901"}"#, "account: must be an account id of 12 digits"),
        (#"{"account":"123456789012","role":{}}"#, "role: is not a key of an account"),
        (#"{"account":"123456789012","region":"no where"}"#, "region: must be a region's name"),
        (#"{"account":"123456789012","topics":[1]}"#, "topics: must be a list of strings"),
        (#"{"account":"123456789012","roles":[]}"#, "roles: must be an object"),
        (#"{"account":"123456789012","roles":{"Audit":{}}}"#, "roles.Audit: must be named by a role's ARN"),
        (
            #"{"account":"123456789012","roles":{"arn:aws:iam::123456789012:role/A":{}}}"#,
            "roles.arn:aws:iam::123456789012:role/A.trustPolicy: must be given"
        ),
        (
            #"{"account":"123456789012","roles":{"arn:aws:iam::123456789012:role/A":{"trustPolicy":{},"inlinePolicies":[]}}}"#,
            "roles.arn:aws:iam::123456789012:role/A.inlinePolicies: must be an object"
        ),
        (#"{"account":"123456789012","previews":{"asked":{}}}"#, "previews.asked: must be a list"),
        (
            #"{"account":"123456789012","previews":{"asked":[{"analyzerArn":"a"}]}}"#,
            "previews.asked[0]: must be an object with analyzerArn and configurations"
        ),
        (#"{"account":"123456789012","resources":{"b":{}}}"#, "resources.b: must be named by an ARN"),
        (#"{"account":"123456789012","quotas":{"a":"1"}}"#, "quotas.a: must be a whole number"),
        (#"{"account":"123456789012","environment":{"a":1}}"#, "environment.a: must be a string"),
        (#"{"account":"123456789012","findings":[{}]}"#, "findings[0].analyzerArn: must be the analyzer's ARN"),
        (
            #"{"account":"123456789012","faults":[{"operation":"GetRole","kind":"bad"}]}"#,
            "faults[0]: must be an object with operation and kind"
        ),
        (
            #"{"account":"123456789012","organization":{"accounts":{"1":{}}}}"#,
            "organization.accounts.1: must be named by an account id of 12 digits"
        ),
    ])
    func saysWhatIsWrong(_ text: String, _ message: String) throws {
        let json = try JSON.parse(text: text)
        let error = #expect(throws: SimulatedAccountError.self) { try SimulatedAccount(json) }
        #expect(error?.description == message)
    }

    @Test func anAccountsNumberIsEnough() throws {
        let account = try simulated()
        #expect(account.account == ours)
        #expect(account.region.name == "us-east-1")
        #expect(account.calls.isEmpty)
    }
}
