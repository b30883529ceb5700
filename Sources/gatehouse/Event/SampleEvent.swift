import AWSClient
import Basics
import Findings
import LosslessJSON
import Policies

/// An event as EventBridge hands it on, and an account in which what it reports is so.
struct SampleEvent {
    let sample: SampleType
    let kind: FindingKind
    let principal: SamplePrincipal
    let region: Region
    let account: String
    let findingID: String
    let eventID: String
    let actions: [String]
    let time: Timestamp

    /// Whose access is reported: somebody outside, or for internal access a role of the account itself.
    private var element: (key: String, value: String) {
        guard kind == .externalAccess else {
            return ("AWS", "arn:\(region.partition.rawValue):iam::\(account):role/ExampleApplication")
        }
        return principal.element(region.partition, foreign: Self.foreign(to: account))
    }

    private var isPublic: Bool { kind == .externalAccess && principal == .public }

    private var analyzer: String {
        "arn:\(region.partition.rawValue):access-analyzer:\(region.name):\(account):analyzer/ExampleAnalyzer"
    }

    private var topic: String { "arn:\(region.partition.rawValue):sns:\(region.name):\(account):gatehouse" }

    /// An account of AWS's examples that is another one.
    private static func foreign(to account: String) -> String {
        account == "999988887777" ? "111122223333" : "999988887777"
    }

    /// The event.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
    var json: JSON {
        let detailType =
            switch kind {
            case .externalAccess: "Access Analyzer Finding"
            case .internalAccess: "Internal Access Finding"
            default: "Unused Access Finding for IAM entities"
            }
        return [
            "version": "0", "id": .string(eventID), "detail-type": .string(detailType), "source": "aws.access-analyzer",
            "account": .string(account), "time": .string(time.extended), "region": .string(region.name),
            "resources": [.string(analyzer)], "detail": .object(detail),
        ]
    }

    private var detail: JSONObject {
        let times: [(String, JSON)] = ["createdAt", "analyzedAt", "updatedAt"].map { ($0, .string(time.extended)) }
        let resource: [(String, JSON)] = [
            ("resourceType", .string(sample.type.name)), ("resource", .string(sample.arn)),
            ("accountId", .string(account)),
        ]
        switch kind {
        case .externalAccess:
            return JSONObject(
                [("version", "1.0"), ("id", .string(findingID)), ("status", "ACTIVE")] + resource
                    + [("region", .string(region.name))] + times + access
            )
        case .internalAccess:
            return JSONObject(
                [
                    ("version", "1.0"), ("id", .string(findingID)), ("findingType", .string(kind.rawValue)),
                    ("status", "ACTIVE"),
                ] + resource + [("region", .string(region.name))] + times + access + [
                    ("accessType", "INTRA_ACCOUNT"), ("principalOwnerAccount", .string(account)),
                    ("principalType", "IAM_ROLE"), ("resourceControlPolicyRestrictionType", "NOT_APPLICABLE"),
                    ("serviceControlPolicyRestrictionType", "NOT_APPLICABLE"),
                ]
            )
        case .unusedIAMRole, .unusedIAMUserAccessKey, .unusedIAMUserPassword, .unusedPermission:
            let counts: [(String, JSON)] =
                kind == .unusedPermission ? [("numberOfUnusedServices", 1), ("numberOfUnusedActions", 4)] : []
            return JSONObject(
                [("findingId", .string(findingID)), ("findingType", .string(kind.rawValue))] + resource + [
                    ("previousStatus", ""), ("status", "ACTIVE"), ("version", .string(eventID)), ("isDeleted", false),
                ] + counts + times
            )
        }
    }

    private var access: [(String, JSON)] {
        [
            ("principal", principalJSON), ("action", .array(actions.map(JSON.string))), ("condition", [:]),
            ("isPublic", .bool(isPublic)), ("isDeleted", false),
        ]
    }

    private var principalJSON: JSON { .object(JSONObject([(element.key, .string(element.value))])) }

