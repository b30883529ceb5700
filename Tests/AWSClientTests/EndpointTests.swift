import AWSClient
import Basics
import FoundationEssentials
import Testing

/// One line of endpoints.txt, which endpoints.py writes.
struct EndpointVector: Sendable, CustomStringConvertible {
    let description: String
    let service: AWSService
    let region: String
    let environment: EnvironmentVariables
    let url: String
    let signingRegion: String

    static let services: [String: AWSService] = [
        "iam": .iam, "sts": .sts, "sns": .sns, "accessanalyzer": .accessAnalyzer,
        "s3": .s3, "ssm": .ssm, "sqs": .sqs, "lambda": .lambda, "kms": .kms, "secretsmanager": .secretsManager,
        "efs": .efs,
        "ec2": .ec2, "ecr": .ecr, "rds": .rds, "dynamodb": .dynamoDB, "organizations": .organizations,
        "s3control": .s3ExpressControl, "logs": .cloudWatchLogs, "cloudformation": .cloudFormation,
        "cloudtrail": .cloudTrail, "events": .eventBridge,
    ]

    static let all: [EndpointVector] = {
        let path = #filePath.replacing("EndpointTests.swift", with: "Support/endpoints.txt")
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 6, let service = services[parts[0]] else { return nil }
            return EndpointVector(
                description: String(line),
                service: service,
                region: parts[1],
                environment: [
                    "AWS_USE_FIPS_ENDPOINT": parts[2] == "1" ? "true" : "",
                    "AWS_USE_DUALSTACK_ENDPOINT": parts[3] == "1" ? "TRUE" : "false",
                ],
                url: parts[4],
                signingRegion: parts[5]
            )
        }
    }()
}

@Suite struct EndpointTests {
    @Test func vectorsAreThere() {
        #expect(EndpointVector.all.count == 400)
    }

    @Test(arguments: EndpointVector.all) func endpointsEqualAWSsRules(_ vector: EndpointVector) throws {
        let configuration = try AWSConfiguration(environment: vector.environment)
        let endpoint = try configuration.endpoint(of: vector.service, in: Region(vector.region))
        #expect(endpoint.url.description == vector.url)
        #expect(endpoint.signingRegion == vector.signingRegion)
    }

