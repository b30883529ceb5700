import Basics
import Findings
import LosslessJSON
import Policies

/// Findings as events of the Open Cybersecurity Schema Framework: Detection Finding, class 2004.
///
/// Detection Finding is what a security product reports of its own analysis, and every consumer of OCSF knows it. Compliance
/// Finding needs a control and a standard, which Access Analyzer does not check; IAM Analysis Finding is only there since
/// 1.6 and needs results that findings with an error and of unused access do not have.
///
/// https://schema.ocsf.io/1.6.0/classes/detection_finding
struct AuditOCSF {
    /// The schema's version that events are written by.
    static let version = "1.6.0"
    let now: Timestamp

    func event(_ record: AuditRecord) -> JSON {
        let activity = Self.activity(record["status"])
        let updated = milliseconds(record["updatedAt"])
        var event = JSONObject([
            ("metadata", metadata(record)), ("category_uid", 2), ("category_name", "Findings"), ("class_uid", 2004),
            ("class_name", "Detection Finding"), ("activity_id", .int(activity.id)),
            ("activity_name", .string(activity.name)), ("type_uid", .int(200_400 + activity.id)),
            ("type_name", .string("Detection Finding: \(activity.name)")),
            ("time", .int(updated ?? milliseconds(record["createdAt"]) ?? Int(now.secondsSinceEpoch) * 1000)),
        ])
        let severity = Self.severity(record.severity)
        (event["severity_id"], event["severity"]) = (.int(severity.id), .string(severity.name))
        let status = Self.status(record["status"])
        (event["status_id"], event["status"]) = (.int(status.id), .string(status.name))
        event["message"] = .string(record.summary)
        event["cloud"] = [
            "provider": "AWS", "region": .string(record["region"]), "account": account(record),
        ]
        event["finding_info"] = .object(information(record, updated))
        event["resources"] = [.object(resource(record))]
        if let evidence = evidence(record) { event["evidences"] = [.object(evidence)] }
        if let risk = record.risk { event["risk_score"] = .int(risk) }
        event["risk_details"] = .string(record.reasons.joined(separator: " "))
        var ours = JSONObject([("action", .string(record.action)), ("rule", .string(record.rule))])
        ours["reasons"] = .array(record.reasons.map(JSON.string))
        if let earlier = record.duplicateOf { ours["duplicate_of"] = .string(earlier) }
        event["unmapped"] = ["gatehouse": .object(ours)]
        return .object(event)
    }

    private func metadata(_ record: AuditRecord) -> JSON {
        [
            "version": .string(Self.version), "profiles": ["cloud"], "uid": .string(record["id"]),
            "product": ["name": "IAM Access Analyzer", "vendor_name": "AWS", "uid": .string(record["analyzerArn"])],
            "log_provider": .string("gatehouse \(Release.version)"),
            "logged_time": .int(Int(now.secondsSinceEpoch) * 1000),
        ]
    }

    /// Of the schema's account types, 10 is AWS's.
    private func account(_ record: AuditRecord) -> JSON {
        ["uid": .string(record["accountId"]), "type_id": 10, "type": "AWS Account"]
    }

    private func information(_ record: AuditRecord, _ updated: Int?) -> JSONObject {
        var information = JSONObject([
            ("uid", .string(record["id"])), ("title", .string("\(record["kind"]): \(record.typeWords)")),
            ("desc", .string(record.summary)), ("types", [.string(record["kind"])]),
            (
                "analytic",
                [
                    "uid": .string(record["analyzerArn"]), "name": .string(record.analyzerType), "type_id": 99,
                    "type": "Analyzer",
                ]
            ),
        ])
        if let created = milliseconds(record["createdAt"]) {
            (information["created_time"], information["first_seen_time"]) = (.int(created), .int(created))
        }
        if let updated { information["modified_time"] = .int(updated) }
        if let analyzed = milliseconds(record["analyzedAt"]) { information["last_seen_time"] = .int(analyzed) }
        return information
    }

    private func resource(_ record: AuditRecord) -> JSONObject {
        var resource = JSONObject([
            ("uid", .string(record["resource"])), ("type", .string(record["resourceType"])),
            ("region", .string(record["region"])), ("owner", ["account": account(record)]),
        ])
        if let arn = ARN(record["resource"]) {
            (resource["name"], resource["cloud_partition"]) = (.string(arn.resource), .string(arn.partition))
        }
        return resource
    }

    /// Who can do what, and under which conditions; `nil` where the finding names nobody.
    private func evidence(_ record: AuditRecord) -> JSONObject? {
        guard let principal = record.principals.first else { return nil }
        var data = JSONObject([
            ("actions", .array(record.actions.map(JSON.string))), ("condition", .object(record.condition)),
            ("principals", .object(JSONObject(record.principals.map { ($0.kind, .string($0.name)) }))),
        ])
        if let isPublic = record.isPublic { data["isPublic"] = .bool(isPublic) }
        if !record.sources.isEmpty { data["sources"] = .array(record.sources.map(JSON.string)) }
        let user: JSON = ["uid": .string(principal.name), "type_id": 99, "type": .string(principal.kind)]
        return JSONObject([("actor", ["user": user]), ("data", .object(data))])
    }

    private func milliseconds(_ text: String) -> Int? {
        Timestamp(iso8601: text).map { Int($0.secondsSinceEpoch) * 1000 }
    }

    private static func activity(_ status: String) -> (id: Int, name: String) {
        switch status {
        case "ACTIVE": (1, "Create")
        case "RESOLVED": (3, "Close")
        default: (2, "Update")
        }
    }

    private static func status(_ status: String) -> (id: Int, name: String) {
        switch status {
        case "ACTIVE": (1, "New")
        case "ARCHIVED": (3, "Suppressed")
        case "RESOLVED": (4, "Resolved")
        default: (99, status)
        }
    }

    private static func severity(_ severity: String) -> (id: Int, name: String) {
        switch severity {
        case "LOW": (2, "Low")
        case "MEDIUM": (3, "Medium")
        case "HIGH": (4, "High")
        case "CRITICAL": (5, "Critical")
        default: (0, "Unknown")
        }
    }
}
