import AWSClient
import AWSOperations
import Findings
import Handlers
import LosslessJSON
import ResourceTypes
import SimulatedAccount
import Synchronization
import Testing

@Suite struct EnrichmentTests {
    private let queue = ResourceType.sqsQueue.name
    private let key = ResourceType.kmsKey.name

    private func queueWorld() throws -> SimulatedAccount {
        try world([queueARN: ["tags": ["a": "b"]]], findingOf: queueARN, type: queue)
    }

    @Test(.timeLimit(.minutes(10)))
    func aServiceThatHangsCostsAQuarterOfTheTime() async throws {
        let simulated = try queueWorld()
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            if operation is ListQueueTags { try await hang() }
            return nil
        }
        var environment = environment(simulated, aws: stub)
        environment.deadline = .now + .seconds(24)
        let result = try await enrich(try resourceCase(queueARN, queue), environment)
        // A quarter of what was left when they were asked; the hanging one would have taken ten minutes.
        let why = try #require(result.gaps["tags"])
        let seconds = try #require(Double(why.replacing("no answer within ", with: "").replacing(" s", with: "")))
        #expect(seconds > 0 && seconds <= 6)
        #expect(result.gaps.count == 1)
        #expect(result.context["name"] == "orders")
        #expect(result.context["account"]?["name"] == "workloads")
    }

    @Test(.timeLimit(.minutes(10)))
    func noTimeLeftMeansEverythingIsUnavailable() async throws {
        let simulated = try queueWorld()
        let stub = StubCaller(caller: simulated.caller()) { (_) async throws(AWSError) in
            try await hang()
            return nil
        }
        var environment = environment(simulated, aws: stub)
        environment.deadline = .now - .seconds(1)
        let result = try await enrich(try resourceCase(queueARN, queue), environment)
        #expect(
            result.gaps.keys.sorted()
                == ["account", "principalAccount", "resourceControlPolicyRestriction", "sources", "tags"]
        )
        #expect(Set(result.gaps.values) == ["no answer within 0.0 s"])
    }

    @Test(.timeLimit(.minutes(10)))
    func lookUpsRunSideBySide() async throws {
        let simulated = try world([keyARN: ["tags": [:]]], findingOf: keyARN, type: key)
        let open = Mutex(0)
        let most = Mutex(0)
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            guard
                operation is ListAliases || operation is ListResourceTags || operation is DescribeKey
                    || operation is GetFindingV2
            else { return nil }
            let count = open.withLock { open in
                open += 1
                return open
            }
            most.withLock { $0 = max($0, count) }
            // Each waits until all four are there: one after the other they would never come back.
            while most.withLock({ $0 }) < 4 {
                if Task.isCancelled { throw AWSError(kind: .cancelled, message: "cancelled") }
                await Task.yield()
            }
            return nil
        }
        let result = try await enrich(try resourceCase(keyARN, key), environment(simulated, aws: stub))
        #expect(most.withLock { $0 } == 4)
        #expect(result.gaps.isEmpty)
    }

    @Test func anEndlessListIsUnavailable() async throws {
        let simulated = try world([keyARN: ["tags": [:]]], findingOf: keyARN, type: key)
        let pages = Mutex(0)
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            guard operation is ListAliases else { return nil }
            let page = pages.withLock { pages in
                pages += 1
                return pages
            }
            return AliasPage(names: ["alias/a\(page)"], nextMarker: "m\(page)")
        }
        let result = try await enrich(try resourceCase(keyARN, key), environment(simulated, aws: stub))
        #expect(pages.withLock { $0 } == 100)
        #expect(result.gaps["keyAliases"] == "the answer goes on after 100 pages")
        #expect(result.context["keyAliases"] == nil)
    }

    @Test(arguments: [(1_000, true), (1_001, false)])
    func tagsAreBounded(_ count: Int, _ isKnown: Bool) async throws {
        let simulated = try queueWorld()
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            operation is ListQueueTags ? TagPage((0..<count).map { Tag("key\($0)", "value") }) : nil
        }
        let result = try await enrich(try resourceCase(queueARN, queue), environment(simulated, aws: stub))
        #expect(result.context["tags"]?.object?.count == (isKnown ? count : nil))
        #expect((result.gaps["tags"] == nil) == isKnown)
    }

    @Test func anErrorIsOneBoundedLine() async throws {
        let simulated = try queueWorld()
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            guard operation is ListQueueTags else { return nil }
            let message = "line\n\u{1B}[31m\u{202E}" + String(repeating: "x", count: 3_000)
            throw AWSError(kind: .accessDenied, code: "AccessDenied", message: message)
        }
        let why = try await enrich(try resourceCase(queueARN, queue), environment(simulated, aws: stub)).gaps["tags"]
        #expect(why?.hasPrefix("AccessDenied: line  [31m xxx") == true)
        #expect(why?.count == 300)
        #expect(why?.hasSuffix("x…") == true)
    }

    /// IAM knows roles by name alone: with another account's credentials it tells of another role.
    @Test func anAnswerAboutAnotherResourceIsNotBelieved() async throws {
        let other = "arn:aws:iam::123456789012:user/other/bob"
        let user = "arn:aws:iam::123456789012:user/people/bob"
        let type = ResourceType.iamUser.name
        let simulated = try world([other: ["tags": ["a": "b"]]], findingOf: user, type: type)
        let result = try await enrich(try resourceCase(user, type), environment(simulated))
        #expect(result.context["tags"] == nil)
        #expect(result.gaps["tags"]?.contains("the answer is about \(other)") == true)
        #expect(result.gaps["lastUsed"] == result.gaps["tags"])
        #expect(result.context["path"] == "/people/")
    }

    @Test func aPartitionThatIsNotServedIsSaid() async throws {
        let arn = "arn:aws-iso:sqs:us-iso-east-1:123456789012:orders"
        let simulated = try world([:], findingOf: arn, type: queue)
        let result = try await enrich(try resourceCase(arn, queue), environment(simulated))
        #expect(result.gaps["tags"] == "partition aws-iso is not supported")
    }

    @Test func aThousandForeignKeysStayAsTheyWere() async throws {
        let simulated = try queueWorld()
        let foreign = (0..<10_000).map { ("foreign\($0)", JSON.int($0)) }
        let context = JSON.object(JSONObject([("tags", ["old": "gone"])] + foreign))
        let result = try await enrich(try resourceCase(queueARN, queue, context: context), environment(simulated))
        #expect(result.context["tags"] == ["a": "b"])
        #expect(result.context.members.suffix(10_000).map(\.value) == (0..<10_000).map(JSON.int))
    }

    @Test func twiceGivesTheSame() async throws {
        let simulated = try world(
            [keyARN: ["tags": .null, "keyAliases": ["alias/a", "alias/b", "alias/c"]]],
            findingOf: keyARN,
            type: key
        )
        let environment = environment(simulated)
        let once = try await enrich(try resourceCase(keyARN, key), environment)
        let twice = try await enrich(once, environment)
        #expect(once.json == twice.json)
        #expect(once.gaps.keys.sorted() == ["tags"])
    }
}

