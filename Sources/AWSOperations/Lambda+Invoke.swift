package import AWSClient
import Basics
import LosslessJSON

/// Hands a function an event to work on by itself, without waiting for its answer.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
package struct InvokeAsynchronously: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "Invoke"
    package static let isWrite = true
    package let region: Region
    /// The function's ARN, with a version or an alias where one is meant.
    package let functionARN: String
    /// The event's bytes: at most 1 MB.
    package let event: [UInt8]

    package init(functionARN: String, event: [UInt8], region: Region) {
        self.functionARN = functionARN
        self.event = event
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var request = WireRequest.restJSON(
            method: "POST",
            path: "/2015-03-31/functions/\(PercentEncoding.segment(functionARN))/invocations"
        )
        request.headers = ["content-type": "application/json", "x-amz-invocation-type": "Event"]
        request.body = event
        return request
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
