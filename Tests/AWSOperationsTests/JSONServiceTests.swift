import AWSClient
import AWSOperations
import Testing

/// SQS, Lambda, Secrets Manager, EFS, ECR and DynamoDB, as their API references have requests and answers.
@Suite struct JSONServiceTests {
    @Test func asksForAQueueAndItsTags() throws {
        let queue = GetQueueURL(queueName: "MyQueue", owner: account, region: region)
        #expect(try target(queue) == "application/x-amz-json-1.0 AmazonSQS.GetQueueUrl")
        #expect(try body(queue) == #"{"QueueName":"MyQueue","QueueOwnerAWSAccountId":"123456789012"}"#)
        let url = "https://sqs.us-east-1.amazonaws.com/123456789012/MyQueue"
        #expect(try read(queue, #"{"QueueUrl":"\#(url)"}"#) == url)
        #expect(refusal(queue, #"{"QueueUrl":""}"#) == .unavailable)

        let tags = ListQueueTags(queueURL: url, region: region)
        #expect(try target(tags) == "application/x-amz-json-1.0 AmazonSQS.ListQueueTags")
        #expect(try body(tags) == #"{"QueueUrl":"\#(url)"}"#)
        #expect(try read(tags, #"{"Tags":{"QueueType":"Production"}}"#) == TagPage([Tag("QueueType", "Production")]))
        #expect(try read(tags, "{}") == TagPage([]))
        #expect(refusal(tags, #"{"Tags":[]}"#) == .unavailable)
        #expect(refusal(tags, #"{"Tags":{"a":1}}"#) == .unavailable)
    }

    @Test func asksForAFunctionsTags() throws {
        let function = "arn:aws:lambda:us-east-1:123456789012:function:my-function"
        let operation = ListFunctionTags(functionARN: function, region: region)
        #expect(
            try line(operation)
                == "GET /2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Amy-function"
        )
        #expect(try read(operation, #"{"Tags":{"Category":"Web"}}"#) == TagPage([Tag("Category", "Web")]))
    }

    @Test func asksForALayersVersions() throws {
        let layer = "arn:aws:lambda:us-east-1:123456789012:layer:my-layer"
        let operation = ListLayerVersions(layerARN: layer, marker: "a/b", region: region)
        let path = "/2018-10-31/layers/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Alayer%3Amy-layer/versions"
        #expect(try line(operation) == "GET \(path)?MaxItems=50&Marker=a/b")
        let page = try read(
            operation,
            """
            {"NextMarker":"n","LayerVersions":[{"CreatedDate":"2018-11-27T15:10:45.123+0000","Description":"d",
            "LayerVersionArn":"\(layer):2","Version":2},{"Version":1}]}
            """
        )
        #expect(
            page
                == LayerVersionPage(
                    versions: [
                        LayerVersion(version: 2, description: "d", createdAt: time("2018-11-27T15:10:45Z")),
                        LayerVersion(version: 1, description: nil, createdAt: nil),
                    ],
                    nextMarker: "n"
                )
        )
        #expect(refusal(operation, "{}") == .unavailable)
        #expect(refusal(operation, #"{"LayerVersions":[{"Version":"2"}]}"#) == .unavailable)
    }

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

    @Test func describesAFileSystem() throws {
        let operation = DescribeFileSystem(fileSystemID: "fs-01234567", region: region)
        #expect(try line(operation) == "GET /2015-02-01/file-systems?FileSystemId=fs-01234567")
        let arn = "arn:aws:elasticfilesystem:us-west-2:123456789012:file-system/fs-01234567"
        func answer(_ id: String) -> String {
            """
            {"FileSystems":[{"CreationTime":1499988169,"CreationToken":"t","Encrypted":true,"FileSystemArn":"\(arn)",
            "FileSystemId":"\(id)","LifeCycleState":"available","Name":"","OwnerId":"123456789012",
            "Tags":[{"Key":"Name","Value":""}]}]}
            """
        }
        #expect(
            try read(operation, answer("fs-01234567"))
                == ResourceDescription(
                    arn: arn,
                    owner: account,
                    createdAt: time("2017-07-13T23:22:49Z"),
                    isEncrypted: true,
                    tags: [Tag("Name", "")]
                )
        )
        #expect(refusal(operation, answer("fs-89abcdef")) == .unavailable)
        #expect(refusal(operation, #"{"FileSystems":[]}"#) == .unavailable)
    }

    @Test func asksForARepositorysTags() throws {
        let repository = "arn:aws:ecr:us-west-2:012345678910:repository/ubuntu"
        let operation = ListTagsForRepository(repositoryARN: repository, region: region)
        #expect(
            try target(operation)
                == "application/x-amz-json-1.1 AmazonEC2ContainerRegistry_V20150921.ListTagsForResource"
        )
        #expect(try body(operation) == #"{"resourceArn":"\#(repository)"}"#)
        #expect(try read(operation, #"{"tags":[{"Key":"environment","Value":"production"}]}"#).tags.count == 1)
    }

    @Test func asksForATablesTagsPageByPage() throws {
        let table = "arn:aws:dynamodb:us-west-2:123456789012:table/Forum"
        let operation = ListTagsOfTable(tableARN: table, nextToken: "t", region: region)
        #expect(try target(operation) == "application/x-amz-json-1.0 DynamoDB_20120810.ListTagsOfResource")
        #expect(try body(operation) == #"{"ResourceArn":"\#(table)","NextToken":"t"}"#)
        let page = try read(operation, #"{"Tags":[{"Key":"Owner","Value":"blueTeam"}],"NextToken":"n"}"#)
        #expect(page == TagPage([Tag("Owner", "blueTeam")], nextToken: "n"))
        #expect(try read(operation, #"{"Tags":[],"NextToken":""}"#) == TagPage([]))
    }
}
