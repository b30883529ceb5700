import AWSClient
import AWSOperations
import Testing

/// Requests and answers are those of https://docs.aws.amazon.com/lambda/latest/api/.
@Suite struct LambdaTests {
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
}
