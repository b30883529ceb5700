import Policies
import Testing

@Suite struct ARNTests {
    @Test(arguments: [
        "arn:aws:iam::123456789012:role/a", "arn:aws-cn:s3:::bucket", "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q",
        "arn:aws:iam::aws:policy/x", "arn:aws:lambda:eu-west-1:123456789012:function:f:1", "arn:aws:s3:::b/ü",
    ])
    func reads(_ text: String) {
        #expect(ARN(text)?.description == text)
    }

    @Test(arguments: [
        "", "arn", "arn:aws", "arn:aws:iam::123456789012", "arn:aws:iam::123456789012:",
        "arn:azure:iam::123456789012:x",
        "arn:aws:iam::12345:x", "aws:arn:iam::123456789012:x", "arn:aws:iam::123456789012:a b",
        "arn:aws:iam::123456789012:a\n",
        "arn:aws:IAM::123456789012:x", "arn:aws:iam:us_east:123456789012:x", "arn:aws:iam::１２３456789012:x",
        "arn:aws:iam::123456789012:a\u{2003}b", "ARN:aws:iam::123456789012:x",
    ])
    func refuses(_ text: String) {
        #expect(ARN(text) == nil)
    }

    @Test func takesRolesApart() throws {
        let plain = try #require(RoleARN("arn:aws:iam::123456789012:role/Audit"))
        #expect(plain.path == "/" && plain.name == "Audit" && plain.account == "123456789012")
        let nested = try #require(RoleARN("arn:aws-cn:iam::123456789012:role/a/$(b)/c/Audit@x,y=z"))
        #expect(nested.path == "/a/$(b)/c/" && nested.name == "Audit@x,y=z" && nested.partition == "aws-cn")
        #expect(nested.description == "arn:aws-cn:iam::123456789012:role/a/$(b)/c/Audit@x,y=z")
    }

    @Test(arguments: [
        "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:role", "arn:aws:iam::123456789012:role/a/",
        "arn:aws:iam::123456789012:user/a", "arn:aws:iam:us-east-1:123456789012:role/a",
        "arn:aws:sts::123456789012:role/a",
        "arn:aws:iam::aws:role/a", "arn:aws:iam::123456789012:role/a*", "arn:aws:iam::123456789012:role/a$(b)",
        "arn:aws:iam::123456789012:role/é", "arn:aws:iam::123456789012:role/" + String(repeating: "a", count: 65),
    ])
    func refusesRoles(_ text: String) {
        #expect(RoleARN(text) == nil)
    }
}
