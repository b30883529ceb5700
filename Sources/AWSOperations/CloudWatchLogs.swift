package import AWSClient
import LosslessJSON

/// Reads a page of a log group's events in the order of their time, at most 1 MB or 10,000 of them. A page may be empty
/// and not the last.
///
/// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
package struct FilterLogEvents: AWSOperation {
    package static let service = AWSService.cloudWatchLogs
    package static let name = "FilterLogEvents"
    package static let isWrite = false
    package let region: Region
    /// The log group's name.
    package let logGroup: String
    /// Milliseconds since 1970.
    package let startTime: Int64
    /// Milliseconds since 1970; what is later is left out.
    package let endTime: Int64
    /// CloudWatch's filter pattern.
    package let pattern: String
    /// `nil` for the first page.
    package let nextToken: String?

    package init(
        logGroup: String,
        startTime: Int64,
        endTime: Int64,
        pattern: String,
        nextToken: String?,
        region: Region
    ) {
        self.logGroup = logGroup
        self.startTime = startTime
        self.endTime = endTime
        self.pattern = pattern
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([
            ("logGroupName", .string(logGroup)), ("startTime", .int(Int(startTime))), ("endTime", .int(Int(endTime))),
            ("filterPattern", .string(pattern)),
        ])
        if let nextToken { body["nextToken"] = .string(nextToken) }
        return .json(version: "1.1", target: "Logs_20140328.FilterLogEvents", body: .object(body))
    }

    /// The events' messages, and the next page's token; `nil` at the end.
    package func output(from response: WireResponse) throws(AWSError) -> (messages: [String], nextToken: String?) {
        let json = try response.json()
        guard let events = json["events"]?.array else { throw response.unreadable("the answer lacks the events") }
        return (events.compactMap { $0["message"]?.string }, json["nextToken"]?.string)
    }
}
