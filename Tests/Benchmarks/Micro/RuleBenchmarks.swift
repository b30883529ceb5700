import Findings
import Glibc
import LosslessJSON
import Rules

/// Twenty rules as a team might have them: the built-in kind first, then exceptions by tag, account, name and alias.
let rulesText = """
    {"version": 1, "default": "NOTIFY", "risk": {"archiveBelow": 10}, "rules": [
    {"name": "break-glass", "when": {"resourceType": {"eq": ["AWS::IAM::Role"]}, "path": {"like": ["/break-glass/*"]}}, "action": "NOTIFY"},
    {"name": "partner-roles", "when": {"resourceType": {"eq": ["AWS::IAM::Role"]}, "principal.AWS": {"contains": ["555566667777", "555566668888"]}, "condition.sts:ExternalId": {"exists": true}, "tags.Partner": {"exists": true}}, "action": "ARCHIVE"},
    {"name": "roles", "when": {"resourceType": {"eq": ["AWS::IAM::Role"]}, "kind": {"eq": ["ExternalAccess"]}, "error": {"exists": false}}, "action": "RESOLVE"},
    {"name": "public-website", "when": {"isPublic": {"eq": ["true"]}, "resourceType": {"eq": ["AWS::S3::Bucket"]}, "tags.PublicWebsite": {"eq": ["true"]}, "actions": {"eq": ["s3:GetObject"]}}, "action": "NOTIFY"},
    {"name": "public", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"},
    {"name": "confidential", "when": {"tags.Data Classification": {"eq": ["Confidential", "Restricted"]}}, "action": "NOTIFY"},
    {"name": "confidential-2", "when": {"tags.DataClassification": {"eq": ["Confidential", "Restricted"]}}, "action": "NOTIFY"},
    {"name": "development-key", "when": {"isPublic": {"eq": ["false"]}, "resourceType": {"eq": ["AWS::KMS::Key"]}, "tags.IsAllowedToShare": {"eq": ["true"]}, "tags.Environment": {"eq": ["development"]}, "keyAliases": {"eq": ["alias/DevelopmentKey"]}}, "action": "ARCHIVE"},
    {"name": "backup-vault-keys", "when": {"resourceType": {"eq": ["AWS::KMS::Key"]}, "keyAliases": {"like": ["alias/backup/*"]}, "principal.AWS": {"contains": ["111122223333"]}}, "action": "ARCHIVE"},
    {"name": "log-buckets", "when": {"resourceType": {"eq": ["AWS::S3::Bucket"]}, "name": {"like": ["*-access-logs-*"]}, "principal.AWS": {"contains": ["127311923021"]}}, "action": "ARCHIVE"},
    {"name": "artifact-buckets", "when": {"resourceType": {"eq": ["AWS::S3::Bucket"]}, "tags.Purpose": {"eq": ["artifacts"]}, "account.name": {"like": ["tools-*"]}}, "action": "ARCHIVE"},
    {"name": "shared-images", "when": {"resourceType": {"eq": ["AWS::ECR::Repository"]}, "name": {"like": ["base/*", "shared/*"]}, "actions": {"neq": ["ecr:PutImage"]}}, "action": "ARCHIVE"},
    {"name": "event-topics", "when": {"resourceType": {"eq": ["AWS::SNS::Topic"]}, "condition.aws:PrincipalOrgID": {"exists": true}}, "action": "ARCHIVE"},
    {"name": "event-queues", "when": {"resourceType": {"eq": ["AWS::SQS::Queue"]}, "condition.aws:SourceArn": {"like": ["arn:aws:sns:*:123456789012:*"]}}, "action": "ARCHIVE"},
    {"name": "layers", "when": {"resourceType": {"eq": ["AWS::Lambda::LayerVersion"]}, "tags.Shared": {"eq": ["yes", "true"]}}, "action": "ARCHIVE"},
    {"name": "sandbox", "when": {"account.organizationalUnits": {"eq": ["Sandbox"]}, "isPublic": {"eq": ["false"]}, "risk": {"lt": 60}}, "action": "ARCHIVE"},
    {"name": "old-snapshots", "when": {"resourceType": {"eq": ["AWS::EC2::Snapshot", "AWS::RDS::DBSnapshot"]}, "ageDays": {"gt": 365}}, "action": "NOTIFY"},
    {"name": "internal", "when": {"kind": {"eq": ["InternalAccess"]}, "tags.Environment": {"neq": ["production"]}}, "action": "IGNORE"},
    {"name": "unused-keys", "when": {"kind": {"eq": ["UnusedIAMUserAccessKey"]}}, "action": "NOTIFY"},
    {"name": "severe", "when": {"risk": {"gt": 80}}, "action": "NOTIFY"}
    ]}
    """