    /// An account's file in which the resource gives the access, in enforce mode with a topic.
    var accountFile: JSON {
        var file = JSONObject([
            ("description", .string("Where a sample event is true: \(sample.type.words ?? sample.type.name)")),
            ("account", .string(account)), ("region", .string(region.name)),
            ("environment", ["GATEHOUSE_MODE": "enforce", "GATEHOUSE_TOPIC_ARN": .string(topic)]),
            ("topics", [.string(topic)]),
            ("analyzers", .object(JSONObject([(analyzer, .string(analyzerType))]))),
            ("findings", [finding]),
        ])
        if sample.type == .iamRole {
            file["roles"] = .object(JSONObject([(sample.arn, ["tags": [:], "trustPolicy": policy(naming: nil)])]))
        } else {
            var resources = JSONObject([(sample.arn, state)])
            if let tagged = sample.tagged { resources[tagged] = ["tags": [:]] }
            file["resources"] = .object(resources)
        }
        return .object(file)
    }

    private var analyzerType: String {
        switch kind {
        case .externalAccess: "ACCOUNT"
        case .internalAccess: "ACCOUNT_INTERNAL_ACCESS"
        default: "ACCOUNT_UNUSED_ACCESS"
        }
    }

    /// As GetFinding answers.
    private var finding: JSON {
        var finding = JSONObject([
            ("analyzerArn", .string(analyzer)), ("id", .string(findingID)), ("status", "ACTIVE"),
            ("resource", .string(sample.arn)), ("resourceType", .string(sample.type.name)),
            ("resourceOwnerAccount", .string(account)),
        ])
        if kind != .externalAccess { finding["findingType"] = .string(kind.rawValue) }
        if kind == .externalAccess || kind == .internalAccess {
            for (key, value) in access where key != "isDeleted" { finding[key] = value }
        }
        return .object(finding)
    }

    private var state: JSON {
        switch sample.sharing {
        case .policy(let resource):
            guard sample.type != .iamUser else { return ["tags": [:]] }
            return ["tags": [:], "policy": policy(naming: resource)]
        case .list:
            return [
                "tags": [:], "owner": .string(account),
                "sharedWith": kind == .externalAccess ? [.string(isPublic ? "all" : element.value)] : [],
            ]
        }
    }

    /// The access of the owner's account, and the one that is reported.
    private func policy(naming resources: [String]?) -> JSON {
        func root(_ account: String) -> JSON {
            ["AWS": .string("arn:\(region.partition.rawValue):iam::\(account):root")]
        }
        var statements = [statement("Own", root(account), sample.actions, resources)]
        if kind == .externalAccess || kind == .internalAccess {
            let isAccount = kind == .externalAccess && principal == .account
            let who = isAccount ? root(element.value) : principalJSON
            statements.append(
                statement("Reported", isPublic && sample.type != .iamRole ? "*" : who, actions, resources)
            )
        }
        return ["Version": "2012-10-17", "Statement": .array(statements)]
    }

    private func statement(_ sid: String, _ principal: JSON, _ actions: [String], _ resources: [String]?) -> JSON {
        var statement = JSONObject([
            ("Sid", .string(sid)), ("Effect", "Allow"), ("Principal", principal), ("Action", .oneOrMany(actions)),
        ])
        if let resources { statement["Resource"] = .oneOrMany(resources) }
        return .object(statement)
    }
}

extension JSON {
    /// One text alone, and several as a list: so services write their policies, and Lambda's take no other.
    fileprivate static func oneOrMany(_ texts: [String]) -> JSON {
        texts.count == 1 ? .string(texts[0]) : .array(texts.map(JSON.string))
    }
}

extension String {
    /// A random id as AWS writes them: version 4 of RFC 9562, in lower case.
    static func randomUUID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }

    /// Whether it is an id of five groups of hexadecimal digits.
    var isUUID: Bool {
        let groups = split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.joined().utf8.allSatisfy(\.isHexDigitASCII)
    }
}

extension UInt8 {
    fileprivate var isHexDigitASCII: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
