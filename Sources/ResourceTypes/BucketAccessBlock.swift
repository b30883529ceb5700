import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

/// A bucket's own Block Public Access, and its policy, which says whom that would cut.
struct BucketAccessBlockState: RemedyState {
    /// `nil` where none was ever set.
    let block: PublicAccessBlock?
    /// `nil` where the bucket has none.
    let policy: PolicyDocument?

    var shown: JSON { block?.shown ?? .null }
}

extension PublicAccessBlock {
    /// As the AWS CLI takes it: `aws s3api put-public-access-block --public-access-block-configuration`.
    var shown: JSON {
        [
            "BlockPublicAcls": .bool(blockPublicACLs), "IgnorePublicAcls": .bool(ignorePublicACLs),
            "BlockPublicPolicy": .bool(blockPublicPolicy), "RestrictPublicBuckets": .bool(restrictPublicBuckets),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let acls = json["BlockPublicAcls"]?.bool, let ignore = json["IgnorePublicAcls"]?.bool,
            let policy = json["BlockPublicPolicy"]?.bool, let restrict = json["RestrictPublicBuckets"]?.bool
        else { return nil }
        self.init()
        (blockPublicACLs, ignorePublicACLs, blockPublicPolicy, restrictPublicBuckets) = (acls, ignore, policy, restrict)
    }

    fileprivate static var all: PublicAccessBlock {
        var block = PublicAccessBlock()
        (block.blockPublicACLs, block.ignorePublicACLs) = (true, true)
        (block.blockPublicPolicy, block.restrictPublicBuckets) = (true, true)
        return block
    }
}

/// All four flags of a bucket's own Block Public Access.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
struct BucketAccessBlock: Remedy {
    let target: ChangedResource
    let bucket: String
    let protectedWhy: String?

    let operation = "s3:PutBucketPublicAccessBlock"
    let service = "S3"
    let subject = "Block Public Access"
    let sparesMembers = false
    let leavesMark = false
    var resource: String { target.arn.description }
    var name: String { bucket }
    var words: String { "bucket \(bucket)" }
    var account: String { target.account }
    var partition: Partition { target.partition }

    func protection(memberRole: String?) -> String? { protectedWhy }

    func read(_ aws: any AWSCaller) async throws(AWSError) -> Reading<BucketAccessBlockState> {
        async let tagsAnswer = Result { () async throws(AWSError) in
            try await reader.tags(aws)
        }
        async let policyAnswer = Result { () async throws(AWSError) in
            try await reader.policy(aws)
        }
        guard case .read(let now) = try await readBack(aws) else { return .gone }
        guard let policy = try await policyAnswer.get() else { return .gone }
        let tags = try Tag.unlessDenied(await tagsAnswer)
        do {
            let document = try policy.text.map { (text) throws(PolicyError) in try PolicyDocument(text: text) }
            return .read(TaggedState(BucketAccessBlockState(block: now.state.block, policy: document), tags: tags))
        } catch {
            return .unusable("The bucket policy of \(resource) cannot be read: \(error).")
        }
    }

    func readBack(_ aws: any AWSCaller) async throws(AWSError) -> Reading<BucketAccessBlockState> {
        var block: PublicAccessBlock?
        do throws(AWSError) {
            block = try await aws.call(
                GetPublicAccessBlock(bucket: bucket, owner: target.account, region: target.region)
            )
        } catch {
            if error.isAnswer("NoSuchBucket", to: GetPublicAccessBlock.self) { return .gone }
            guard error.isAnswer("NoSuchPublicAccessBlockConfiguration", to: GetPublicAccessBlock.self) else {
                throw error
            }
        }
        return .read(TaggedState(BucketAccessBlockState(block: block, policy: nil), tags: nil))
    }

    private var reader: BucketReader {
        BucketReader(bucket: bucket, owner: target.account, region: target.region)
    }

    // MARK: Closing

    func conclusion(on access: ReportedAccess, in state: BucketAccessBlockState) -> Conclusion? {
        guard state.block == .all else { return nil }
        return .closed("The bucket \(name) already blocks all public access, so there is nothing to write.")
    }

    func plan(
        closing access: ReportedAccess,
        in state: BucketAccessBlockState,
        sparing intended: [IntendedAccess],
        _ aws: any AWSCaller
    ) async throws(AWSError) -> Plan<BucketAccessBlockState> {
        if let why = state.policy?.cutOffByRestriction(toAccount: account, zone: access.zone) {
            return .refused("Block Public Access was not switched on: \(why).")
        }
        let other = intended.first { $0.findingID != access.findingID }
        if let other {
            return .refused(
                "Block Public Access was not switched on: it would also close an access that was archived as intended "
                    + "(finding \(other.findingID))."
            )
        }
        return .edit(
            Edit(
                before: state,
                after: BucketAccessBlockState(block: .all, policy: state.policy),
                done: "All public access to the bucket \(name) is blocked (Block Public Access, all four flags).",
                planned:
                    "All public access to the bucket \(name) would be blocked (Block Public Access, all four flags).",
                proof: [
                    "The policy lets in nobody by name outside the account but AWS services, so nobody else is cut off."
                ]
            ) { $0.block == .all }
        )
    }

    // MARK: The way back

    func closedAccess(ofFinding id: String, in state: BucketAccessBlockState) -> ClosedAccess? { nil }

    func undo(
        finding id: String,
        _ known: ClosedAccess?,
        _ change: EarlierChange?,
        in state: BucketAccessBlockState
    ) -> UndoPlan<BucketAccessBlockState> {
        guard let change, change.operation == operation,
            change.before == .null || PublicAccessBlock(change.before) != nil
        else {
            return .refused(
                "How Block Public Access of \(name) was set is in the case alone, as resolve or respond answered it: give "
                    + "rollback that case."
            )
        }
        let before = PublicAccessBlock(change.before)
        guard state.block != before else {
            return .nothing("Block Public Access of \(name) is set as it was before: there is nothing to undo.")
        }
        guard state.block == .all else {
            return .conflict(
                "Block Public Access of \(name) was left as it is, because somebody has changed it since we switched it on."
            )
        }
        return .edit(
            Edit(
                before: state,
                after: BucketAccessBlockState(block: before, policy: state.policy),
                done: "Block Public Access of \(name) is set as it was before.",
                planned: "Block Public Access of \(name) would be set as it was before."
            ) { $0.block == before }
        )
    }

    // MARK: Writing

    func write(_ edit: Edit<BucketAccessBlockState>, _ aws: any AWSCaller) async throws(AWSError) {
        let (owner, region) = (target.account, target.region)
        if let block = edit.after.block {
            try await aws.call(PutPublicAccessBlock(bucket: bucket, owner: owner, block: block, region: region))
        } else {
            try await aws.call(DeletePublicAccessBlock(bucket: bucket, owner: owner, region: region))
        }
    }

    func refusal(_ error: AWSError) -> WriteRefusal? {
        let writes = [PutPublicAccessBlock.name, DeletePublicAccessBlock.name]
        guard writes.contains(error.operation), error.service == AWSService.s3.id else {
            return nil
        }
        return error.code == "NoSuchBucket" ? .gone : nil
    }
}
