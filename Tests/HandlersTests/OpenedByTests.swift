import AWSClient
import AWSOperations
import Findings
import LosslessJSON
import Messages
import ResourceTypes
import SimulatedAccount
import Testing

@testable import Handlers

@Suite struct OpenedByTests {
    /// A change as CloudTrail has it: the operation, the request's own name for the resource, and what it is listed under.
    private static let changes:
        [(type: String, source: String, operation: String, key: String, value: JSON, name: String)] = [
            ("AWS::S3::Bucket", "s3", "PutBucketAcl", "bucketName", "reports", "reports"),
            (
                "AWS::S3Express::DirectoryBucket", "s3express", "PutBucketPolicy", "bucketName",
                "fast--use1-az4--x-s3", "fast--use1-az4--x-s3"
            ),
            ("AWS::IAM::Role", "iam", "CreateRole", "roleName", "Audit", "Audit"),
            (
                "AWS::SQS::Queue", "sqs", "AddPermission", "queueUrl",
                "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
                "https://sqs.us-east-1.amazonaws.com/123456789012/orders"
            ),
            ("AWS::Lambda::Function", "lambda", "AddPermission20150331v2", "functionName", "pay", "pay"),
            ("AWS::KMS::Key", "kms", "PutKeyPolicy", "keyId", "1234", Resource.key.arn),
            ("AWS::SecretsManager::Secret", "secretsmanager", "PutResourcePolicy", "secretId", "db", "x"),
            ("AWS::EFS::FileSystem", "elasticfilesystem", "PutFileSystemPolicy", "fileSystemId", "fs-1", "fs-1"),
            ("AWS::EC2::Snapshot", "ec2", "ModifySnapshotAttribute", "snapshotId", "snap-1", "snap-1"),
            ("AWS::ECR::Repository", "ecr", "SetRepositoryPolicy", "repositoryName", "team/web", "team/web"),
            ("AWS::RDS::DBSnapshot", "rds", "ModifyDBSnapshotAttribute", "dBSnapshotIdentifier", "nightly", "nightly"),
            (
                "AWS::RDS::DBClusterSnapshot", "rds", "ModifyDBClusterSnapshotAttribute", "dBClusterSnapshotIdentifier",
                "nightly", "nightly"
            ),
            (
                "AWS::SNS::Topic", "sns", "SetTopicAttributes", "topicArn", .string(Resource.topic.arn),
                Resource.topic.arn
            ),
            (
                "AWS::DynamoDB::Table", "dynamodb", "PutResourcePolicy", "resourceArn",
                "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
                "arn:aws:dynamodb:us-east-1:123456789012:table/Orders"
            ),
            (
                "AWS::DynamoDB::Stream", "dynamodb", "PutResourcePolicy", "resourceArn",
                "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2026-01-01T00:00:00.000", "x"
            ),
        ]

    private static let queueURL = "https://sqs.us-east-1.amazonaws.com/123456789012/orders"

    private func record(_ operation: String, _ source: String, _ request: JSON) -> JSON {
        [
            "eventName": .string(operation), "eventSource": .string("\(source).amazonaws.com"),
            "eventTime": "2026-11-20T00:00:00Z", "awsRegion": "us-east-1", "recipientAccountId": .string(account),
            "userIdentity": ["type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/deployer"],
            "requestParameters": request,
        ]
    }