private func enriched(_ type: String, _ resource: String, _ actions: String, _ rest: String, _ context: String)
    -> String
{
    """
    {"finding":{"id":"a5018210-97c4-46c4-9456-0295898377b6","kind":"ExternalAccess","status":"ACTIVE",\
    "analyzerArn":"arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer","resource":"\(resource)",\
    "resourceType":"\(type)","accountId":"123456789012","region":"us-east-1","actions":[\(actions)],\(rest),\
    "isDeleted":false,"createdAt":"2026-11-20T03:14:32Z","analyzedAt":"2026-11-20T03:14:32Z",\
    "updatedAt":"2026-11-20T03:14:32Z","error":null},"context":{\(context),"account":{"id":"123456789012",\
    "name":"payments-test","tags":{"CostCenter":"4711"},"organizationalUnits":[{"id":"ou-ab12-11111111",\
    "name":"Workloads"},{"id":"ou-ab12-22222222","name":"Root"}]},"principalAccount":{"id":"999988887777",\
    "inOrganization":false}}}
    """
}

/// What comes by in a day: a role, two keys, a public bucket, another, a queue, a repository, a snapshot.
let caseTexts = [
    enriched(
        "AWS::IAM::Role",
        "arn:aws:iam::123456789012:role/Audit_CrossAccountRole",
        "\"sts:AssumeRole\"",
        #""principal":{"AWS":"arn:aws:iam::999988887777:user/Alice"},"condition":{},"isPublic":false"#,
        #""tags":{"Team":"audit","Environment":"production"},"path":"/","name":"Audit_CrossAccountRole""#
    ),
    enriched(
        "AWS::KMS::Key",
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "\"kms:Decrypt\",\"kms:Encrypt\",\"kms:GenerateDataKey\",\"kms:DescribeKey\"",
        #""principal":{"AWS":"999988887777"},"condition":{},"isPublic":false"#,
        #""tags":{"IsAllowedToShare":"true","Environment":"development"},"keyAliases":["alias/DevelopmentKey"],"keyManager":"CUSTOMER","keyState":"Enabled""#
    ),
    enriched(
        "AWS::KMS::Key",
        "arn:aws:kms:us-east-1:123456789012:key/9934abcd-12ab-34cd-56ef-1234567890ab",
        "\"kms:Decrypt\",\"kms:CreateGrant\"",
        #""principal":{"AWS":"999988887777"},"condition":{},"isPublic":false"#,
        #""tags":{"Team":"payments","Environment":"production","CostCenter":"4711"},"keyAliases":["alias/payments","alias/cards"],"keyManager":"CUSTOMER","keyState":"Enabled""#
    ),
    enriched(
        "AWS::S3::Bucket",
        "arn:aws:s3:::amzn-s3-demo-bucket",
        "\"s3:GetObject\",\"s3:ListBucket\",\"s3:PutObject\"",
        #""principal":{"AWS":"*"},"condition":{},"isPublic":true"#,
        #""tags":{"Team":"web"},"name":"amzn-s3-demo-bucket","publicAccessBlock":{"BlockPublicAcls":false},"objectOwnership":"BucketOwnerEnforced""#
    ),
    enriched(
        "AWS::S3::Bucket",
        "arn:aws:s3:::team-data",
        "\"s3:GetObject\"",
        #""principal":{"AWS":"999988887777"},"condition":{"aws:SourceIp":["203.0.113.0/24"]},"isPublic":false"#,
        #""tags":{"Team":"data","Purpose":"exchange","Data Classification":"Internal"},"name":"team-data","publicAccessBlock":{},"objectOwnership":"BucketOwnerEnforced""#
    ),
    enriched(
        "AWS::SQS::Queue",
        "arn:aws:sqs:us-east-1:123456789012:orders",
        "\"sqs:SendMessage\",\"sqs:ReceiveMessage\",\"sqs:DeleteMessage\",\"sqs:GetQueueAttributes\",\"sqs:PurgeQueue\"",
        #""principal":{"AWS":"*"},"condition":{"aws:SourceArn":"arn:aws:sns:us-east-1:999988887777:orders"},"isPublic":false"#,
        #""tags":{"Team":"orders"},"name":"orders""#
    ),
    enriched(
        "AWS::ECR::Repository",
        "arn:aws:ecr:us-east-1:123456789012:repository/base/python",
        "\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\"",
        #""principal":{"AWS":"999988887777"},"condition":{},"isPublic":false"#,
        #""tags":{},"name":"base/python""#
    ),
    enriched(
        "AWS::EC2::Snapshot",
        "arn:aws:ec2:us-east-1:123456789012:snapshot/snap-0a1b2c3d4e5f67890",
        "\"ec2:CreateVolume\"",
        #""principal":{"AWS":"999988887777"},"condition":{},"isPublic":false"#,
        #""tags":{"Name":"db","Environment":"test"},"description":"nightly","createdAt":"2026-01-01T00:00:00Z","ageDays":324,"encrypted":true"#
    ),
]

