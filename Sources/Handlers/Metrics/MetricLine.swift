import Basics
import Findings
import LosslessJSON
import Messages

/// One line in the making. Its fixed parts are texts, not values to be written: a line is made for every invocation.
struct MetricLine {
    /// The longest line, in bytes.
    static let longest = 8192

    private var directives = ""
    private var values = ""
    private var properties: [String] = []
    private let time: Int64

    init(_ context: MetricContext) {
        time = context.time
        values = ",\"level\":\"\(MetricContext.level)\",\"timestamp\":\"\(context.timestamp)\""
        values += ",\"Handler\":\"\(context.handler)\",\"Mode\":\"\(context.mode)\""
        property("requestId", context.requestID, limit: 128)
        property("version", Release.version, limit: 32)
    }

    /// The invocation as a whole.
    mutating func measure(_ metrics: InvocationMetrics) {
        direct(
            #"[["Handler"],[]],"Metrics":[{"Name":"Duration","Unit":"Milliseconds"},"#
                + #"{"Name":"AWSCalls","Unit":"Count"},{"Name":"AWSRetries","Unit":"Count"}]"#
        )
        values += ",\"Duration\":\(metrics.duration.inMilliseconds),\"AWSCalls\":\(metrics.calls)"
        values += ",\"AWSRetries\":\(metrics.retries)"
    }

    /// A failure.
    mutating func count(_ errorType: String) {
        direct(
            #"[["Handler","ErrorType"],["ErrorType"],["Handler"],[]],"Metrics":[{"Name":"Errors","Unit":"Count"}]"#
        )
        values += ",\"ErrorType\":\"\(HandlerError.Kind.types.contains(errorType) ? errorType : "Other")\",\"Errors\":1"
    }

    /// A finding.
    mutating func add(_ entry: MetricEntry) {
        if let errorType = entry.errorType { count(errorType) }
        if let outcome = entry.outcome {
            direct(
                #"[["Outcome","ResourceType","Mode"],["Outcome"],["Handler"]],"#
                    + #""Metrics":[{"Name":"Findings","Unit":"Count"}]"#
            )
            values += ",\"Outcome\":\"\(isKnown(outcome) ? outcome : "Other")\",\"Findings\":1"
        }
        values +=
            ",\"ResourceType\":\"\(ResourceType(entry.resourceType)?.words == nil ? "Other" : entry.resourceType)\""
        // What reports count by comes first, should not all fit.
        property("findingId", entry.findingID, limit: 200)
        property("action", entry.action, limit: 20)
        property("status", entry.status, limit: 30)
        if entry.isDecision { properties.append(",\"decided\":true") }
        if entry.isAskedByMode { properties.append(",\"askedByMode\":true") }
        property("accountId", entry.account, limit: 20)
        property("rule", entry.rule, limit: 200)
        property("resource", entry.resource, limit: 600)
        property("principal", entry.principal, limit: 300)
        property("openedBy", entry.openedBy, limit: 400)
        property("owner", entry.owner, limit: 200)
        property("reason", entry.reason, limit: 300)
        property("summary", entry.summary, limit: 500)
    }

    /// The line; of its properties those that fit, in their order.
    var bytes: [UInt8] {
        let fixed = "{\"_aws\":{\"Timestamp\":\(time),\"CloudWatchMetrics\":[\(directives)]}\(values)"
        var bytes = Array(fixed.utf8)
        for property in properties where bytes.count + property.utf8.count < Self.longest { bytes += property.utf8 }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func direct(_ text: String) {
        if !directives.isEmpty { directives += "," }
        directives += #"{"Namespace":"Gatehouse","Dimensions":"#
        directives += text
        directives += "}"
    }

    private mutating func property(_ name: String, _ text: String, limit: Int) {
        guard !text.isEmpty else { return }
        properties.append(",\"\(name)\":" + JSON.string(text.printable(limit: limit)).text())
    }

    private func isKnown(_ outcome: String) -> Bool {
        outcome == "NONE" || Outcome.Status(rawValue: outcome) != nil || Decision.Action(rawValue: outcome) != nil
    }
}

extension Duration {
    /// With thousandths: a decision takes less than a millisecond.
    var inMilliseconds: String {
        let (seconds, attoseconds) = components
        let microseconds = max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        return "\(microseconds / 1000).\(String(1000 + microseconds % 1000).dropFirst())"
    }
}
