package import LosslessJSON
import Policies

/// What is handed from step to step: a finding and what has been learned, decided and done about it.
///
/// Each step sets its own key in `json`; unknown keys, and unknown keys of the finding, pass through untouched.
package struct Case: Sendable {
    /// The whole case as it is answered.
    package private(set) var json: JSONObject
    /// The finding, read from `json`.
    package let finding: Finding
    /// What was decided, where that has been.
    package private(set) var decision: Decision?
    /// What was done, where anything was.
    package private(set) var outcome: Outcome?
    /// Whether the input was an EventBridge event, so that no step has come before.
    package let isBareEvent: Bool

    /// Reads an event or a case from the bytes of an invocation.
    package init(_ bytes: [UInt8]) throws(InvalidEvent) {
        try self.init(try Case.parse(bytes))
    }

    /// Reads the bytes of an invocation as JSON.
    package static func parse(_ bytes: [UInt8]) throws(InvalidEvent) -> JSON {
        do {
            return try JSON.parse(bytes)
        } catch {
            throw InvalidEvent("", "the event is not JSON that can be read: \(error)")
        }
    }

    /// Reads an event or a case.
    package init(_ json: JSON) throws(InvalidEvent) {
        guard let object = json.object else {
            throw InvalidEvent("", "the event must be an object, not \(json.kind)")
        }
        if object["finding"] != nil {
            try self.init(case: object)
        } else if object["detail"] != nil || object["detail-type"] != nil {
            try self.init(event: object)
        } else {
            throw InvalidEvent(
                "detail-type",
                "is missing, and so is 'finding': the input is neither an EventBridge event nor a case"
            )
        }
    }

    private init(case object: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: object, path: "")
        guard let map = try fields.optionalObject("finding") else { throw InvalidEvent("finding", "must not be null") }
        finding = try Finding(caseObject: map)
        decision = try fields.optionalObject("decision").map { (json) throws(InvalidEvent) in try Decision(json) }
        outcome = try fields.optionalObject("outcome").map { (json) throws(InvalidEvent) in try Outcome(json) }
        _ = try fields.optionalObject("context")
        isBareEvent = false
        json = object
        json["finding"] = .object(finding.normalising(map))
    }

    private init(event object: JSONObject) throws(InvalidEvent) {
        let (finding, json) = try Finding.read(event: object)
        self.finding = finding
        self.json = JSONObject([("finding", .object(json))])
        isBareEvent = true
    }

    /// Look-ups that failed, as enrichment reports them: what and why.
    package var unavailable: [(what: String, why: String)] {
        (json["context"]?["unavailable"]?.array ?? []).map { entry in
            (entry["what"]?.string ?? "a look-up", entry["why"]?.string ?? "for an unknown reason")
        }
    }

    /// Sets the decision.
    package mutating func decide(_ decision: Decision) {
        self.decision = decision
        json["decision"] = .object(decision.json)
    }

    /// Sets the outcome.
    package mutating func conclude(_ outcome: Outcome) {
        self.outcome = outcome
        json["outcome"] = .object(outcome.json)
    }

    /// Sets what was sent, or null when nobody was told.
    package mutating func notified(_ notification: JSON) {
        json["notification"] = notification
    }
}
