package import AWSClient
package import Basics

/// What IAM's calls have in common.
package enum IAM {
    /// The version of the API.
    package static let version = "2010-05-08"
}

/// An IAM role as GetRole answers it.
package struct Role: Sendable, Equatable {
    /// The role's ARN with its path.
    package let arn: String
    /// Its name.
    package let name: String
    /// Its path, `/` when it has none.
    package let path: String
    /// The trust policy's text, decoded.
    package let trustPolicy: String
    /// The role's tags in order; `nil` where the answer's list of tags cannot be read.
    package let tags: [Tag]?
    /// What its owner wrote about it.
    package let description: String?
    /// When it was made.
    package let createdAt: Timestamp?
    /// When it was last used, in the last 400 days.
    package let lastUsed: Timestamp?

    package init(
        arn: String,
        name: String,
        path: String,
        trustPolicy: String,
        tags: [Tag]?,
        description: String? = nil,
        createdAt: Timestamp? = nil,
        lastUsed: Timestamp? = nil
    ) {
        self.arn = arn
        self.name = name
        self.path = path
        self.trustPolicy = trustPolicy
        self.tags = tags
        self.description = description
        self.createdAt = createdAt
        self.lastUsed = lastUsed
    }
}

/// Reads a role with its trust policy and tags.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
package struct GetRole: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "GetRole"
    package static let isWrite = false
    package let region: Region
    /// The role's name without its path.
    package let roleName: String

    package init(roleName: String, partition: Partition) {
        self.roleName = roleName
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: IAM.version, parameters: [("RoleName", roleName)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> Role {
        guard let role = try response.xml().at("GetRoleResult", "Role"), let arn = role.text(at: "Arn"),
            let name = role.text(at: "RoleName"), let document = role.text(at: "AssumeRolePolicyDocument")
        else {
            throw response.unreadable("the answer lacks a role with Arn, RoleName and AssumeRolePolicyDocument")
        }
        guard let policy = IAM.decoded(document) else {
            throw response.unreadable("the answer's AssumeRolePolicyDocument is not validly percent-encoded")
        }
        return Role(
            arn: arn,
            name: name,
            path: role.text(at: "Path") ?? "/",
            trustPolicy: policy,
            tags: role.first("Tags").map(tags) ?? [],
            description: role.text(at: "Description"),
            createdAt: try response.time(role.text(at: "CreateDate")),
            lastUsed: try response.time(role.text(at: "RoleLastUsed", "LastUsedDate"))
        )
    }

    private func tags(_ list: XMLElement) -> [Tag]? {
        var result: [Tag] = []
        for member in list.children {
            guard member.name == "member", let key = member.text(at: "Key"), !key.isEmpty else { return nil }
            result.append(Tag(key, member.text(at: "Value") ?? ""))
        }
        return result
    }
}

extension IAM {
    /// IAM sends documents percent-encoded (RFC 3986); a plain one starts with a brace, which an encoded one never holds.
    package static func decoded(_ text: String) -> String? {
        guard let first = text.utf8.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), first != UInt8(ascii: "{")
        else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
}

/// Replaces a role's trust policy as a whole: the last writer wins.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
package struct UpdateAssumeRolePolicy: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "UpdateAssumeRolePolicy"
    package static let isWrite = true
    package let region: Region
    /// The role's name without its path.
    package let roleName: String
    /// The whole document.
    package let policyDocument: String

    package init(roleName: String, policyDocument: String, partition: Partition) {
        self.roleName = roleName
        self.policyDocument = policyDocument
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(
            action: Self.name,
            version: IAM.version,
            parameters: [("RoleName", roleName), ("PolicyDocument", policyDocument)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {
        guard try response.xml().name == "UpdateAssumeRolePolicyResponse" else {
            throw response.unreadable("the answer is not an UpdateAssumeRolePolicyResponse")
        }
    }
}

/// Reads an account's quotas and usage.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
package struct GetAccountSummary: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "GetAccountSummary"
    package static let isWrite = false
    package let region: Region

    package init(partition: Partition) {
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: IAM.version, parameters: [])
    }

    package func output(from response: WireResponse) throws(AWSError) -> [String: Int] {
        guard let map = try response.xml().at("GetAccountSummaryResult", "SummaryMap") else {
            throw response.unreadable("the answer lacks a SummaryMap")
        }
        var result: [String: Int] = [:]
        for entry in map.all("entry") {
            guard let key = entry.text(at: "key"), let value = entry.text(at: "value").flatMap({ Int($0) }) else {
                continue
            }
            result[key] = value
        }
        return result
    }
}

/// Reads a user with its tags.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
package struct GetUser: AWSOperation {
    package static let service = AWSService.iam
    package static let name = "GetUser"
    package static let isWrite = false
    package let region: Region
    /// The user's name without its path.
    package let userName: String

    package init(userName: String, partition: Partition) {
        self.userName = userName
        region = partition.globalRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .query(action: Self.name, version: IAM.version, parameters: [("UserName", userName)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourceDescription {
        guard let user = try response.xml().at("GetUserResult", "User"), let arn = user.text(at: "Arn") else {
            throw response.unreadable("the answer lacks a user with an Arn")
        }
        return ResourceDescription(
            arn: arn,
            name: user.text(at: "UserName"),
            path: user.text(at: "Path") ?? "/",
            createdAt: try response.time(user.text(at: "CreateDate")),
            lastUsed: try response.time(user.text(at: "PasswordLastUsed")),
            tags: try response.tags(user.first("Tags"))
        )
    }
}