/// What the look-ups call against what the table says that they need.
@Suite struct EnrichmentPermissionTests {
    /// Operations whose permission has another name.
    private static let names = [
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock", "GetFindingV2": "GetFinding",
    ]

    @Test(arguments: ResourceType.all)
    func everyCallIsInTheTable(_ type: ResourceType) async throws {
        let arn = try #require(Self.arns[type])
        let simulated = try world([:], findingOf: arn, type: type.name)
        let asked = Mutex<Set<String>>([])
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            let name = Swift.type(of: operation).name
            let service = Swift.type(of: operation).service.signingName
            asked.withLock { _ = $0.insert("\(service):\(Self.names[name] ?? name)") }
            return operation is GetQueueURL ? "https://sqs.simulated/\(queueARN)" : nil
        }
        _ = try await enrich(try resourceCase(arn, type.name), environment(simulated, aws: stub))
        let always = Set(KnownResourceTypes.findingPermissions + KnownResourceTypes.organizationPermissions)
        let own = asked.withLock { $0 }.subtracting(always).subtracting(["sts:GetCallerIdentity"])
        #expect(own == Set(try #require(KnownResourceTypes.known(type)).permissions))
    }

    private static let arns: [ResourceType: String] = [
        .s3Bucket: "arn:aws:s3:::bucket",
        .s3DirectoryBucket: "arn:aws:s3express:us-east-1:123456789012:bucket/b--use1-az4--x-s3",
        .iamRole: roleARN, .iamUser: "arn:aws:iam::123456789012:user/bob", .sqsQueue: queueARN,
        .lambdaFunction: "arn:aws:lambda:us-east-1:123456789012:function:f",
        .lambdaLayerVersion: "arn:aws:lambda:us-east-1:123456789012:layer:l:1", .kmsKey: keyARN,
        .secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:s-AbCdEf",
        .efsFileSystem: "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0",
        .ebsSnapshot: "arn:aws:ec2:us-east-1::snapshot/snap-0",
        .ecrRepository: "arn:aws:ecr:us-east-1:123456789012:repository/r",
        .rdsSnapshot: "arn:aws:rds:us-east-1:123456789012:snapshot:s",
        .rdsClusterSnapshot: "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:s",
        .snsTopic: "arn:aws:sns:us-east-1:123456789012:t",
        .dynamoDBTable: "arn:aws:dynamodb:us-east-1:123456789012:table/t",
        .dynamoDBStream: "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-01-01T00:00:00.000",
    ]
}

