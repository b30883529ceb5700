import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// An S3 bucket by hand: Block Public Access for what is public, and what the finding's sources say grants it.
struct S3BucketSteps {
    private let finding: Finding
    private let sources: [JSON]

    init(_ input: Case) {
        finding = input.finding
        sources = Array((input.context["sources"]?.array ?? []).prefix(10))
    }

    var steps: [String] {
        publicAccessBlock + accessPoints + (isGranted(by: ["POLICY", "S3_ACCESS_POINT_ACCOUNT"]) ? policy : [])
            + (isGranted(by: ["BUCKET_ACL"]) ? accessControlList : [])
    }

    private var bucket: String { finding.resource.resource }
    private var shownBucket: String { bucket.printable(limit: 100) }

    private func aws(_ words: String, _ arguments: [(option: String, value: String)]) -> Command {
        Command("aws s3api \(words)", [("--bucket", bucket)] + arguments, region: finding.region)
    }

    /// Whether one of these sources grants the access, or none is known.
    private func isGranted(by kinds: [String]) -> Bool {
        let known = sources.compactMap { $0["type"]?.string }
        return known.isEmpty || known.contains(where: kinds.contains)
    }

    private var publicAccessBlock: [String] {
        switch finding.isPublic {
        case nil: return []
        case false?:
            return ["Block Public Access does not take this away: it is granted to one principal, not to all."]
        case true?: break
        }
        let owner = (option: "--expected-bucket-owner", value: finding.accountID)
        let all = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
        return [
            "Console: S3 > \(shownBucket) > Permissions > Block public access > Edit",
            aws("get-public-access-block", [owner]).saving(to: "public-access-before.json")
                .step("Or save what is set (an error means that nothing is)"),
            aws("put-public-access-block", [("--public-access-block-configuration", all), owner])
                .step("And, unless it serves a public website, block all public access"),
        ]
    }

    private var accessPoints: [String] {
        var steps = sources.filter { $0["type"]?.string == "S3_ACCESS_POINT" }.flatMap(accessPoint)
        if sources.contains(where: { $0["type"]?.string == "S3_ACCESS_POINT_ACCOUNT" }) {
            steps.append(
                "The bucket's policy hands access over to access points of another account: it is what to change."
            )
        }
        return steps
    }

    private func accessPoint(_ source: JSON) -> [String] {
        guard let text = source["accessPointArn"]?.string, let arn = ARN(text), arn.resource.hasPrefix("accesspoint/")
        else {
            return ["An access point grants it. Console: S3 > Access Points > the access point > Permissions"]
        }
        let name = arn.name(after: "accesspoint/")
        // The alias of a Multi-Region Access Point: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPoints.html
        guard !name.hasSuffix(".mrap") else {
            return [
                "A Multi-Region Access Point grants it. Console: S3 > Multi-Region Access Points > "
                    + name.printable(limit: 100)
            ]
        }
        let get = Command(
            "aws s3control get-access-point-policy",
            [("--account-id", arn.account), ("--name", name)],
            region: arn.region
        )
        return [
            get.saving(to: "access-point-policy-before.json").step("Save the access point's policy"),
            "Then write it back without the statement (put-access-point-policy), or in the console: S3 > Access Points",
        ]
    }

    private var policy: [String] {
        [
            aws("get-bucket-policy", [("--query", "Policy"), ("--output", "text")]).saving()
                .step("Save the bucket's policy"),
            aws("put-bucket-policy", [("--policy", "file://policy-after.json")])
                .step("Write it back without the statement, from a copy in policy-after.json"),
        ]
    }

    private var accessControlList: [String] {
        [
            aws("get-bucket-acl", []).saving(to: "acl-before.json").step("Save the bucket's ACL"),
            "Then remove that grantee: Console: S3 > \(shownBucket) > Permissions > Access control list",
        ]
    }
}

extension S3BucketSteps {
    /// What to tell of our changes; they are undone in reverse.
    func change(_ input: Case) -> ChangeGuide? {
        let changes = input.outcome?.changes ?? []
        // A retry finds the access blocked, and has made no change.
        guard !changes.isEmpty else { return policyGuide(removes: false) }
        var guides = changes.reversed().compactMap(guide)
        guard guides.count == changes.count else { return nil }
        // A retry does not tell of the Deny that an earlier attempt has added.
        if !sources.isEmpty, isGranted(by: ["POLICY"]), changes.map(\.operation) == ["s3:PutBucketAcl"] {
            guard let policy = policyGuide(removes: false) else { return nil }
            guides.append(policy)
        }
        guard let last = guides.last else { return nil }
        return ChangeGuide(
            check: last.check,
            undo: guides.compactMap(\.undo).joined(separator: " && "),
            afterwards: last.afterwards,
            isOwnedByAWS: false
        )
    }

    private func guide(_ change: Outcome.Change) -> ChangeGuide? {
        let by = ManualSteps(finding)
        switch change.operation {
        case "s3:PutBucketAcl":
            let stays = ["What the ACLs of single objects grant stays as it is."]
            return ResourceChangeGuide(by: by, events: "PutBucketAcl", stays: stays).change(
                check: aws("get-bucket-acl", []),
                shows: "the ACL, where that grantee is no longer",
                undo: [grantsBack(change)]
            )
        case "s3:PutBucketPublicAccessBlock":
            let stays = [
                "A website, or a CloudFront distribution with an origin access identity, no longer reads the bucket."
            ]
            let set = [(option: "--public-access-block-configuration", value: change.before.text())]
            let events = "PutBucketPolicy, PutBucketAcl and DeleteBucketPublicAccessBlock"
            return ResourceChangeGuide(by: by, events: events, stays: stays).change(
                check: aws("get-public-access-block", []),
                shows: "four times true",
                undo: change.before == .null
                    ? aws("delete-public-access-block", []) : aws("put-public-access-block", set)
            )
        default:
            return policyGuide(removes: change.before == .null)
        }
    }

    /// Adds what was taken out to whatever the ACL holds by then; `nil` where that cannot be shown.
    private func grantsBack(_ change: Outcome.Change) -> String? {
        let after = change.after["Grants"]?.array ?? []
        let taken = JSON.array((change.before["Grants"]?.array ?? []).filter { !after.contains($0) }).text()
        guard taken.printable(limit: 4096) == taken, let read = aws("get-bucket-acl", []).text,
            let write = aws("put-bucket-acl", []).text
        else { return nil }
        return "acl=\"$(\(read) | jq -c \(".Grants += \(taken)".shellQuoted))\" && test -n \"$acl\" && "
            + "\(write) --access-control-policy \"$acl\""
    }

    private func policyGuide(removes: Bool) -> ChangeGuide? {
        ResourceChangeGuide(by: ManualSteps(finding), events: "PutBucketPolicy and PutAccessPointPolicy").policy(
            read: aws("get-bucket-policy", [("--query", "Policy"), ("--output", "text")]),
            write: aws("put-bucket-policy", []),
            option: "--policy",
            removal: removes ? aws("delete-bucket-policy", []) : nil
        )
    }
}
