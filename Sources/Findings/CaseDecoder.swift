import Basics
import LosslessJSON
import Policies

extension Finding {
    /// Reads the `finding` of a case.
    init(caseObject object: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: object, path: "finding")
        let kind = try fields.string("kind")
        guard let kind = FindingKind(rawValue: kind) else {
            throw InvalidEvent("finding.kind", "'\(kind.prefix(50))' is not a kind of finding that we know")
        }
        let analyzer = try fields.value("analyzerArn").map { (_) throws(InvalidEvent) in
            try fields.analyzer("analyzerArn")
        }
        try self.init(
            fields,
            id: try fields.string("id"),
            kind: kind,
            analyzerARN: analyzer,
            actionKey: "actions",
            region: nil
        )
    }

    /// The object with its ARNs and types as they should have been written; `nil` when they are, as after any step.
    func normalising(_ object: JSONObject) -> JSONObject? {
        let analyzer = analyzerARN?.description
        if isSame(object["resource"], resource.description), isSame(object["resourceType"], resourceType.name),
            analyzer.map({ isSame(object["analyzerArn"], $0) }) ?? true, isSame(object["principal"]?.object)
        {
            return nil
        }
        var result = object
        result["resource"] = .string(resource.description)
        result["resourceType"] = .string(resourceType.name)
        if let analyzer { result["analyzerArn"] = .string(analyzer) }
        if !principals.isEmpty { result["principal"] = .object(principalObject) }
        return result
    }

    /// Whether the map names the principals as they are written here.
    private func isSame(_ map: JSONObject?) -> Bool {
        guard !principals.isEmpty else { return true }
        guard let map, map.count == principals.count else { return false }
        for (index, member) in map.members.enumerated() {
            let element = principals[index].element
            guard member.key.hasSameBytes(as: element.key), isSame(member.value, element.value) else { return false }
        }
        return true
    }

    private func isSame(_ value: JSON?, _ text: String) -> Bool {
        guard case .string(let written) = value else { return false }
        return written.hasSameBytes(as: text)
    }

    private var principalObject: JSONObject {
        JSONObject(principals.map { ($0.element.key, .string($0.element.value)) })
    }

    /// Reads an EventBridge event; gives the finding and its JSON in the case's shape.
    static func read(event: JSONObject) throws(InvalidEvent) -> (Finding, JSONObject) {
        let outer = FieldReader(object: event, path: "")
        let source = try outer.string("source")
        guard source == "aws.access-analyzer" else {
            throw InvalidEvent("source", "must be 'aws.access-analyzer', not '\(source.prefix(100))'")
        }
        let detailType = try outer.string("detail-type")
        guard let detail = try outer.optionalObject("detail") else { throw InvalidEvent("detail", "is missing") }
        let fields = FieldReader(object: detail, path: "detail")
        let kind = try FindingKind(detailType: detailType, fields)
        // Without either, the key that AWS documents for the detail type is the one to name.
        let ownKey = kind == .externalAccess || kind == .internalAccess ? "id" : "findingId"
        let otherKey = ownKey == "id" ? "findingId" : "id"
        let idKey = fields.value(ownKey) == nil && fields.value(otherKey) != nil ? otherKey : ownKey
        let finding = try Finding(
            fields,
            id: try fields.string(idKey),
            kind: kind,
            analyzerARN: try analyzer(outer),
            actionKey: "action",
            region: try outer.optionalString("region")
        )
        return (finding, finding.caseJSON(detail: detail))
    }

    private static func analyzer(_ outer: FieldReader) throws(InvalidEvent) -> ARN {
        guard let first = try outer.strings("resources")?.first else {
            throw InvalidEvent("resources", "must name the analyzer's ARN")
        }
        let reader = FieldReader(object: JSONObject([("resources[0]", .string(first))]), path: "")
        return try reader.analyzer("resources[0]")
    }

    private func caseJSON(detail: JSONObject) -> JSONObject {
        var json = JSONObject([
            ("id", .string(id)), ("kind", .string(kind.rawValue)), ("status", .string(status.name)),
            ("analyzerArn", analyzerARN.map { .string($0.description) } ?? .null),
            ("resource", .string(resource.description)), ("resourceType", .string(resourceType.name)),
            ("accountId", .string(accountID)), ("region", .string(region)),
        ])
        if !principals.isEmpty { json["principal"] = .object(principalObject) }
        if detail["action"] != nil { json["actions"] = .array(actions.map(JSON.string)) }
        if detail["condition"] != nil { json["condition"] = .object(condition) }
        if let isPublic { json["isPublic"] = .bool(isPublic) }
        json["isDeleted"] = .bool(isDeleted)
        for key in ["createdAt", "analyzedAt", "updatedAt"] {
            if let time = detail[key] { json[key] = time }
        }
        json["error"] = error.map(JSON.string) ?? .null
        let consumed = [
            "findingId", "findingType", "action", "actions", "kind", "analyzerArn", "principal", "condition",
            "isPublic", "version",
        ]
        json.append(missingFrom: detail, except: consumed)
        return json
    }
}

extension FindingKind {
    /// What kind an event is about, by its detail type and, for unused access, by `detail.findingType`.
    init(detailType: String, _ detail: FieldReader) throws(InvalidEvent) {
        switch detailType {
        case "Access Analyzer Finding":
            self = .externalAccess
        case "Internal Access Finding":
            self = .internalAccess
        case "Unused Access Finding for IAM entities":
            let type = try detail.string("findingType")
            guard let kind = FindingKind(rawValue: type), kind != .externalAccess, kind != .internalAccess else {
                throw InvalidEvent(detail.name("findingType"), "'\(type.prefix(50))' is not a kind of unused access")
            }
            self = kind
        default:
            throw InvalidEvent("detail-type", "'\(detailType.prefix(100))' is not an Access Analyzer finding")
        }
    }
}

extension FieldReader {
    /// The ARN of an analyzer.
    func analyzer(_ key: String) throws(InvalidEvent) -> ARN {
        let arn = try arn(key)
        guard arn.service == "access-analyzer", !arn.region.isEmpty, arn.account.isAccountID else {
            throw InvalidEvent(name(key), "'\(arn)' is not the ARN of an analyzer")
        }
        return arn
    }
}
