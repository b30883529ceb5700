package import LosslessJSON
import Policies

/// What is handed from step to step: a finding and what has been learned, decided and done about it.
///
/// Each step sets its own key in `json`; unknown keys, and unknown keys of the finding, pass through untouched.
package struct Case: Sendable {
    /// The whole case as it is answered.
    package private(set) var json: JSONObject
    /// The finding, read from `json`.
    package private(set) var finding: Finding
    /// What was decided, where that has been.
    package private(set) var decision: Decision?
    /// What Access Analyzer says beforehand, where it was asked.
    package private(set) var preview: AccessPreview?
    /// What was done, where anything was.
    package private(set) var outcome: Outcome?
    /// Whether the input was an EventBridge event, so that no step has come before.
    package let isBareEvent: Bool

    /// Reads an event or a case from the bytes of an invocation, of at most `values` JSON values.
    package init(_ bytes: [UInt8], values: Int = JSONLimits.mostValues) throws(InvalidEvent) {
        try self.init(try Case.parse(bytes, values: values))
    }

    /// Reads the bytes of an invocation as JSON.
    package static func parse(
        _ bytes: [UInt8],
        values: Int = JSONLimits.mostValues
    ) throws(InvalidEvent) -> JSON {
        var limits = JSONLimits.standard
        limits.values = values
        do {
            return try JSON.parse(bytes, limits: limits)
        } catch {
            throw InvalidEvent("", "the event is not JSON that can be read: \(error)")
        }
    }

    /// Reads an event or a case from a line of text, and says where the value of its `decision` stands in it.
    package static func read(
        line: UnsafeBufferPointer<UInt8>
    ) throws(InvalidEvent) -> (case: Case, decision: Range<Int>?) {
        let (json, place): (JSON, Range<Int>?)
        do {
            (json, place) = try JSON.parse(line, locating: "decision")
        } catch {
            throw InvalidEvent("", "the event is not JSON that can be read: \(error)")
        }
        return (try Case(json), place)
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
        preview = try fields.optionalObject("preview").map { (json) throws(InvalidEvent) in try AccessPreview(json) }
        outcome = try fields.optionalObject("outcome").map { (json) throws(InvalidEvent) in try Outcome(json) }
        if let context = try fields.optionalObject("context") { try CaseContext.check(context) }
        _ = try fields.optionalObject("verification")
        _ = try fields.optionalObject("notification")
        isBareEvent = false
        json = object
        if let normalised = finding.normalising(map) { json["finding"] = .object(normalised) }
    }

    private init(event object: JSONObject) throws(InvalidEvent) {
        let (finding, json) = try Finding.read(event: object)
        self.finding = finding
        self.json = JSONObject([("finding", .object(json))])
        isBareEvent = true
    }

    /// What enrichment has learned; empty before it.
    package var context: JSONObject {
        json["context"]?.object ?? JSONObject()
    }

    /// Look-ups that failed, as enrichment reports them: what and why.
    package var unavailable: [(what: String, why: String)] {
        (json["context"]?["unavailable"]?.array ?? []).map { entry in
            (entry["what"]?.string ?? "a look-up", entry["why"]?.string ?? "for an unknown reason")
        }
    }

    /// Sets what has been learned about the resource.
    package mutating func learn(_ context: JSONObject) {
        json["context"] = .object(context)
    }

    /// Sets how Access Analyzer has the finding now: its status and, where they are given, its times. Nothing else of
    /// the finding changes.
    package mutating func refresh(status: FindingStatus, updatedAt: String?, analyzedAt: String?) {
        finding.status = status
        guard var object = json["finding"]?.object else { return }
        object["status"] = .string(status.name)
        if let analyzedAt { object["analyzedAt"] = .string(analyzedAt) }
        if let updatedAt { object["updatedAt"] = .string(updatedAt) }
        json["finding"] = .object(object)
    }

    /// Sets how the access stands after the change.
    package mutating func verified(_ verification: JSONObject) {
        json["verification"] = .object(verification)
    }

    /// The case as it was before any step decided or did anything about it.
    package func beforeAnyStep() -> Case {
        var result = self
        result.decision = nil
        result.outcome = nil
        result.preview = nil
        for key in ["decision", "preview", "outcome", "verification", "notification"] { result.json[key] = nil }
        return result
    }

    /// Sets the decision.
    package mutating func decide(_ decision: Decision) {
        var decision = decision
        if let earlier = json["decision"]?.object { decision.keep(foreignKeysOf: earlier) }
        self.decision = decision
        json["decision"] = .object(decision.json)
    }

    /// Sets what Access Analyzer says beforehand.
    package mutating func foresee(_ preview: AccessPreview) {
        self.preview = preview
        json["preview"] = .object(preview.json)
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
