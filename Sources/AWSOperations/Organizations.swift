package import AWSClient
package import Basics
import LosslessJSON

private let prefix = "AWSOrganizationsV20161128."

/// An account of our organization.
package struct OrganizationAccount: Sendable, Equatable {
    /// Twelve digits.
    package let id: String
    /// Its name.
    package let name: String?

    package init(id: String, name: String?) {
        self.id = id
        self.name = name
    }
}

/// Reads an account of our organization. `AccountNotFoundException` when it is in none, or in another.
///
/// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html
package struct DescribeAccount: AWSOperation {
    package static let service = AWSService.organizations
    package static let name = "DescribeAccount"
    package static let isWrite = false
    package let region: Region
    /// Twelve digits.
    package let accountID: String

    package init(accountID: String, partition: Partition) {
        self.accountID = accountID
        region = partition.organizationsRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: prefix + Self.name, body: ["AccountId": .string(accountID)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> OrganizationAccount {
        guard let account = try response.json()["Account"], account["Id"]?.string == accountID else {
            throw response.unreadable("the answer is not about the account that was asked for")
        }
        return OrganizationAccount(id: accountID, name: account["Name"]?.string)
    }
}

/// Lists an account's tags, a page at a time.
///
/// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html
package struct ListTagsForAccount: AWSOperation {
    package static let service = AWSService.organizations
    package static let name = "ListTagsForResource"
    package static let isWrite = false
    package let region: Region
    /// Twelve digits.
    package let accountID: String
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(accountID: String, nextToken: String?, partition: Partition) {
        self.accountID = accountID
        self.nextToken = nextToken
        region = partition.organizationsRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([("ResourceId", .string(accountID))])
        if let nextToken { body["NextToken"] = .string(nextToken) }
        return .json(version: "1.1", target: prefix + Self.name, body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        let json = try response.json()
        return TagPage(try response.tags(try response.member("Tags")), nextToken: response.nextToken(json))
    }
}

/// What an account or an organizational unit is in.
package struct OrganizationParent: Sendable, Equatable {
    /// `ou-…` or `r-…`.
    package let id: String
    /// Whether it is the organization's root, which has no parent.
    package let isRoot: Bool

    package init(id: String, isRoot: Bool) {
        self.id = id
        self.isRoot = isRoot
    }
}

/// Reads what an account or an organizational unit is in: exactly one parent.
///
/// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
package struct ListParents: AWSOperation {
    package static let service = AWSService.organizations
    package static let name = "ListParents"
    package static let isWrite = false
    package let region: Region
    /// An account's or an organizational unit's id.
    package let childID: String

    package init(childID: String, partition: Partition) {
        self.childID = childID
        region = partition.organizationsRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: prefix + Self.name, body: ["ChildId": .string(childID)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> OrganizationParent {
        guard let parents = try response.json()["Parents"]?.array, parents.count == 1, let parent = parents.first,
            let id = parent["Id"]?.string, let type = parent["Type"]?.string,
            type == "ROOT" || type == "ORGANIZATIONAL_UNIT"
        else { throw response.unreadable("the answer does not name one parent") }
        return OrganizationParent(id: id, isRoot: type == "ROOT")
    }
}

/// Reads an organizational unit's name.
///
/// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganizationalUnit.html
package struct DescribeOrganizationalUnit: AWSOperation {
    package static let service = AWSService.organizations
    package static let name = "DescribeOrganizationalUnit"
    package static let isWrite = false
    package let region: Region
    /// `ou-…`.
    package let unitID: String

    package init(unitID: String, partition: Partition) {
        self.unitID = unitID
        region = partition.organizationsRegion
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(version: "1.1", target: prefix + Self.name, body: ["OrganizationalUnitId": .string(unitID)])
    }

    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let unit = try response.json()["OrganizationalUnit"], let name = unit["Name"]?.string else {
            throw response.unreadable("the answer lacks an organizational unit with a name")
        }
        return name
    }
}
