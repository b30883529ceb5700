import Basics

/// What all metric lines of an invocation have in common.
struct MetricContext {
    /// See `MetricLines`.
    static let level = "FATAL"

    let handler: String
    let mode: String
    let requestID: String
    /// Milliseconds since 1970.
    let time: Int64

    /// `time` in RFC 3339, with milliseconds.
    var timestamp: String {
        let whole = Timestamp(secondsSinceEpoch: time / 1000).extended
        return "\(whole.dropLast()).\(String(1000 + time % 1000).dropFirst())Z"
    }
}
