import Testing

@testable import AWSClient

@Suite struct ErrorAnswerTests {
    private func answer(_ status: Int, _ headers: WireHeaders = [:], _ body: String) -> ErrorAnswer {
        ErrorAnswer(WireResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    @Test func readsTheQueryProtocol() {
        let said = answer(
            404,
            [:],
            """
            <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>
            <Code>NoSuchEntity</Code><Message>The role with name x cannot be found.</Message></Error>
            <RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ErrorResponse>
            """
        )
        #expect(said.code == "NoSuchEntity")
        #expect(said.message == "The role with name x cannot be found.")
        #expect(said.requestID == "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE")
    }

    @Test func readsS3AndEC2() {
        let s3 = answer(
            404,
            ["x-amz-request-id": "4442587FB7D0A2F9"],
            "<?xml version=\"1.0\"?><Error><Code>NoSuchBucketPolicy</Code><Message>m</Message></Error>"
        )
        #expect(s3.code == "NoSuchBucketPolicy")
        #expect(s3.requestID == "4442587FB7D0A2F9")
        let ec2 = answer(
            400,
            [:],
            "<Response><Errors><Error><Code>InvalidSnapshot.NotFound</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>"
        )
        #expect(ec2.code == "InvalidSnapshot.NotFound")
        #expect(ec2.requestID == "r")
    }

    @Test(arguments: [
        ("ResourceNotFoundException", "{\"message\":\"gone\"}"),
        ("ResourceNotFoundException:http://x/y", "{\"Message\":\"gone\"}"),
        ("", "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\",\"message\":\"gone\"}"),
        ("", "{\"code\":\"ResourceNotFoundException\",\"message\":\"gone\"}"),
    ])
    func readsJSON(_ header: String, _ body: String) {
        let said = answer(404, header.isEmpty ? [:] : ["X-Amzn-ErrorType": header, "x-amzn-RequestId": "id"], body)
        #expect(said.code == "ResourceNotFoundException")
        #expect(said.message == "gone")
        #expect(said.requestID == (header.isEmpty ? nil : "id"))
    }

    /// What the services whose resources are looked up answer about something that is not there, or not readable.
    @Test(arguments: [
        (
            404, "", "<?xml version=\"1.0\"?><Error><Code>NoSuchTagSet</Code><BucketName>b</BucketName></Error>",
            "NoSuchTagSet"
        ),
        (404, "", "<Error><Code>OwnershipControlsNotFoundError</Code></Error>", "OwnershipControlsNotFoundError"),
        (400, "", "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"m\"}", "QueueDoesNotExist"),
        (400, "", "{\"__type\":\"NotFoundException\",\"message\":\"m\"}", "NotFoundException"),
        (404, "FileSystemNotFound:", "{\"ErrorCode\":\"FileSystemNotFound\",\"Message\":\"m\"}", "FileSystemNotFound"),
        (
            400, "", "{\"__type\":\"RepositoryNotFoundException\",\"message\":\"m\"}", "RepositoryNotFoundException"
        ),
        (
            404, "", "<ErrorResponse><Error><Type>Sender</Type><Code>DBSnapshotNotFound</Code></Error></ErrorResponse>",
            "DBSnapshotNotFound"
        ),
        (
            404, "", "<ErrorResponse><Error><Code>ResourceNotFound</Code></Error></ErrorResponse>", "ResourceNotFound"
        ),
        (
            400, "", "<Response><Errors><Error><Code>InvalidSnapshot.NotFound</Code></Error></Errors></Response>",
            "InvalidSnapshot.NotFound"
        ),
        (404, "ResourceNotFoundException", "{\"Type\":\"User\",\"Message\":\"m\"}", "ResourceNotFoundException"),
    ])
    func knowsWhatIsNotThereInEveryProtocol(_ status: Int, _ header: String, _ body: String, _ code: String) {
        let said = answer(status, header.isEmpty ? [:] : ["x-amzn-ErrorType": header], body)
        #expect(said.code == code)
        #expect(ErrorCodes.kind(code: said.code, status: status) == .notFound)
    }

    @Test(arguments: ["AccountNotFoundException", "AWSOrganizationsNotInUseException"])
    func organizationsHasItsOwnWords(_ code: String) {
        let said = answer(
            400,
            [:],
            "{\"__type\":\"\(code)\",\"Message\":\"You specified an account that doesn't exist.\"}"
        )
        #expect(said.code == code)
        #expect(said.message == "You specified an account that doesn't exist.")
        #expect(ErrorCodes.kind(code: code, status: 400) == .rejected)
    }

    @Test(arguments: [
        "", "<html><body>502", "{", "[]", "{\"message\":7}", "Bad Gateway", "<a/>", "{\"__type\":\"a b\"}", "\u{FF}",
    ])
    func anythingElseSaysNothing(_ body: String) {
        let said = answer(502, [:], body)
        #expect(said.code == nil)
        #expect(said.message == nil)
    }

    @Test(
        arguments: [
            ("Throttling", 400, AWSError.Kind.throttled), ("ThrottlingException", 400, .throttled),
            ("TooManyRequestsException", 429, .throttled), ("RequestLimitExceeded", 503, .throttled),
            ("SlowDown", 503, .throttled),
            ("ProvisionedThroughputExceededException", 400, .throttled), (nil, 429, .throttled),
            ("Unknown", 429, .throttled),
            ("AccessDenied", 403, .accessDenied), ("AccessDeniedException", 400, .accessDenied),
            ("AuthorizationError", 403, .accessDenied),
            ("UnrecognizedClientException", 400, .accessDenied), ("ExpiredToken", 400, .accessDenied),
            (nil, 403, .accessDenied),
            ("NoSuchEntity", 404, .notFound), ("ResourceNotFoundException", 404, .notFound),
            ("NotFound", 404, .notFound),
            ("AWS.SimpleQueueService.NonExistentQueue", 400, .notFound), (nil, 404, .unavailable),
            (nil, 410, .unavailable), ("UnknownOperationException", 404, .rejected), ("Gone", 410, .rejected),
            ("InternalFailure", 500, .unavailable), ("ServiceUnavailable", 503, .unavailable), (nil, 502, .unavailable),
            ("RequestTimeout", 400, .unavailable), ("MalformedPolicyDocument", 400, .rejected),
            ("LimitExceeded", 409, .rejected),
            ("ValidationException", 400, .rejected), (nil, 400, .rejected), (nil, 301, .rejected),
        ] as [(String?, Int, AWSError.Kind)]
    )
    func codesGoBeforeTheStatus(_ code: String?, _ status: Int, _ kind: AWSError.Kind) {
        #expect(ErrorCodes.kind(code: code, status: status) == kind)
    }

    @Test func aCodeStandsInOneList() {
        let lists = [
            ErrorCodes.throttling, ErrorCodes.denied, ErrorCodes.notFound, ErrorCodes.unavailable,
            ErrorCodes.expiredCredentials, ErrorCodes.clockSkew,
        ]
        #expect(lists.reduce(0) { $0 + $1.count } == lists.reduce(Set<String>()) { $0.union($1) }.count)
    }

    @Test func descriptionsHoldWhatIsThereOnOneLine() {
        let error = AWSError(
            kind: .accessDenied,
            service: "IAM",
            operation: "GetRole",
            code: "AccessDenied",
            message: "User x is not\r\nauthorized\u{7}",
            status: 403,
            awsRequestID: "1234"
        )
        #expect(error.description == "IAM GetRole: AccessDenied: User x is not  authorized  (403, request 1234)")
        #expect(AWSError.configuration("set X").description == "set X")
        let long = AWSError(kind: .rejected, message: String(repeating: "ä", count: 5000)).message
        #expect(long.unicodeScalars.count < 2100)
    }
}
