package import Findings
package import LosslessJSON
package import Policies

/// What is to be rolled back: `{"findingId", "resource"?, "analyzerArn"?, "changes"?}` or a case.
package struct RollbackInput: Sendable {
    /// The input as it came; unknown keys pass through.
    package let json: JSONObject
    /// As typed: with or without hyphens.
    package let findingID: String
    /// The resource's ARN, where it is known.
    package let resource: String?
    /// The analyzer to ask, where it is known.
    package let analyzerARN: ARN?
    /// The region of the resource, where a case or the analyzer says it.
    var region: String? {
        if let finding, !finding.region.isEmpty { return finding.region }
        return analyzerARN.map(\.region)
    }

    /// The finding, where a case brought it.
    let finding: Finding?
    /// What was changed, as a case or the input itself says it; what an undoing has changed is none of it.
    let changes: [Outcome.Change]

    package init(
        findingID: String,
        resource: String?,
        analyzerARN: ARN? = nil,
        changes: [Outcome.Change] = []
    ) {
        json = JSONObject([("findingId", .string(findingID))] + (resource.map { [("resource", .string($0))] } ?? []))
        self.findingID = findingID.normalised
        self.resource = resource
        self.analyzerARN = analyzerARN
        finding = nil
        self.changes = changes
    }

    /// Reads an invocation's input.
    package init(_ bytes: [UInt8]) throws(InvalidEvent) {
        let parsed = try Case.parse(bytes)
        guard let object = parsed.object else {
            throw InvalidEvent("", "the event must be an object, not \(parsed.kind)")
        }
        if object["finding"] != nil || object["detail"] != nil || object["detail-type"] != nil {
            let input = try Case(parsed)
            json = input.json
            findingID = input.finding.id
            resource = input.finding.resource.description
            analyzerARN = input.finding.analyzerARN
            finding = input.finding
            changes = input.outcome.map { $0.status == .rolledBack ? [] : $0.changes } ?? []
            return
        }
        func text(_ key: String) throws(InvalidEvent) -> String? {
            guard let value = object[key], value != .null else { return nil }
            guard let text = value.string, !text.isEmpty else {
                throw InvalidEvent(key, "must be a string that is not empty")
            }
            return text
        }
        guard let id = try text("findingId") else { throw InvalidEvent("findingId", "is missing") }
        findingID = id.normalised
        resource = try text("resource").map(\.normalised)
        analyzerARN = try text("analyzerArn").map { (text) throws(InvalidEvent) in
            guard let arn = ARN(text.normalised), arn.service == "access-analyzer", !arn.region.isEmpty else {
                throw InvalidEvent("analyzerArn", "'\(text.prefix(200))' is not the ARN of an analyzer")
            }
            return arn
        }
        finding = nil
        changes = try Outcome.changes(object["changes"], at: "changes")
        json = object
    }
}
