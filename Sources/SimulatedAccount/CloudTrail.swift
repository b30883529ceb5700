import AWSClient
import AWSOperations
import Basics
import LosslessJSON

/// The events of the account's `trail`, each `{"resourceNames": […], "record": {…}}`, of the region and account asked, the
/// newest first.
extension LookupEvents: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(
            Self.name,
            [
                ("AttributeKey", .string(attribute)), ("AttributeValue", .string(value)),
                ("EndTime", .string(endTime.extended)),
            ]
        )
        guard (1...2000).contains(value.utf8.count) else {
            throw caller.refusal("InvalidLookupAttributesException", "AttributeValue has a wrong length", 400)
        }
        let events = caller.simulated.trail.compactMap { event -> TrailEvent? in
            let record = event["record"]
            guard record?["awsRegion"]?.string == region.name,
                record?["recipientAccountId"]?.string == caller.account,
                let time = record?["eventTime"]?.string.flatMap(Timestamp.init(iso8601:)), time <= endTime
            else { return nil }
            let found = TrailEvent(
                name: record?["eventName"]?.string ?? "",
                source: record?["eventSource"]?.string ?? "",
                time: time,
                resourceNames: (event["resourceNames"]?.array ?? []).compactMap(\.string),
                record: record?.text() ?? ""
            )
            return (attribute == "EventName" ? [found.name] : found.resourceNames).contains(value) ? found : nil
        }
        let order = events.indices.sorted { left, right in
            let (leftTime, rightTime) = (events[left].time, events[right].time)
            guard let leftTime, let rightTime, leftTime != rightTime else { return left < right }
            return rightTime < leftTime
        }
        return order.prefix(50).map { events[$0] }
    }
}
