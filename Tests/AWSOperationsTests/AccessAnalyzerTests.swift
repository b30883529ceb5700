import AWSClient
import AWSOperations
import Testing

@Suite struct AccessAnalyzerTests {
    @Test func readsWhenItWasChanged() throws {
        let operation = GetFindingV2(
            id: "a/b",
            analyzerARN: "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A",
            nextToken: "t",
            region: region
        )
        #expect(
            try line(operation)
                == "GET /findingv2/a%2Fb?analyzerArn=arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A&nextToken=t"
        )
        let finding = try read(
            operation,
            """
            {"analyzedAt":"2026-11-21T01:00:00Z","createdAt":"2026-11-20T01:00:00Z","updatedAt":"2026-11-21T02:00:00Z",
            "id":"a/b","status":"ARCHIVED","resourceType":"AWS::S3::Bucket","resource":"arn:aws:s3:::b",
            "resourceOwnerAccount":"123456789012","findingType":"ExternalAccess","nextToken":"n",
            "findingDetails":[{"externalAccessDetails":{"condition":{},"sources":[{"type":"POLICY"}]}}]}
            """
        )
        #expect(finding.record.status == "ARCHIVED")
        #expect(finding.updatedAt == "2026-11-21T02:00:00Z")
        #expect(finding.analyzedAt == "2026-11-21T01:00:00Z")
        #expect(finding.details.count == 1)
        #expect(finding.nextToken == "n")
    }
}
