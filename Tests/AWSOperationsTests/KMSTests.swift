import AWSClient
import AWSOperations
import Testing

@Suite struct KMSTests {
    private let key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    @Test func describesAKey() throws {
        let operation = DescribeKey(keyARN: key, region: region)
        #expect(try line(operation) == "POST /")
        #expect(try target(operation) == "application/x-amz-json-1.1 TrentService.DescribeKey")
        #expect(try body(operation) == #"{"KeyId":"\#(key)"}"#)
        let found = try read(
            operation,
            """
            {"KeyMetadata":{"Origin":"AWS_KMS","KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","Description":"d",
            "KeyManager":"CUSTOMER","Enabled":true,"KeyUsage":"ENCRYPT_DECRYPT","KeyState":"PendingDeletion",
            "CreationDate":1.499988169234E9,"Arn":"\(key)","AWSAccountId":"123456789012"}}
            """
        )
        #expect(
            found
                == KeyDescription(
                    arn: key,
                    manager: "CUSTOMER",
                    state: "PendingDeletion",
                    description: "d",
                    createdAt: time("2017-07-13T23:22:49Z")
                )
        )
        #expect(refusal(operation, "{}") == .unavailable)
        #expect(refusal(operation, #"{"KeyMetadata":{"CreationDate":1e300}}"#) == .unavailable)
    }

    @Test func listsAliasesPageByPage() throws {
        let first = ListAliases(keyARN: key, marker: nil, region: region)
        #expect(try body(first) == #"{"KeyId":"\#(key)","Limit":100}"#)
        #expect(try target(first) == "application/x-amz-json-1.1 TrentService.ListAliases")
        let page = try read(
            first,
            #"{"Aliases":[{"AliasName":"alias/a","AliasArn":"x","TargetKeyId":"y"}],"NextMarker":"m","Truncated":true}"#
        )
        #expect(page == AliasPage(names: ["alias/a"], nextMarker: "m"))
        let second = ListAliases(keyARN: key, marker: "m", region: region)
        #expect(try body(second) == #"{"KeyId":"\#(key)","Limit":100,"Marker":"m"}"#)
        #expect(
            try read(second, #"{"Aliases":[],"Truncated":false,"NextMarker":"m"}"#)
                == AliasPage(names: [], nextMarker: nil)
        )
        #expect(refusal(first, #"{"Aliases":[],"Truncated":true}"#) == .unavailable)
        #expect(refusal(first, #"{"Truncated":false}"#) == .unavailable)
        #expect(refusal(first, #"{"Aliases":[{}]}"#) == .unavailable)
    }

    @Test func listsTags() throws {
        let operation = ListResourceTags(keyARN: key, marker: "m", region: region)
        #expect(try target(operation) == "application/x-amz-json-1.1 TrentService.ListResourceTags")
        #expect(try body(operation) == #"{"KeyId":"\#(key)","Limit":50,"Marker":"m"}"#)
        let page = try read(operation, #"{"Tags":[{"TagKey":"CostCenter","TagValue":"87654"}],"Truncated":false}"#)
        #expect(page == TagPage([Tag("CostCenter", "87654")]))
        #expect(refusal(operation, #"{"Tags":{}}"#) == .unavailable)
        #expect(refusal(operation, #"{"Tags":[{"TagValue":"v"}]}"#) == .unavailable)
    }
}
