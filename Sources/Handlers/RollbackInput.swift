package import Findings
package import LosslessJSON
package import Policies

/// What is to be rolled back: `{"findingId", "resource"?, "analyzerArn"?}` or a case.
package struct RollbackInput: Sendable {
    /// The input as it came; unknown keys pass through.
    package let json: JSONObject
    /// As typed: with or without hyphens.
    package let findingID: String
    /// The role's ARN, where it is known.
    package let resource: String?
    /// The analyzer to ask, where it is known.
    package let analyzerARN: ARN?
    /// The finding, where a case brought it.
    let finding: Finding?

    package init(findingID: String, resource: String?, analyzerARN: ARN? = nil) {
        json = JSONObject([("findingId", .string(findingID))] + (resource.map { [("resource", .string($0))] } ?? []))
        self.findingID = findingID.normalised
        self.resource = resource
        self.analyzerARN = analyzerARN
        finding = nil
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
        json = object
    }
}