    private func openedBy(_ type: String, _ arn: String, _ trail: JSON, isOn: Bool = true) async throws -> JSON? {
        let simulated = try SimulatedAccount(["account": .string(account), "trail": trail])
        var environment = environment(simulated)
        environment.settings.asksWhoDidIt = isOn
        let result = try await Pipeline.run(.enrich, on: try resourceCase(arn, type), environment)
        if !isOn { #expect(!simulated.calls.contains { $0.operation == "LookupEvents" }) }
        #expect(!result.unavailable.contains { $0.what == "openedBy" })
        return result.context["openedBy"]
    }

    @Test(arguments: changes.indices) func everyTypeIsFoundBySpellingsOfItsOwn(_ index: Int) async throws {
        let change = Self.changes[index]
        let arn = try #require(resources.first { $0.type == change.type }?.arn)
        let policy = #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"}}}"#
        let request = JSON.object(JSONObject([(change.key, change.value), ("policy", .string(policy))]))
        let trail: JSON = [
            [
                "resourceNames": [.string(change.name)],
                "record": record(change.operation, change.source, request),
            ]
        ]
        // A layer's version is told by two names, a user has no policy: below.
        let found = try await openedBy(change.type, arn, trail)
        // What CloudTrail lists under no name that we know is found by the operation, where that is the likeliest.
        #expect(found?["who"] == "arn:aws:iam::123456789012:user/deployer", "\(change.type): \(found?.text() ?? "")")
        #expect(found?["operation"] == .string(change.operation) && found?["namesPrincipal"] == true)
        #expect(try await openedBy(change.type, arn, trail, isOn: false) == nil)
    }

    /// Requests that hold the principal's text and let it in, or do not.
    @Test(arguments: [
        (#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["999988887777"]},"Action":"sqs:*"}]}"#, true),
        (#"{"Statement":[{"Effect":"Deny","Principal":{"AWS":"999988887777"},"Action":"sqs:*"}]}"#, false),
        (#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:user/Eve"}}]}"#, false),
        (#"{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"999988887777"}}]}"#, false),
        (#"{"Statement":[{"Sid":"999988887777","Effect":"Allow","Principal":"*"}]}"#, false),
        ("999988887777", false), (#"{"Statement":7"#, false),
    ]) func onlyARequestThatLetsThePrincipalInNamesIt(_ policy: String, _ isNamed: Bool) async throws {
        let request: JSON = ["queueUrl": .string(Self.queueURL), "attributes": ["Policy": .string(policy)]]
        let trail: JSON = [
            ["record": record("AddPermission", "sqs", request), "resourceNames": [.string(Self.queueURL)]]
        ]
        let found = try await openedBy("AWS::SQS::Queue", queueARN, trail)
        #expect(found?["namesPrincipal"] == .bool(isNamed), "\(found?.text() ?? "nothing")")
    }

    /// Who is named outside of a policy, by the members that name somebody, and is not taken away.
    @Test(arguments: [
        ("aWSAccountIds", #"["999988887777"]"#, true), ("principal", #""999988887777""#, true),
        ("description", #""999988887777""#, false), ("aWSAccountIds", #"["1999988887777"]"#, false),
        ("createVolumePermission", #"{"add": {"items": [{"userId": "999988887777"}]}}"#, true),
        ("createVolumePermission", #"{"remove": {"items": [{"userId": "999988887777"}]}}"#, false),
    ]) func aMemberNamesSomebody(_ key: String, _ text: String, _ isNamed: Bool) async throws {
        let value = try JSON.parse(text: text)
        let request = JSON.object(JSONObject([("queueUrl", .string(Self.queueURL)), (key, value)]))
        let trail: JSON = [
            ["record": record("AddPermission", "sqs", request), "resourceNames": [.string(Self.queueURL)]]
        ]
        let found = try await openedBy("AWS::SQS::Queue", queueARN, trail)
        #expect(found?["namesPrincipal"] == .bool(isNamed))
    }

    /// Our own changes are known by the role, not by what a caller says of itself.
    @Test(arguments: [
        ("arn:aws:iam::123456789012:role/gatehouse/change/resolve", true),
        ("arn:aws:iam::666666666666:role/gatehouse/change/resolve", false),
        ("arn:aws:iam::123456789012:role/deploy", false), ("arn:aws:iam::123456789012:role/gatehouse-fake", false),
    ]) func ourOwnChangesAreKnownByTheirRole(_ role: String, _ isOwn: Bool) async throws {
        let request: JSON = ["queueUrl": .string(Self.queueURL)]
        guard var json = record("AddPermission", "sqs", request).object else { return }
        json["userAgent"] = "gatehouse/0.14.0 Approved. https://evil.example/x"
        json["sourceIPAddress"] = "evil.example"
        json["userIdentity"] = [
            "type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/x/y",
            "sessionContext": ["sessionIssuer": ["arn": .string(role)]],
        ]
        let trail: JSON = [["record": .object(json), "resourceNames": [.string(Self.queueURL)]]]
        let found = try await openedBy("AWS::SQS::Queue", queueARN, trail)
        #expect((found?["who"] == nil) == isOwn)
        #expect(found?["with"] == (isOwn ? nil : "gatehouse/0.14.0") && found?["from"] == nil)
        #expect(!isOwn || found?["why"]?.string?.contains("no change of it but 1 by roles of Gatehouse") == true)
    }

    @Test(arguments: [(7, true), (8, false)]) func aLayersVersionIsToldFromOthers(_ version: Int, _ isFound: Bool)
        async throws
    {
        let arn = "arn:aws:lambda:us-east-1:123456789012:layer:tools:7"
        let request: JSON = ["layerName": "tools", "versionNumber": .int(version), "principal": "999988887777"]
        let trail: JSON = [
            ["resourceNames": ["tools"], "record": record("AddLayerVersionPermission20181031", "lambda", request)]
        ]
        let found = try await openedBy("AWS::Lambda::LayerVersion", arn, trail)
        #expect((found?["who"] != nil) == isFound)
        #expect((found?["why"] != nil) == !isFound)
    }

    @Test(.timeLimit(.minutes(10))) func aTrailThatHangsIsNotWaitedFor() async throws {
        let simulated = try world([queueARN: ["tags": ["a": "b"]]], findingOf: queueARN, type: "AWS::SQS::Queue")
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            if operation is LookupEvents { try await hang() }
            return nil
        }
        var environment = environment(simulated, aws: stub)
        environment.settings.asksWhoDidIt = true
        environment.deadline = .now + .seconds(4)
        let result = try await Pipeline.run(.enrich, on: try resourceCase(queueARN, "AWS::SQS::Queue"), environment)
        let why = try #require(result.context["openedBy"]?["why"]?.string)
        #expect(why.hasPrefix("CloudTrail did not tell: no answer "), "\(why)")
        #expect(result.context["tags"] == ["a": "b"] && result.gaps.isEmpty)
    }

    @Test func whatIsReadIsPrintedInLinesOfOurs() throws {
        let hostile: JSON = [
            "who": "arn:aws:iam::1:user/\n\u{202E}x", "operation": "Put\r\nBucketPolicy", "with": "a\u{2028}b",
            "namesPrincipal": false, "passedOver": 2,
        ]
        let input = try toldCase(
            "AWS::S3::Bucket",
            "arn:aws:s3:::reports",
            adding: [("context", ["openedBy": hostile])]
        )
        let line = try #require(message(input).body.split(separator: "\n").first { $0.contains("CloudTrail") })
        #expect(
            line
                == "Last changed before the finding by (CloudTrail): arn:aws:iam::1:user/  x, Put  BucketPolicy "
                + "(User-Agent \"a b\") (2 later by roles of Gatehouse not counted). Its request does not name the principal: an earlier change "
                + "may have opened the access."
        )
    }

    @Test func whatOverwritesOurChangeIsNamed() async throws {
        let ledgerWorld = try LedgerWorld()
        let openedBy: JSON = ["who": "arn:aws:iam::1:role/terraform", "operation": "UpdateAssumeRolePolicy"]
        let input = try bareCase(0, adding: [("context", ["openedBy": openedBy])]).toBeResolved()
        let before = ledgerWorld.trustPolicy
        var last: Case?
        for _ in 0..<4 {
            last = try await Pipeline.run(.resolve, on: input, ledgerWorld.environment())
            try await ledgerWorld.simulated.write(before)
            ledgerWorld.advance(600)
        }
        #expect(last?.outcome?.status == .refused)
        let named = " The last change that CloudTrail has before the finding: arn:aws:iam::1:role/terraform, Update"
        #expect(last?.outcome?.summary.contains(named) == true, "\(last?.outcome?.summary ?? "")")
        #expect(last?.refusal == " overwritten")
    }
}
