import LosslessJSON

/// Checks the keys of a case's `context` that decisions are made by: one of another type would be read as one that is
/// not there, and a rule about what is not there would match. Keys that are not known pass.
enum CaseContext {
    static func check(_ context: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: context, path: "context")
        for member in context.members where member.value != .null {
            switch member.key {
            case "tags": try checkTags(try fields.optionalObject("tags"), "context.tags")
            case "account":
                guard let object = try fields.optionalObject("account") else { continue }
                let account = FieldReader(object: object, path: "context.account")
                try checkTags(try account.optionalObject("tags"), "context.account.tags")
                try checkObjects(account.value("organizationalUnits"), "context.account.organizationalUnits")
            case "principalAccount", "publicAccessBlock":
                guard let flags = try fields.optionalObject(member.key) else { continue }
                for flag in flags.members where isStructure(flag.value) {
                    throw InvalidEvent(
                        "context.\(member.key).\(flag.key)",
                        "must be a plain value, not \(flag.value.kind)"
                    )
                }
            case "keyAliases": _ = try fields.strings("keyAliases")
            case "openedBy": _ = try fields.optionalObject("openedBy")
            case "sources": try checkObjects(member.value, "context.sources")
            case "unavailable": try checkUnavailable(member.value)
            case "name", "path", "description", "lastUsed", "keyManager", "keyState", "objectOwnership", "createdAt",
                "ageDays", "encrypted", "resourceControlPolicyRestriction":
                guard isStructure(member.value) else { continue }
                throw InvalidEvent("context.\(member.key)", "must be a plain value, not \(member.value.kind)")
            default: continue
            }
        }
    }

    private static func isStructure(_ value: JSON) -> Bool {
        switch value {
        case .array, .object: true
        default: false
        }
    }

    private static func checkTags(_ tags: JSONObject?, _ path: String) throws(InvalidEvent) {
        for tag in tags?.members ?? [] where isStructure(tag.value) {
            throw InvalidEvent("\(path).\(tag.key.prefix(100))", "must be a string, not \(tag.value.kind)")
        }
    }

    private static func checkObjects(_ value: JSON?, _ path: String) throws(InvalidEvent) {
        guard let value else { return }
        guard let list = value.array else { throw InvalidEvent(path, "must be a list, not \(value.kind)") }
        for element in list where element.object == nil {
            throw InvalidEvent(path, "must hold objects only, not \(element.kind)")
        }
    }

    private static func checkUnavailable(_ value: JSON) throws(InvalidEvent) {
        guard let list = value.array else {
            throw InvalidEvent("context.unavailable", "must be a list, not \(value.kind)")
        }
        for index in list.indices {
            let path = "context.unavailable[\(index)]"
            guard let entry = list[index].object else {
                throw InvalidEvent(path, "must be an object, not \(list[index].kind)")
            }
            let fields = FieldReader(object: entry, path: path)
            _ = try fields.string("what")
            _ = try fields.optionalString("why")
        }
    }
}
