import Findings
import Policies

/// What to do by hand when the access is not intended: where it is granted, how to see it and how to take it away.
func resourceSteps(_ input: Case) -> [String] {
    let finding = input.finding
    switch finding.kind {
    case .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword, .unusedPermission:
        return unusedSteps(finding)
    case .externalAccess, .internalAccess:
        break
    }
    if let role = finding.role, role.isOwnedByAWS {
        // AWS refuses every edit of such a role, whoever tries.
        return ["Delete it through its service if it is not needed; otherwise open an AWS case."]
    }
    var steps = policySteps(input)
    if finding.error == "ACCESS_DENIED" {
        steps.append("Find what keeps Access Analyzer out: often a Deny in the resource's policy or a control policy.")
    }
    if finding.kind == .internalAccess {
        steps.append("Internal access needs both sides: the principal's own permissions can be cut instead.")
    }
    if let again = rescanCommand(finding) {
        steps.append("Then ask Access Analyzer to rescan it\(analyzerNote(finding)): \(again)")
    }
    return steps
}

/// Where the analyzer is asked, when that is not the resource's account.
func analyzerNote(_ finding: Finding) -> String {
    guard let analyzer = finding.analyzerARN, analyzer.account != finding.accountID else { return "" }
    return " (in the analyzer's account \(analyzer.account))"
}

private func rescanCommand(_ finding: Finding) -> String? {
    guard finding.kind == .externalAccess, let analyzer = finding.analyzerARN else { return nil }
    return command(
        "aws accessanalyzer start-resource-scan",
        [
            ("--analyzer-arn", analyzer.description), ("--resource-arn", finding.resource.description),
            ("--resource-owner-account", finding.accountID),
        ],
        region: analyzer.region
    )
}

private func policySteps(_ input: Case) -> [String] {
    let finding = input.finding
    let steps = ResourceCommands(finding)
    switch finding.resourceType {
    case .s3Bucket: return bucketSteps(input)
    case .s3DirectoryBucket: return steps.directoryBucket
    case .iamRole: return steps.role
    case .sqsQueue: return steps.queue
    case .snsTopic: return steps.topic
    case .kmsKey: return steps.key
    case .lambdaFunction: return steps.function
    case .lambdaLayerVersion: return steps.layer
    case .secret: return steps.secret
    case .efsFileSystem: return steps.fileSystem
    case .ecrRepository: return steps.repository
    case .ebsSnapshot: return steps.volumeSnapshot
    case .rdsSnapshot: return steps.databaseSnapshot(isCluster: false)
    case .rdsClusterSnapshot: return steps.databaseSnapshot(isCluster: true)
    case .dynamoDBTable, .dynamoDBStream: return steps.table
    default: return ["Remove the principal from the resource's policy, in the console of its service."]
    }
}
