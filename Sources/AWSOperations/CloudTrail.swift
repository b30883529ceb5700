package import AWSClient
package import Basics
import LosslessJSON

/// Reads the newest management events of a region that are about one thing, at most 50 of the last 90 days. Throttled above
/// two calls a second of an account and region.
///
/// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
package struct LookupEvents: AWSOperation {
    package static let service = AWSService.cloudTrail
    package static let name = "LookupEvents"
    package static let isWrite = false
    package let region: Region
    /// `ResourceName` or `EventName`; the API takes one attribute alone.
    package let attribute: String
    /// What the attribute must be.
    package let value: String
    /// Later events are left out.
    package let endTime: Timestamp

    package init(attribute: String, value: String, endTime: Timestamp, region: Region) {
        self.attribute = attribute
        self.value = value
        self.endTime = endTime
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
            body: [
                "LookupAttributes": [["AttributeKey": .string(attribute), "AttributeValue": .string(value)]],
                "EndTime": .int(Int(endTime.secondsSinceEpoch)), "MaxResults": 50,
            ]
        )
    }

    /// The events, the newest first.
    package func output(from response: WireResponse) throws(AWSError) -> [TrailEvent] {
        var events: [TrailEvent] = []
        for event in try response.member("Events")?.array ?? [] {
            events.append(
                TrailEvent(
                    name: event["EventName"]?.string ?? "",
                    source: event["EventSource"]?.string ?? "",
                    time: try response.time(event["EventTime"]),
                    resourceNames: (event["Resources"]?.array ?? []).compactMap { $0["ResourceName"]?.string },
                    record: event["CloudTrailEvent"]?.string ?? ""
                )
            )
        }
        return events
    }
}

/// An event as CloudTrail lists it.
package struct TrailEvent: Sendable {
    /// The operation, such as `PutBucketPolicy`; Lambda's end in the version of its API.
    package let name: String
    /// Such as `s3.amazonaws.com`.
    package let source: String
    package let time: Timestamp?
    /// What CloudTrail lists it under: names or ARNs, by service.
    package let resourceNames: [String]
    /// The whole record as JSON text.
    package let record: String

    package init(name: String, source: String, time: Timestamp?, resourceNames: [String], record: String) {
        self.name = name
        self.source = source
        self.time = time
        self.resourceNames = resourceNames
        self.record = record
    }
}