/// The median of the processor's seconds that nine runs of `body` take: what other programs do meanwhile is not in it.
private func medianOfCPU(_ body: () throws -> Void) rethrows -> Double {
    var seconds: [Double] = []
    for _ in 0..<9 {
        let start = clock()
        try body()
        seconds.append(Double(clock() - start) / Double(1_000_000))
    }
    return seconds.sorted()[4]
}

/// Prints how many decisions a second the rules make of cases that are already in memory, reasons and score included.
func runRuleBenchmarks() throws {
    let rules = try RuleSet(Array(rulesText.utf8))
    let cases = try caseTexts.map { try Case(Array($0.utf8)) }
    let rounds = 5000
    report("decide", rules, cases, rounds, target: "\t>= 500000")
    let poorer = cases.map { input in
        var context = input.context
        context["tags"] = nil
        context["unavailable"] = [["what": "tags", "why": "AccessDenied: not authorized to perform tag:GetResources"]]
        var poorer = input
        poorer.learn(context)
        return poorer
    }
    report("decide without tags", rules, poorer, rounds)

    let bytes = Array(rulesText.utf8)
    let reading = try medianOfCPU {
        for _ in 0..<200 where try RuleSet(bytes).rules.count != 20 { fatalError("the rules were not read") }
    }
    print("rules, 20 rules, read and compile\t\(Int(200 / reading))\t1/s")
}

private func report(_ name: String, _ rules: RuleSet, _ cases: [Case], _ rounds: Int, target: String = "") {
    var reasons = 0
    let seconds = medianOfCPU {
        for _ in 0..<rounds {
            for input in cases { reasons &+= rules.decide(input, now: "2026-11-21T08:40:00Z").reasons.count }
        }
    }
    guard reasons > 0 else { fatalError("nothing was decided") }
    print("rules, 20 rules, \(name)\t\(Int(Double(rounds * cases.count) / seconds))\t1/s\(target)")
}
