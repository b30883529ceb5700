import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

/// A bucket's ACL, and why S3 may not show all of it.
struct BucketGrantsState: RemedyState {
    let acl: BucketACL
    /// Why grants may be hidden, in the middle of a sentence; `nil` where all are shown.
    let hiddenWhy: String?

    /// As the AWS CLI takes it: `aws s3api put-bucket-acl --access-control-policy`.
    var shown: JSON {
        var owner = JSONObject([("ID", .string(acl.owner))])
        if let name = acl.ownerName { owner["DisplayName"] = .string(name) }
        return ["Grants": .array(acl.grants.map(\.shown)), "Owner": .object(owner)]
    }
}

extension BucketACL.Grant {
    fileprivate var shown: JSON {
        switch grantee {
        case .group(let uri): ["Grantee": ["Type": "Group", "URI": .string(uri)], "Permission": .string(permission)]
        case .canonicalUser(let id, nil):
            ["Grantee": ["Type": "CanonicalUser", "ID": .string(id)], "Permission": .string(permission)]
        case .canonicalUser(let id, let name?):
            [
                "Grantee": ["Type": "CanonicalUser", "ID": .string(id), "DisplayName": .string(name)],
                "Permission": .string(permission),
            ]
        }
    }

    /// Reads what `shown` gives.
    fileprivate init?(_ json: JSON) {
        guard let permission = json["Permission"]?.string, let grantee = json["Grantee"] else { return nil }
        if let uri = grantee["URI"]?.string {
            self.init(.group(uri), permission)
        } else if let id = grantee["ID"]?.string {
            self.init(.canonicalUser(id, name: grantee["DisplayName"]?.string), permission)
        } else {
            return nil
        }
    }
}

/// The grants of a bucket's ACL: those of one grantee are taken out, and can be put back exactly. An ACL knows no Deny.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
struct BucketGrants: Remedy {
    let target: ChangedResource
    let bucket: String
    let protectedWhy: String?

    let operation = "s3:PutBucketAcl"
    let service = "S3"
    let subject = "ACL"
    let sparesMembers = false
    let leavesMark = false
    var resource: String { target.arn.description }
    var name: String { bucket }
    var words: String { "bucket \(bucket)" }
    var account: String { target.account }
    var partition: Partition { target.partition }

    func protection(memberRole: String?) -> String? { protectedWhy }

