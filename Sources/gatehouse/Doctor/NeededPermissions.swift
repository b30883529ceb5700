import AWSClient
import Basics

/// What the functions' roles need in the mode that they are in: what stops the work where it is missing.
struct NeededPermissions {
    let deployment: Deployment
    let region: Region
    let account: String

    /// Some actions of one function on one resource.
    struct Question {
        let function: FunctionConfiguration
        let actions: [String]
        let resource: String
    }

    /// What blocking and undoing both call to change a resource of the type, and the ARN of such a resource after the
    /// partition, with `R` for the region and `A` for the account.
    private static let changes: [(type: String, actions: [String], resource: String)] = [
        ("AWS::DynamoDB::Stream", ["dynamodb:PutResourcePolicy"], "dynamodb:R:A:table/doctor/stream/2026-11-21"),
        ("AWS::DynamoDB::Table", ["dynamodb:PutResourcePolicy"], "dynamodb:R:A:table/doctor"),
        ("AWS::EC2::Snapshot", ["ec2:ModifySnapshotAttribute"], "ec2:R::snapshot/snap-00000000000000000"),
        ("AWS::ECR::Repository", ["ecr:SetRepositoryPolicy"], "ecr:R:A:repository/doctor"),
        ("AWS::EFS::FileSystem", ["elasticfilesystem:PutFileSystemPolicy"], "elasticfilesystem:R:A:file-system/fs-0"),
        ("AWS::IAM::Role", ["iam:GetRole", "iam:UpdateAssumeRolePolicy"], "iam::A:role/doctor"),
        ("AWS::KMS::Key", ["kms:PutKeyPolicy"], "kms:R:A:key/00000000-0000-4000-8000-000000000000"),
        ("AWS::Lambda::Function", ["lambda:RemovePermission"], "lambda:R:A:function:doctor"),
        ("AWS::RDS::DBClusterSnapshot", ["rds:ModifyDBClusterSnapshotAttribute"], "rds:R:A:cluster-snapshot:doctor"),
        ("AWS::RDS::DBSnapshot", ["rds:ModifyDBSnapshotAttribute"], "rds:R:A:snapshot:doctor"),
        ("AWS::S3::Bucket", ["s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock"], "s3:::gatehouse-doctor"),
        ("AWS::S3Express::DirectoryBucket", ["s3express:PutBucketPolicy"], "s3express:R:A:bucket/doctor"),
        ("AWS::SNS::Topic", ["sns:SetTopicAttributes"], "sns:R:A:doctor"),
        ("AWS::SQS::Queue", ["sqs:SetQueueAttributes"], "sqs:R:A:doctor"),
        ("AWS::SecretsManager::Secret", ["secretsmanager:PutResourcePolicy"], "secretsmanager:R:A:secret:doctor"),
    ]

    /// Everything to ask, function by function.
    var questions: [Question] {
        deployment.functions.flatMap { function in
            // The page is served by a handler of the same name and does less.
            isPage(function) ? [] : needs(function).map { Question(function: function, actions: $0, resource: $1) }
        }
    }

    private func isPage(_ function: FunctionConfiguration) -> Bool {
        guard let page = deployment.resource("ApprovalPageFunction") else { return false }
        return function.arn.hasSuffix(":\(page)")
    }

    private func needs(_ function: FunctionConfiguration) -> [(actions: [String], resource: String)] {
        let settings = function.environment ?? [:]
        let mode = settings["GATEHOUSE_MODE"] ?? ""
        let ledger = settings["GATEHOUSE_LEDGER_TABLE"] ?? ""
        let isObserving = mode.isEmpty || mode == "observe"
        // What somebody has approved is changed as well.
        let acts = mode == "enforce" || (mode == "approve" && !ledger.isEmpty)
        var needs: [(actions: [String], resource: String)] = []
        let handler = function.handler
        let analyzer = arn("access-analyzer:R:A:analyzer/doctor")
        if ["enrich", "archive", "resolve", "verify", "rollback", "preview", "respond", "sweep"].contains(handler) {
            needs.append((["access-analyzer:GetFinding"], analyzer))
        }
        if handler == "archive" || handler == "respond", !isObserving {
            needs.append((["access-analyzer:UpdateFindings"], analyzer))
        }
        let topic = settings["GATEHOUSE_TOPIC_ARN"] ?? ""
        if ["notify", "approve", "respond"].contains(handler), !topic.isEmpty {
            needs.append((["sns:Publish"], topic))
        }
        if ["notify", "approve", "respond"].contains(handler) {
            let (chat, bus) = (settings["GATEHOUSE_CHAT_TOPIC_ARN"] ?? "", settings["GATEHOUSE_EVENT_BUS"] ?? "")
            if !chat.isEmpty { needs.append((["sns:Publish"], chat)) }
            if !bus.isEmpty {
                needs.append((["events:PutEvents"], bus.hasPrefix("arn:") ? bus : arn("events:R:A:event-bus/\(bus)")))
            }
        }
        if handler == "enrich" || handler == "respond", settings["GATEHOUSE_WHO_DID_IT"] == "on" {
            needs.append((["cloudtrail:LookupEvents"], "*"))
        }
        if ["notify", "approve", "resolve", "rollback", "respond"].contains(handler), ledger.hasPrefix("arn:") {
            needs.append((["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], ledger))
        }
        if handler == "rollback" || (acts && (handler == "resolve" || handler == "respond")) {
            let types = (settings["GATEHOUSE_BLOCKED_TYPES"] ?? "").split(separator: ",").map(String.init)
            needs += Self.changes.filter { types.contains($0.type) }.map { ($0.actions, arn($0.resource)) }
        }
        return needs
    }

    private func arn(_ rest: String) -> String {
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false).map { part in
            part == "R" ? region.name : part == "A" ? account : String(part)
        }
        return "arn:\(region.partition.rawValue):\(parts.joined(separator: ":"))"
    }
}
