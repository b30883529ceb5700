import Basics
import Findings
import LosslessJSON
import Policies

/// An S3 bucket: Block Public Access for what is public, and what the finding's sources say grants it.
func bucketSteps(_ input: Case) -> [String] {
    let finding = input.finding
    let bucket = finding.resource.resource
    let region = finding.region
    var steps: [String] = []
    if finding.isPublic == true {
        let block = command(
            "aws s3api put-public-access-block",
            [
                ("--bucket", bucket),
                (
                    "--public-access-block-configuration",
                    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
                ),
                ("--expected-bucket-owner", finding.accountID),
            ],
            region: region
        )
        let before = command(
            "aws s3api get-public-access-block",
            [("--bucket", bucket), ("--expected-bucket-owner", finding.accountID)],
            region: region
        )
        steps.append("Console: S3 > \(bucket.printable(limit: 100)) > Permissions > Block public access > Edit")
        steps.append(
            step(
                "Or save what is set (an error means that nothing is)",
                saving(before, to: "public-access-before.json")
            )
        )
        steps.append(step("And, unless it serves a public website, block all public access", block))
    } else if finding.isPublic == false {
        steps.append("Block Public Access does not take this away: it is granted to one principal, not to all.")
    }
    var kinds: [String] = []
    let sources = input.context["sources"]?.array ?? []
    for source in sources.prefix(10) {
        guard let kind = source["type"]?.string, !kinds.contains(kind) || kind == "S3_ACCESS_POINT" else { continue }
        kinds.append(kind)
        if kind == "S3_ACCESS_POINT" { steps += accessPointSteps(source, finding) }
    }
    if kinds.contains("S3_ACCESS_POINT_ACCOUNT") {
        steps.append("The bucket's policy hands access over to access points of another account: it is what to change.")
    }
    let isKnown = !kinds.isEmpty
    if !isKnown || kinds.contains("POLICY") || kinds.contains("S3_ACCESS_POINT_ACCOUNT") {
        let get = command(
            "aws s3api get-bucket-policy",
            [("--bucket", bucket), ("--query", "Policy"), ("--output", "text")],
            region: region
        )
        let put = command(
            "aws s3api put-bucket-policy",
            [("--bucket", bucket), ("--policy", "file://policy-after.json")],
            region: region
        )
        steps.append(step("Save the bucket's policy", saving(get)))
        steps.append(step("Write it back without the statement, from a copy in policy-after.json", put))
    }
    if !isKnown || kinds.contains("BUCKET_ACL") {
        let get = command("aws s3api get-bucket-acl", [("--bucket", bucket)], region: region)
        steps.append(step("Save the bucket's ACL", saving(get, to: "acl-before.json")))
        steps.append(
            "Then remove that grantee: Console: S3 > \(bucket.printable(limit: 100)) > Permissions > Access control list"
        )
    }
    return steps
}

private func accessPointSteps(_ source: JSON, _ finding: Finding) -> [String] {
    guard let text = source["accessPointArn"]?.string, let arn = ARN(text), arn.resource.hasPrefix("accesspoint/")
    else {
        return ["An access point grants it. Console: S3 > Access Points > the access point > Permissions"]
    }
    let name = String(arn.resource.dropFirst("accesspoint/".count))
    // The alias of a Multi-Region Access Point: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPoints.html
    guard !name.hasSuffix(".mrap") else {
        return [
            "A Multi-Region Access Point grants it. Console: S3 > Multi-Region Access Points > \(name.printable(limit: 100))"
        ]
    }
    let get = command(
        "aws s3control get-access-point-policy",
        [("--account-id", arn.account), ("--name", name)],
        region: arn.region
    )
    return [
        step("Save the access point's policy", saving(get, to: "access-point-policy-before.json")),
        "Then write it back without the statement (put-access-point-policy), or in the console: S3 > Access Points",
    ]
}
