package import AWSClient
package import Basics
import LosslessJSON

/// A KMS key as DescribeKey answers it.
package struct KeyDescription: Sendable, Equatable {
    /// The key's ARN.
    package let arn: String?
    /// `CUSTOMER` or `AWS`.
    package let manager: String?
    /// Such as `Enabled` or `PendingDeletion`.
    package let state: String?
    /// What its owner wrote about it.
    package let description: String?
    /// When it was made.
    package let createdAt: Timestamp?

    package init(arn: String?, manager: String?, state: String?, description: String?, createdAt: Timestamp?) {
        self.arn = arn
        self.manager = manager
        self.state = state
        self.description = description
        self.createdAt = createdAt
    }
}

/// Reads who manages a key, its state and its description.
///
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
package struct DescribeKey: AWSOperation {
    package static let service = AWSService.kms
    package static let name = "DescribeKey"
    package static let isWrite = false
    package let region: Region
    /// The key's ARN.
    package let keyARN: String

    package init(keyARN: String, region: Region) {
        self.keyARN = keyARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "TrentService.DescribeKey", body: ["KeyId": .string(keyARN)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> KeyDescription {
        guard let key = try response.json()["KeyMetadata"], key.object != nil else {
            throw response.unreadable("the answer lacks KeyMetadata")
        }
        return KeyDescription(
            arn: key["Arn"]?.string,
            manager: key["KeyManager"]?.string,
            state: key["KeyState"]?.string,
            description: key["Description"]?.string,
            createdAt: try response.time(key["CreationDate"])
        )
    }
}

/// One page of a key's aliases.
package struct AliasPage: Sendable, Equatable {
    /// The aliases' names, such as `alias/DevelopmentKey`.
    package let names: [String]
    /// Where the next page starts; `nil` on the last one.
    package let nextMarker: String?

    package init(names: [String], nextMarker: String?) {
        self.names = names
        self.nextMarker = nextMarker
    }
}

/// Lists the aliases of a key of the caller's own account, a page at a time.
///
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html
package struct ListAliases: AWSOperation {
    package static let service = AWSService.kms
    package static let name = "ListAliases"
    package static let isWrite = false
    package let region: Region
    /// The key's ARN.
    package let keyARN: String
    /// The page to read; `nil` for the first.
    package let marker: String?

    package init(keyARN: String, marker: String?, region: Region) {
        self.keyARN = keyARN
        self.marker = marker
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "TrentService.ListAliases", body: keyPage(keyARN, limit: 100, marker))
    }

    package func output(from response: WireResponse) throws(AWSError) -> AliasPage {
        let json = try response.json()
        guard let list = json["Aliases"]?.array else { throw response.unreadable("the answer lacks Aliases") }
        var names: [String] = []
        for element in list {
            guard let name = element["AliasName"]?.string else {
                throw response.unreadable("an alias in the answer has no name")
            }
            names.append(name)
        }
        return AliasPage(names: names, nextMarker: try nextMarker(json, response))
    }
}

/// Lists the tags of a key, a page at a time.
///
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html
package struct ListResourceTags: AWSOperation {
    package static let service = AWSService.kms
    package static let name = "ListResourceTags"
    package static let isWrite = false
    package let region: Region
    /// The key's ARN.
    package let keyARN: String
    /// The page to read; `nil` for the first.
    package let marker: String?

    package init(keyARN: String, marker: String?, region: Region) {
        self.keyARN = keyARN
        self.marker = marker
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "TrentService.ListResourceTags", body: keyPage(keyARN, limit: 50, marker))
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        let json = try response.json()
        return TagPage(
            try response.tags(try response.member("Tags"), key: "TagKey", value: "TagValue"),
            nextToken: try nextMarker(json, response)
        )
    }
}

/// One grant of a key.
package struct KeyGrant: Sendable, Equatable {
    package let id: String
    /// An ARN, or a service's name.
    package let grantee: String
    /// Such as `Decrypt`.
    package let operations: [String]

    package init(id: String, grantee: String, operations: [String]) {
        self.id = id
        self.grantee = grantee
        self.operations = operations
    }
}

/// A page of a key's grants.
package struct KeyGrantPage: Sendable {
    package let grants: [KeyGrant]
    /// Where the next page starts; `nil` on the last one.
    package let nextMarker: String?

    package init(grants: [KeyGrant], nextMarker: String?) {
        self.grants = grants
        self.nextMarker = nextMarker
    }
}

/// Lists the grants of a key, a page at a time.
///
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html
package struct ListGrants: AWSOperation {
    package static let service = AWSService.kms
    package static let name = "ListGrants"
    package static let isWrite = false
    package let region: Region
    /// The key's ARN.
    package let keyARN: String
    /// The page to read; `nil` for the first.
    package let marker: String?

    package init(keyARN: String, marker: String?, region: Region) {
        self.keyARN = keyARN
        self.marker = marker
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: "TrentService.ListGrants", body: keyPage(keyARN, limit: 100, marker))
    }

    package func output(from response: WireResponse) throws(AWSError) -> KeyGrantPage {
        let json = try response.json()
        guard let list = json["Grants"]?.array else { throw response.unreadable("the answer lacks Grants") }
        var grants: [KeyGrant] = []
        for grant in list {
            guard let id = grant["GrantId"]?.string else {
                throw response.unreadable("a grant in the answer has no id")
            }
            grants.append(
                KeyGrant(
                    id: id,
                    grantee: grant["GranteePrincipal"]?.string ?? grant["GranteeServicePrincipal"]?.string ?? "",
                    operations: (grant["Operations"]?.array ?? []).compactMap(\.string)
                )
            )
        }
        return KeyGrantPage(grants: grants, nextMarker: try nextMarker(json, response))
    }
}

private func keyPage(_ keyARN: String, limit: Int, _ marker: String?) -> JSON {
    var body = JSONObject([("KeyId", .string(keyARN)), ("Limit", .int(limit))])
    if let marker { body["Marker"] = .string(marker) }
    return .object(body)
}

private func nextMarker(_ json: JSON, _ response: WireResponse) throws(AWSError) -> String? {
    guard json["Truncated"]?.bool == true else { return nil }
    guard let marker = json["NextMarker"]?.string, !marker.isEmpty else {
        throw response.unreadable("the answer is truncated and names no next page")
    }
    return marker
}

/// Reads a key's policy.
///
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
package struct GetKeyPolicy: AWSOperation {
    package static let service = AWSService.kms
    package static let name = "GetKeyPolicy"
    package static let isWrite = false
    package let region: Region
    /// The key's ARN.
    package let keyARN: String

    package init(
        keyARN: String,
        region: Region
    ) {
        self.keyARN = keyARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "TrentService.GetKeyPolicy",
            body: ["KeyId": .string(keyARN), "PolicyName": "default"]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("Policy")
    }
}

/// Replaces a key's policy. The lock-out check of the service is never bypassed.
///
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
package struct PutKeyPolicy: AWSOperation {
    package static let service = AWSService.kms
    package static let name = "PutKeyPolicy"
    package static let isWrite = true
    package let region: Region
    /// The key's ARN.
    package let keyARN: String
    /// The whole document.
    package let policy: String

    package init(
        keyARN: String,
        policy: String,
        region: Region
    ) {
        self.keyARN = keyARN
        self.policy = policy
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "TrentService.PutKeyPolicy",
            body: ["KeyId": .string(keyARN), "PolicyName": "default", "Policy": .string(policy)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
