import Basics
import Findings

/// An invocation's metrics as lines of CloudWatch's Embedded Metric Format, which CloudWatch reads from the log.
///
/// | metric | by |
/// | --- | --- |
/// | `Findings` | `Outcome`, `ResourceType`, `Mode`; `Outcome`; `Handler` |
/// | `Errors` | `Handler`, `ErrorType`; `ErrorType`; `Handler`; all |
/// | `Duration`, `AWSCalls`, `AWSRetries` | `Handler`; all |
///
/// A finding is counted by the step that brings it to its outcome: passing a case on counts nothing. Dimensions have
/// values of closed sets only, for each combination is a metric that costs; which finding, resource and rule it was are
/// plain members of the line.
///
/// Each line has a `level`, because Lambda's filter takes a line of JSON without one as INFO and drops it where the
/// function's log level is higher. `FATAL` is the one level that no setting drops; it says nothing about the invocation.
/// The filter reads it only next to a `timestamp` in RFC 3339.
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
///
/// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
package struct MetricLines {
    private let context: MetricContext

    package init(handler: HandlerName, mode: Settings.Mode, requestID: String, time: Int64) {
        context = MetricContext(
            handler: handler.rawValue,
            mode: mode.rawValue,
            requestID: requestID.printable(limit: 128),
            time: time
        )
    }

    /// The lines, without newlines. The first is the invocation's own, with the finding when there was just one.
    ///
    /// - Parameter errorType: what the whole invocation failed with; `nil` when it was answered.
    package func lines(_ metrics: InvocationMetrics, errorType: String?) -> [[UInt8]] {
        var entries = metrics.ends.compactMap(\.entry)
        var first = MetricLine(context)
        first.measure(metrics)
        if let errorType { first.count(errorType) }
        if entries.count == 1, errorType == nil || entries[0].errorType == nil {
            first.add(entries.removeFirst())
        } else if entries.isEmpty, let input = metrics.input {
            first.add(MetricEntry(about: input.finding))
        }
        var lines = [first.bytes]
        for entry in entries where entry.outcome != nil || entry.errorType != nil {
            var line = MetricLine(context)
            line.add(entry)
            lines.append(line.bytes)
        }
        return lines
    }
}
