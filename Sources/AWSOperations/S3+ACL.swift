package import AWSClient
import AWSSigning
import Basics

/// Who may do what with a bucket besides its policy.
package struct BucketACL: Sendable, Equatable {
    /// Whom a grant is for.
    package enum Grantee: Sendable, Hashable {
        /// A canonical user id, with the display name where S3 tells one.
        case canonicalUser(String, name: String?)
        /// Such as `http://acs.amazonaws.com/groups/global/AllUsers`.
        case group(String)
    }

    package struct Grant: Sendable, Hashable {
        package let grantee: Grantee
        /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
        package let permission: String

        package init(_ grantee: Grantee, _ permission: String) {
            self.grantee = grantee
            self.permission = permission
        }
    }

    /// The canonical user id of the bucket's owner.
    package let owner: String
    package let ownerName: String?
    /// In S3's order.
    package let grants: [Grant]

    package init(owner: String, ownerName: String? = nil, grants: [Grant]) {
        self.owner = owner
        self.ownerName = ownerName
        self.grants = grants
    }
}

/// Reads a bucket's ACL, as it has effect: what S3 ignores is not in it.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
package struct GetBucketACL: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "GetBucketAcl"
    package static let isWrite = false
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String

    package init(bucket: String, owner: String, region: Region) {
        self.bucket = bucket
        self.owner = owner
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .bucket(bucket, owner, "acl")
    }

    package func output(from response: WireResponse) throws(AWSError) -> BucketACL {
        let root = try response.xml()
        guard root.name == "AccessControlPolicy", let id = root.text(at: "Owner", "ID"), !id.isEmpty,
            let list = root.first("AccessControlList")
        else { throw response.unreadable("the answer is not an AccessControlPolicy") }
        var grants: [BucketACL.Grant] = []
        for grant in list.all("Grant") {
            guard let grantee = grant.first("Grantee"), let permission = grant.text(at: "Permission") else {
                throw response.unreadable("a grant lacks its Grantee or Permission")
            }
            if let uri = grantee.text(at: "URI") {
                grants.append(BucketACL.Grant(.group(uri), permission))
            } else if let user = grantee.text(at: "ID") {
                grants.append(BucketACL.Grant(.canonicalUser(user, name: grantee.text(at: "DisplayName")), permission))
            } else {
                throw response.unreadable("a grantee has neither ID nor URI")
            }
        }
        return BucketACL(owner: id, ownerName: root.text(at: "Owner", "DisplayName"), grants: grants)
    }
}

/// Replaces a bucket's ACL.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
package struct PutBucketACL: AWSOperation {
    package static let service = AWSService.s3
    package static let name = "PutBucketAcl"
    package static let isWrite = true
    package let region: Region
    /// The bucket's name.
    package let bucket: String
    /// The account that must own it.
    package let owner: String
    package let acl: BucketACL

    package init(bucket: String, owner: String, acl: BucketACL, region: Region) {
        self.bucket = bucket
        self.owner = owner
        self.acl = acl
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .bucket(bucket, owner, "acl", putting: document)
    }

    private var document: XMLElement {
        let grants = acl.grants.map { grant in
            XMLElement(
                name: "Grant",
                children: [grantee(grant.grantee), XMLElement(name: "Permission", text: grant.permission)]
            )
        }
        return XMLElement(
            name: "AccessControlPolicy",
            children: [
                XMLElement(name: "Owner", children: PutBucketACL.user(acl.owner, acl.ownerName)),
                XMLElement(name: "AccessControlList", children: grants),
            ]
        )
    }

    private func grantee(_ grantee: BucketACL.Grantee) -> XMLElement {
        switch grantee {
        case .canonicalUser(let id, let name):
            XMLElement(name: "Grantee", type: "CanonicalUser", children: PutBucketACL.user(id, name))
        case .group(let uri):
            XMLElement(name: "Grantee", type: "Group", children: [XMLElement(name: "URI", text: uri)])
        }
    }

    private static func user(_ id: String, _ name: String?) -> [XMLElement] {
        let id = XMLElement(name: "ID", text: id)
        return name.map { [id, XMLElement(name: "DisplayName", text: $0)] } ?? [id]
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
