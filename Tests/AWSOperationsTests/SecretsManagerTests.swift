import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/secretsmanager/latest/apireference/.
@Suite struct SecretsManagerTests {
    @Test func describesASecret() throws {
        let secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:MyTestDatabaseSecret-a1b2c3"
        let operation = DescribeSecret(secretARN: secret, region: region)
        #expect(try target(operation) == "application/x-amz-json-1.1 secretsmanager.DescribeSecret")
        #expect(try body(operation) == #"{"SecretId":"\#(secret)"}"#)
        let found = try read(
            operation,
            """
            {"ARN":"\(secret)","CreatedDate":1.523477145729E9,"Description":"d","Name":"MyTestDatabaseSecret",
            "Tags":[{"Key":"k","Value":"v"}],"VersionIdsToStages":{}}
            """
        )
        #expect(
            found
                == ResourceDescription(
                    arn: secret,
                    name: "MyTestDatabaseSecret",
                    description: "d",
                    createdAt: time("2018-04-11T20:05:45Z"),
                    tags: [Tag("k", "v")]
                )
        )
        #expect(refusal(operation, "{}") == .unavailable)
    }
}