/// ARNs of the right service that are no resource of the type: nothing is asked, nothing traps.
@Suite struct HostileARNTests {
    @Test(arguments: [
        ("arn:aws:s3:::bucket/key", ResourceType.s3Bucket),
        ("arn:aws:s3express:us-east-1:123456789012:b", .s3DirectoryBucket),
        ("arn:aws:s3express:us-east-1:123456789012:bucket/a/../b", .s3DirectoryBucket),
        ("arn:aws:iam::123456789012:user/", .iamUser), ("arn:aws:sqs:us-east-1:123456789012:a/b", .sqsQueue),
        ("arn:aws:lambda:us-east-1:123456789012:function:", .lambdaFunction),
        ("arn:aws:lambda:us-east-1:123456789012:function:a:b:c", .lambdaFunction),
        ("arn:aws:lambda:us-east-1:123456789012:function::b", .lambdaFunction),
        ("arn:aws:lambda:us-east-1:123456789012:layer:l", .lambdaLayerVersion),
        ("arn:aws:lambda:us-east-1:123456789012:layer:l:99999999999999999999", .lambdaLayerVersion),
        ("arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0", .efsFileSystem),
        ("arn:aws:ec2:us-east-1::snapshot/snap-0/x", .ebsSnapshot),
        ("arn:aws:ec2:us-east-1::volume/vol-0", .ebsSnapshot),
        ("arn:aws:ecr:us-east-1:123456789012:repository/", .ecrRepository),
        ("arn:aws:rds:us-east-1:123456789012:db:x", .rdsSnapshot),
        ("arn:aws:rds:us-east-1:123456789012:snapshot:x", .rdsClusterSnapshot),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/t/index/i", .dynamoDBTable),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/t", .dynamoDBStream),
        ("arn:aws:dynamodb:us-east-1:123456789012:table//stream/x", .dynamoDBStream),
        ("arn:aws:sns:us-east-1:123456789012:t/u", .snsTopic), ("arn:aws:sqs:us-iso-east-1:123456789012:q", .sqsQueue),
    ])
    func nothingIsAsked(_ arn: String, _ type: ResourceType) async throws {
        let simulated = try world([:], findingOf: arn, type: type.name)
        let result = try await enrich(try resourceCase(arn, type.name), environment(simulated))
        let key = type == .lambdaLayerVersion ? "description" : "tags"
        #expect(result.gaps[key]?.isEmpty == false)
        #expect(result.context[key] == nil)
        let general: Set = [
            "GetFindingV2", "DescribeAccount", "ListTagsForResource", "ListParents", "GetCallerIdentity",
        ]
        #expect(simulated.calls.filter { !general.contains($0.operation) }.isEmpty)
        #expect(simulated.calls.count { $0.operation == "ListTagsForResource" } <= 1)
    }
}