    /// Everybody, and everybody with an account.
    private static let everybody = [
        "http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    ]

    // MARK: Reading

    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<BucketGrantsState> {
        async let tagsAnswer = Result { () async throws(AWSError) in
            try await reader.tags(aws)
        }
        async let hiddenAnswer = Result { () async throws(AWSError) in try await hiddenWhy(aws) }
        guard let acl = try await acl(aws) else { return .gone }
        let state = BucketGrantsState(acl: acl, hiddenWhy: try await hiddenAnswer.get())
        return .read(TaggedState(state, tags: try Tag.unlessDenied(await tagsAnswer)))
    }

    func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<BucketGrantsState> {
        guard let acl = try await acl(aws) else { return .gone }
        return .read(TaggedState(BucketGrantsState(acl: acl, hiddenWhy: nil), tags: nil))
    }

    /// `nil` for a bucket that is gone.
    private func acl(_ aws: any AWSCaller) async throws(AWSError) -> BucketACL? {
        try await AWSError.unless(["NoSuchBucket"], of: GetBucketACL.self) { () async throws(AWSError) in
            try await aws.call(GetBucketACL(bucket: bucket, owner: target.account, region: target.region))
        }
    }

    /// Why the ACL may hold more than S3 shows.
    private func hiddenWhy(_ aws: any AWSCaller) async throws(AWSError) -> String? {
        let (owner, region) = (target.account, target.region)
        let ownership = try await AWSError.unless(
            ["OwnershipControlsNotFoundError", "NoSuchBucket"],
            of: GetBucketOwnershipControls.self
        ) { () async throws(AWSError) in
            try await aws.call(GetBucketOwnershipControls(bucket: bucket, owner: owner, region: region))
        }
        if ownership == "BucketOwnerEnforced" { return "the bucket's owner owns every object (BucketOwnerEnforced)" }
        let none = ["NoSuchPublicAccessBlockConfiguration", "NoSuchBucket"]
        let ofBucket = try await AWSError.unless(none, of: GetPublicAccessBlock.self) { () async throws(AWSError) in
            try await aws.call(GetPublicAccessBlock(bucket: bucket, owner: owner, region: region))
        }
        if ofBucket?.ignorePublicACLs ?? false { return "the bucket's IgnorePublicAcls is on" }
        let ofAccount = try await AWSError.unless(none, of: GetAccountPublicAccessBlock.self) {
            () async throws(AWSError) in
            try await aws.call(GetAccountPublicAccessBlock(account: owner, region: region))
        }
        return ofAccount?.ignorePublicACLs ?? false ? "the account's IgnorePublicAcls is on" : nil
    }

    private var reader: BucketReader {
        BucketReader(bucket: bucket, owner: target.account, region: target.region)
    }

    // MARK: Closing

    /// Whether a grant is the principal's; `nil` for a principal whom an ACL does not name.
    private func isMeant(_ principal: Principal) -> (@Sendable (BucketACL.Grant) -> Bool)? {
        switch principal {
        case .everyone:
            return { grant in
                guard case .group(let uri) = grant.grantee else { return false }
                return BucketGrants.everybody.contains(uri)
            }
        case .canonicalUser(let id):
            return { grant in
                guard case .canonicalUser(let other, _) = grant.grantee else { return false }
                return other == id
            }
        default: return nil
        }
    }

    func conclusion(on access: ReportedAccess, in state: BucketGrantsState) -> Conclusion? {
        guard let isMeant = isMeant(access.principal) else {
            return .refused(
                "The ACL of \(name) names canonical users and groups, and which of them is "
                    + "\(access.principal.element.value.printable(limit: 200)) cannot be told."
            )
        }
        if case .canonicalUser(state.acl.owner) = access.principal {
            return .refused("The canonical user is the owner of \(name).")
        }
        if let why = state.hiddenWhy {
            return .refused("The ACL of \(name) is not written, because S3 does not show all of it: \(why).")
        }
        guard state.acl.grants.contains(where: isMeant) else {
            return .closed("The ACL of \(name) no longer lets the principal in, so there is nothing to write.")
        }
        return nil
    }

    func plan(
        closing access: ReportedAccess,
        in state: BucketGrantsState,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<BucketGrantsState> {
        guard let isMeant = isMeant(access.principal) else { return .refused("An ACL does not name the principal.") }
        let other = intended.first { $0.findingID != access.findingID && $0.principals.contains(access.principal) }
        if let other {
            return .refused(
                "Gatehouse took no grant out: it would also close an access that was archived as intended "
                    + "(finding \(other.findingID))."
            )
        }
        let removed = state.acl.grants.filter(isMeant)
        let rest = state.acl.grants.filter { !isMeant($0) }
        let after = BucketACL(owner: state.acl.owner, ownerName: state.acl.ownerName, grants: rest)
        func summary(_ verb: String) -> String {
            "\(Self.count(removed, of: access.principal)) \(verb) out of the ACL of \(name). What single objects' ACLs grant stays."
        }
        return .edit(
            Edit(
                before: state,
                after: BucketGrantsState(acl: after, hiddenWhy: nil),
                done: summary(removed.count == 1 ? "was taken" : "were taken"),
                planned: summary("would be taken"),
                proof: [
                    "Of the ACL only that grantee's grants are taken out; the others stay in their order (\(rest.count))."
                ]
            ) { !$0.acl.grants.contains(where: isMeant) }
        )
    }

    private static func count(_ removed: [BucketACL.Grant], of principal: Principal) -> String {
        let whom = principal == .everyone ? "everybody" : "the canonical user \(principal.element.value)"
        let permissions = removed.map(\.permission).joined(separator: ", ")
        return "The \(removed.count == 1 ? "grant" : "grants") of \(whom) (\(permissions))"
    }

    // MARK: The way back

    func closedAccess(ofFinding id: String, in state: BucketGrantsState) -> ClosedAccess? { nil }

    func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: BucketGrantsState
    ) -> UndoPlan<BucketGrantsState> {
        guard let change, change.operation == operation, let before = grants(change.before),
            let after = grants(change.after)
        else {
            return .refused(
                "What was taken out of the ACL of \(name) is in the case alone, as resolve or respond answered it: give "
                    + "rollback that case."
            )
        }
        if let why = state.hiddenWhy {
            return .refused("The ACL of \(name) is not written, because S3 does not show all of it: \(why).")
        }
        let now = state.acl.grants
        let missing = before.filter { !after.contains($0) && !now.contains($0) }
        if let principal = known?.principal, !missing.allSatisfy(isMeant(principal) ?? { _ in false }) {
            return .ofOthers(than: principal)
        }
        guard !missing.isEmpty else {
            return .nothing("The ACL of \(name) holds what we took out: there is nothing to put back.")
        }
        // Nobody has changed it since: it becomes what it was, to the order.
        let restored = Set(now) == Set(after) ? before : now + missing
        let acl = BucketACL(owner: state.acl.owner, ownerName: state.acl.ownerName, grants: restored)
        let what = missing.count == 1 ? "1 grant" : "\(missing.count) grants"
        return .edit(
            Edit(
                before: state,
                after: BucketGrantsState(acl: acl, hiddenWhy: nil),
                done:
                    "\(what) that we took out of the ACL of \(name) \(missing.count == 1 ? "is" : "are") in it again.",
                planned: "\(what) that we took out of the ACL of \(name) would be put back."
            ) { now in missing.allSatisfy(now.acl.grants.contains) }
        )
    }

    private func grants(_ json: JSON) -> [BucketACL.Grant]? {
        guard let list = json["Grants"]?.array else { return nil }
        let grants = list.compactMap(BucketACL.Grant.init)
        return grants.count == list.count ? grants : nil
    }

    // MARK: Writing

    func write(_ edit: Edit<BucketGrantsState>, _ aws: any AWSCaller) async throws(AWSError) {
        try await aws.call(
            PutBucketACL(bucket: bucket, owner: target.account, acl: edit.after.acl, region: target.region)
        )
    }

    func refusal(_ error: AWSError) -> WriteRefusal? {
        guard error.operation == PutBucketACL.name, error.service == AWSService.s3.id, let code = error.code else {
            return nil
        }
        if code == "NoSuchBucket" { return .gone }
        let isBlocked = error.message.holds("BlockPublicAcls") || error.message.holds("public ACLs are blocked")
        guard isBlocked || ["AccessControlListNotSupported", "MalformedACLError", "InvalidArgument"].contains(code)
        else {
            return nil
        }
        return .refused("S3 rejected the new ACL (\(error.message)), so the ACL stays as it is.")
    }
}
