import AWSClient
import AWSOperations
import LosslessJSON

/// Lines of log groups, in pages so short that readers have several, and the first one empty: pages may be.
extension FilterLogEvents: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(
            Self.name,
            [
                ("logGroupName", .string(logGroup)), ("startTime", .int(Int(startTime))),
                ("endTime", .int(Int(endTime))),
            ]
        )
        guard let lines = caller.simulated.logs[logGroup]?.array else {
            throw caller.refusal("ResourceNotFoundException", "The specified log group does not exist.", 400)
        }
        guard let nextToken else { return ([], "0") }
        guard let from = Int(nextToken), from >= 0 else {
            throw caller.refusal("InvalidParameterException", "The specified nextToken is invalid.", 400)
        }
        let within = lines.filter { line in
            let time = Int64(line["_aws"]?["Timestamp"]?.int ?? 0)
            return (startTime...max(startTime, endTime)).contains(time) && line["findingId"] != nil
        }
        let end = from + 2
        return (within.dropFirst(from).prefix(2).map { $0.text() }, end < within.count ? "\(end)" : nil)
    }
}
