import AWSClient
import AWSOperations
import Testing

@Suite struct EventTests {
    @Test func theTrailIsAskedForOneThing() throws {
        let end = try #require(time("2026-11-21T08:40:00Z"))
        let operation = LookupEvents(attribute: "ResourceName", value: "reports", endTime: end, region: region)
        #expect(
            try target(operation)
                == "application/x-amz-json-1.1 com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
        )
        #expect(
            try body(operation)
                == #"{"LookupAttributes":[{"AttributeKey":"ResourceName","AttributeValue":"reports"}],"#
                + #""EndTime":1795250400,"MaxResults":50}"#
        )
        let events = try read(
            operation,
            #"{"Events":[{"EventId":"e","EventName":"PutBucketPolicy","EventTime":1795250400.5,"#
                + #""EventSource":"s3.amazonaws.com","Resources":[{"ResourceName":"reports"},{}],"#
                + #""CloudTrailEvent":"{\"a\":1}"},{}],"NextToken":"t"}"#
        )
        #expect(events.map(\.name) == ["PutBucketPolicy", ""])
        #expect(events.first?.time == end && events.first?.resourceNames == ["reports"])
        #expect(events.first?.record == #"{"a":1}"# && events.first?.source == "s3.amazonaws.com")
        #expect(try read(operation, "{}").isEmpty)
        #expect(refusal(operation, "[]") == .unavailable)
    }

    @Test(
        arguments: [
            (#"{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}"#, nil),
            (
                #"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow"}]}"#,
                .throttled
            ),
            (#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"}]}"#, .unavailable),
            (#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"NotAuthorizedForSourceException"}]}"#, .accessDenied),
            (#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"MalformedDetail"}]}"#, .rejected),
            (#"{"FailedEntryCount":1}"#, .unavailable),
        ] as [(String, AWSError.Kind?)]
    )
    func anAnswerOf200MaySayNo(_ answer: String, _ kind: AWSError.Kind?) throws {
        let operation = PutEvents(
            bus: "b",
            source: "gatehouse",
            detailType: "Gatehouse Outcome",
            detail: "{}",
            resources: ["arn:aws:s3:::reports"],
            region: region
        )
        #expect(try target(operation) == "application/x-amz-json-1.1 AWSEvents.PutEvents")
        #expect(
            try body(operation)
                == #"{"Entries":[{"Source":"gatehouse","DetailType":"Gatehouse Outcome","Detail":"{}","#
                + #""Resources":["arn:aws:s3:::reports"],"EventBusName":"b"}]}"#
        )
        #expect(try read(operation, answer)?.kind == kind)
        #expect(refusal(operation, "{}") == .unavailable)
    }
}
