import AWSClient
import Testing

@Suite struct ConfigurationTests {
    @Test func emptyEnvironmentHasDefaults() throws {
        let configuration = try AWSConfiguration(environment: ["AWS_REGION": "", "AWS_MAX_ATTEMPTS": ""])
        #expect(configuration.region == nil)
        #expect(configuration.maxAttempts == 3)
        #expect(!configuration.usesFIPS && !configuration.usesDualStack)
        #expect(configuration.caBundle == nil)
    }

    @Test func regionGoesBeforeDefaultRegion() throws {
        let both: EnvironmentVariables = ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"]
        #expect(try AWSConfiguration(environment: both).region?.name == "eu-west-1")
        #expect(try AWSConfiguration(environment: ["AWS_DEFAULT_REGION": "us-east-1"]).region?.name == "us-east-1")
    }

    @Test(arguments: [
        ("AWS_REGION", "moon", "such as us-east-1"), ("AWS_DEFAULT_REGION", "us-iso-east-1", "not supported"),
        ("AWS_ENDPOINT_URL", "localhost:5000", "begin with https://"), ("AWS_ENDPOINT_URL_SNS", "http://a?b", "query"),
        ("AWS_USE_FIPS_ENDPOINT", "yes", "true or false"), ("AWS_USE_DUALSTACK_ENDPOINT", "1", "true or false"),
        ("AWS_MAX_ATTEMPTS", "0", "from 1 to 100"), ("AWS_MAX_ATTEMPTS", "three", "from 1 to 100"),
    ])
    func anUnusableSettingIsNamedWithWhatItMayHold(_ name: String, _ value: String, _ hint: String) {
        let error = #expect(throws: AWSError.self) { try AWSConfiguration(environment: [name: value]) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains(name) == true)
        #expect(error?.message.contains(hint) == true)
    }
}