    @Test func overridesGoByServiceThenForAll() throws {
        let configuration = try AWSConfiguration(environment: [
            "AWS_ENDPOINT_URL": "http://localhost:5000/", "AWS_ENDPOINT_URL_ACCESSANALYZER": "https://Example.com/p/q/",
            "AWS_ENDPOINT_URL_IAM": "",
        ])
        let region = try Region("cn-northwest-1")
        let analyzer = try configuration.endpoint(of: .accessAnalyzer, in: region)
        #expect(analyzer.url.description == "https://example.com/p/q")
        #expect(analyzer.signingRegion == "cn-northwest-1")
        let iam = try configuration.endpoint(of: .iam, in: region)
        #expect(iam.url.description == "http://localhost:5000")
        #expect(iam.signingRegion == "cn-north-1")
        #expect(
            AWSService(id: "Secrets Manager-x", signingName: "", endpointPrefix: "").settingSuffix
                == "SECRETS_MANAGER_X"
        )
    }

    @Test(arguments: ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
    func anOverrideCannotBeCombined(_ setting: String) throws {
        let configuration = try AWSConfiguration(environment: [
            "AWS_ENDPOINT_URL_STS": "http://localhost", setting: "true",
        ])
        let error = #expect(throws: AWSError.self) { try configuration.endpoint(of: .sts, in: .frankfurt) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("AWS_ENDPOINT_URL_STS and \(setting)") == true)
    }

    /// The hosts of https://docs.aws.amazon.com/general/latest/gr/s3.html
    @Test(arguments: [
        ("", "", "https://123456789012.s3-control.us-east-1.amazonaws.com"),
        ("AWS_USE_FIPS_ENDPOINT", "true", "https://123456789012.s3-control-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true", "https://123456789012.s3-control.dualstack.us-east-1.amazonaws.com"),
        ("AWS_ENDPOINT_URL_S3_CONTROL", "http://localhost:9", "http://localhost:9"),
    ])
    func anAccountStandsBeforeS3ControlsHost(_ setting: String, _ value: String, _ url: String) throws {
        var environment: EnvironmentVariables = [:]
        if !setting.isEmpty { environment[setting] = value }
        let configuration = try AWSConfiguration(environment: environment)
        let endpoint = try configuration.endpoint(of: .s3Control, in: Region("us-east-1"), label: "123456789012")
        #expect("\(endpoint.url)" == url)
        #expect(endpoint.signingRegion == "us-east-1")
    }

    @Test func directoryBucketsHaveNoDualStack() throws {
        let configuration = try AWSConfiguration(environment: ["AWS_USE_DUALSTACK_ENDPOINT": "true"])
        let error = #expect(throws: AWSError.self) {
            try configuration.endpoint(of: .s3ExpressControl, in: Region("us-east-1"))
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("S3 Control has no dual-stack endpoints") == true)
    }

    @Test(arguments: [
        (Partition.aws, "us-east-1"), (.china, "cn-northwest-1"), (.usGovernment, "us-gov-west-1"),
    ])
    func organizationsHasOneRegionAPartition(_ partition: Partition, _ name: String) {
        #expect(partition.organizationsRegion.name == name)
        #expect(partition.organizationsRegion.partition == partition)
    }

    @Test func chinaHasNoFIPS() throws {
        let configuration = try AWSConfiguration(environment: ["AWS_USE_FIPS_ENDPOINT": "true"])
        for service in [AWSService.iam, .sts] {
            let error = #expect(throws: AWSError.self) {
                try configuration.endpoint(of: service, in: Region("cn-north-1"))
            }
            #expect(error?.message.contains("cn-north-1 has no FIPS endpoints") == true)
        }
    }

    @Test(arguments: [
        ("us-east-1", Partition.aws), ("eu-central-2", .aws), ("mx-central-1", .aws), ("cn-north-1", .china),
        ("us-gov-east-1", .usGovernment),
    ])
    func regionsKnowTheirPartition(_ name: String, _ partition: Partition) throws {
        let region = try Region(name)
        #expect(region.partition == partition)
        #expect(region.description == name)
    }

    @Test(arguments: [
        "", "us", "us-east-1.evil.com", "us-east-1/", "US-EAST-1", "-us-east-1", "us-east-1-", "us east-1",
        "us-iso-east-1",
        "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1", "us-east-1\r\n", "ü-east-1",
        "a-" + String(repeating: "b", count: 50),
    ])
    func regionsThatAreNotServedAreRefused(_ name: String) {
        #expect(throws: Region.Invalid.self) { try Region(name) }
    }

    @Test(arguments: [
        ("https://a.b:8443/x/", "https://a.b:8443/x"), ("HTTP://LOCALHOST:80", "http://localhost"),
        ("https://h:443/", "https://h"), ("http://[::1]:5000", "http://[::1]:5000"),
        ("http://[FD00:ec2::23]/v1", "http://[fd00:ec2::23]/v1"),
        ("http://127.0.0.1", "http://127.0.0.1"), ("https://h/a%20b", "https://h/a%20b"),
    ])
    func readsEndpointURLs(_ text: String, _ url: String) throws {
        #expect(try EndpointURL(text).description == url)
    }

    @Test(arguments: [
        "localhost:5000", "ftp://h", "http://", "https:///p", "http://h:0", "http://h:99999", "http://h:",
        "http://h:1x",
        "http://u@h", "http://h?x", "http://h/#f", "http://h /", "http://[::1", "http://[]", "http://[::1]x",
        "http://hü",
        "http://h/\"", "http://.h", "//h", "http://h/a b", "",
    ])
    func refusesWhatIsNotAnEndpointURL(_ text: String) {
        #expect(throws: EndpointURL.Invalid.self) { try EndpointURL(text) }
    }
}
