package import Findings
package import LosslessJSON
package import Policies

extension Case {
    /// A finding as Access Analyzer lists it, as a case before any step; `nil` where it is not as we know findings.
    package init?(listed json: JSON, by analyzer: ARN) {
        guard let id = json["id"]?.string, let resource = json["resource"]?.string else { return nil }
        var finding = JSONObject([
            ("id", .string(id)),
            ("kind", json["findingType"] ?? .string(FindingKind.externalAccess.rawValue)),
            ("status", json["status"] ?? .string("")), ("analyzerArn", .string(analyzer.description)),
            ("resource", .string(resource)), ("resourceType", json["resourceType"] ?? .string("")),
            ("accountId", json["resourceOwnerAccount"] ?? .string("")), ("region", .string(analyzer.region)),
        ])
        if let principal = json["principal"] { finding["principal"] = principal }
        finding["actions"] = json["action"] ?? []
        finding["condition"] = json["condition"] ?? [:]
        for key in ["isPublic", "createdAt", "analyzedAt", "updatedAt", "error"] { finding[key] = json[key] ?? .null }
        finding["isDeleted"] = false
        guard let input = try? Case(.object(JSONObject([("finding", .object(finding))]))) else { return nil }
        self = input
    }
}
