import Basics
import LosslessJSON
import Policies

/// Reads the keys of one object, naming each by the path that the sender knows it under.
struct FieldReader {
    let object: JSONObject
    let path: String

    func name(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    /// An absent key and an explicit null are the same.
    func value(_ key: String) -> JSON? {
        guard let value = object[key] else { return nil }
        if case .null = value { return nil }
        return value
    }

    func optionalString(_ key: String) throws(InvalidEvent) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw InvalidEvent(name(key), "must be a string, not \(value.kind)") }
        return text
    }

    func string(_ key: String) throws(InvalidEvent) -> String {
        guard let text = try optionalString(key) else { throw InvalidEvent(name(key), "is missing") }
        guard !text.isEmpty else { throw InvalidEvent(name(key), "must not be empty") }
        return text
    }

    func optionalBool(_ key: String) throws(InvalidEvent) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.bool else { throw InvalidEvent(name(key), "must be a boolean, not \(value.kind)") }
        return bool
    }

    func optionalInt(_ key: String) throws(InvalidEvent) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.int else { throw InvalidEvent(name(key), "must be a whole number, not \(value.kind)") }
        return number
    }

    func optionalObject(_ key: String) throws(InvalidEvent) -> JSONObject? {
        guard let value = value(key) else { return nil }
        guard let object = value.object else { throw InvalidEvent(name(key), "must be an object, not \(value.kind)") }
        return object
    }

    /// A string or a list of strings.
    func strings(_ key: String) throws(InvalidEvent) -> [String]? {
        guard let value = value(key) else { return nil }
        if let text = value.string { return [text] }
        guard let elements = value.array else {
            throw InvalidEvent(name(key), "must be a string or a list of strings, not \(value.kind)")
        }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard let text = element.string else {
                throw InvalidEvent(name(key), "must hold strings only, not \(element.kind)")
            }
            texts.append(text)
        }
        return texts
    }

    /// An ARN, normalised.
    func arn(_ key: String) throws(InvalidEvent) -> ARN {
        let text = try string(key)
        guard let arn = ARN(text.normalised) else {
            throw InvalidEvent(name(key), "'\(text.prefix(200))' is not an ARN")
        }
        return arn
    }
}

extension Finding {
    /// Reads the keys that events and cases have in common.
    init(
        _ fields: FieldReader,
        id: String,
        kind: FindingKind,
        analyzerARN: ARN?,
        actionKey: String,
        region: String?
    ) throws(InvalidEvent) {
        self.id = id
        self.kind = kind
        self.analyzerARN = analyzerARN
        status = FindingStatus(try fields.string("status"))
        let type = try fields.string("resourceType").normalised
        guard !type.isEmpty else { throw InvalidEvent(fields.name("resourceType"), "must not be empty") }
        guard let resourceType = ResourceType(type) else {
            throw InvalidEvent(fields.name("resourceType"), "'\(type.prefix(100))' is not a resource type")
        }
        self.resourceType = resourceType
        resource = try fields.arn("resource")
        accountID = try fields.string("accountId")
        guard accountID.isAccountID else {
            throw InvalidEvent(fields.name("accountId"), "must be 12 digits, not '\(accountID.prefix(50))'")
        }
        role = try Finding.checkedRole(resource, type: resourceType, accountID: accountID, fields)
        // An empty one says nothing, wherever it stands.
        let regions = [try fields.optionalString("region"), region, analyzerARN?.region].compactMap { $0 }
        self.region = regions.first { !$0.isEmpty } ?? ""
        guard self.region.utf8.allSatisfy({ $0.isLowercaseASCII || $0.isDigitASCII || $0 == UInt8(ascii: "-") }) else {
            throw InvalidEvent(fields.name("region"), "'\(self.region.prefix(50))' is not a region")
        }
        principals = try Finding.principals(fields)
        actions = try fields.strings(actionKey) ?? []
        condition = try fields.optionalObject("condition") ?? JSONObject()
        isPublic = try fields.optionalBool("isPublic")
        isDeleted = try fields.optionalBool("isDeleted") ?? false
        error = try fields.optionalString("error").flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func principals(_ fields: FieldReader) throws(InvalidEvent) -> [Principal] {
        guard let map = try fields.optionalObject("principal") else { return [] }
        // Findings name one; a hostile map may hold 100,000.
        guard map.count <= 16 else {
            throw InvalidEvent(fields.name("principal"), "names \(map.count) principals, more than a finding has")
        }
        var result: [Principal] = []
        result.reserveCapacity(map.count)
        for member in map.members {
            let key = member.key
            // The path is put together only for an error.
            func reader() -> FieldReader { FieldReader(object: map, path: fields.name("principal")) }
            let text = if let text = member.value.string, !text.isEmpty { text } else { try reader().string(key) }
            let value = text.normalised
            // Nothing but white space: the next step would refuse what is left of it.
            guard !value.isEmpty else { throw InvalidEvent(reader().name(key), "must not be empty") }
            let principal = Principal(key: key, value: value)
            if principal.isUnread, value.hasPrefix("arn:"), ARN(value) == nil {
                throw InvalidEvent(reader().name(key), "'\(value.prefix(200))' is not an ARN")
            }
            result.append(principal)
        }
        return result
    }
}

extension Finding {
    /// Checks that the ARN is one of the type, and gives a role's taken apart; `nil` for other types.
    private static func checkedRole(
        _ resource: ARN,
        type: ResourceType,
        accountID: String,
        _ fields: FieldReader
    ) throws(InvalidEvent) -> RoleARN? {
        if let service = type.arnService, service != resource.service {
            throw InvalidEvent(fields.name("resource"), "'\(resource)' is not the ARN of a resource of type \(type)")
        }
        if type == .iamUser, !resource.resource.hasPrefix("user/") {
            throw InvalidEvent(fields.name("resource"), "'\(resource)' is not the ARN of an IAM user")
        }
        guard type == .iamRole else { return nil }
        guard let role = RoleARN(resource) else {
            throw InvalidEvent(fields.name("resource"), "'\(resource)' is not a legal ARN of an IAM role")
        }
        guard role.account == accountID else {
            throw InvalidEvent(fields.name("accountId"), "\(accountID) is not the account of \(resource)")
        }
        return role
    }
}
