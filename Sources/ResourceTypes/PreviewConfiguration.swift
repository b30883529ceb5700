import Findings
import LosslessJSON

/// What a preview is told of changed policies.
enum PreviewConfiguration {
    /// One member that holds one policy as text, empty where there is none.
    static func policy(_ resource: String, _ member: String, after changes: [Outcome.Change]) -> JSON? {
        guard changes.count == 1, let document = changes.first?.after else { return nil }
        return .object(JSONObject([(resource, .object(JSONObject([(member, .string(text(of: document)))])))]))
    }

    /// A policy document as it is written.
    static func text(of document: JSON) -> String {
        document == .null ? "" : document.text()
    }
}
