import AWSClient
import AWSOperations
import Findings
import Handlers
import Logging
import LosslessJSON
import SimulatedAccount
import Synchronization

let account = "123456789012"
let analyzer = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A"
let roleARN = "arn:aws:iam::123456789012:role/Audit"
let topic = "arn:aws:sns:us-east-1:123456789012:gatehouse"

/// Users of foreign accounts by number.
func outsider(_ number: Int) -> String {
    "arn:aws:iam::999988887777:user/User\(number)"
}

func findingID(_ number: Int) -> String {
    "00000000-0000-0000-0000-\(String(1_000_000_000_000 + number).dropFirst())"
}

/// An account with one role that lets in as many outsiders, one finding each.
func world(outsiders: Int, quota: Int = 100_000, faults: JSON = [], afterScan: String = "") throws -> SimulatedAccount {
    let users = (0..<outsiders).map(outsider)
    let findings = users.enumerated().map { number, user -> JSON in
        [
            "analyzerArn": .string(analyzer), "id": .string(findingID(number)), "status": "ACTIVE",
            "resource": .string(roleARN), "resourceType": "AWS::IAM::Role", "principal": ["AWS": .string(user)],
            "action": ["sts:AssumeRole"], "condition": [:], "isPublic": false,
            "resourceOwnerAccount": .string(account), "updatedAt": "2026-11-21T08:00:00Z",
            "statusAfterScan": afterScan.isEmpty ? .null : .string(afterScan),
        ]
    }
    let trust: JSON = [
        "Version": "2012-10-17",
        "Statement": [
            ["Effect": "Allow", "Principal": ["AWS": .array(users.map(JSON.string))], "Action": "sts:AssumeRole"]
        ],
    ]
    return try SimulatedAccount([
        "account": .string(account), "analyzers": .object(JSONObject([(analyzer, "ACCOUNT")])),
        "topics": [.string(topic)], "findings": .array(findings),
        "roles": .object(JSONObject([(roleARN, ["trustPolicy": trust])])),
        "quotas": ["AssumeRolePolicySizeQuota": .int(quota)], "faults": faults,
    ])
}

func environment(
    _ simulated: SimulatedAccount,
    aws: (any AWSCaller)? = nil,
    mode: Settings.Mode = .enforce
) -> HandlerEnvironment {
    var settings = Settings()
    settings.mode = mode
    var environment = HandlerEnvironment(
        settings: settings,
        aws: aws ?? simulated.caller(),
        member: { id, _ in simulated.caller(inAccount: id) },
        ownAccount: OwnAccount(),
        region: simulated.region,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        pause: { _ in await Task.yield() }
    )
    // However slow the machine, no reading is old unless a test says so.
    let start = ContinuousClock.now
    environment.instant = { start }
    return environment
}

/// A case about outsider `number`, with whatever a test adds to it.
func bareCase(_ number: Int, adding more: [(String, JSON)] = []) throws -> Case {
    let finding: JSON = [
        "id": .string(findingID(number)), "kind": "ExternalAccess", "status": "ACTIVE",
        "analyzerArn": .string(analyzer), "resource": .string(roleARN), "resourceType": "AWS::IAM::Role",
        "accountId": .string(account), "region": "us-east-1", "principal": ["AWS": .string(outsider(number))],
        "actions": ["sts:AssumeRole"], "condition": [:], "isPublic": false, "isDeleted": false,
    ]
    return try Case(.object(JSONObject([("finding", finding)] + more)))
}

/// Passes everything on, but does something after each write, as another writer would.
struct Meddler: AWSCaller {
    let caller: SimulatedCaller
    let afterUpdate: @Sendable () async -> Void

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let output = try await caller.call(operation)
        if operation is UpdateAssumeRolePolicy { await afterUpdate() }
        return output
    }
}

/// A count that closures share.
final class Rounds: Sendable {
    let count = Mutex(0)
}

/// Answers the first reads after a write with an older document, as an IAM replica may.
struct BehindReplica: AWSCaller {
    let caller: SimulatedCaller
    let older: String
    let staleReads: Int
    private let reads = Rounds()

    init(caller: SimulatedCaller, older: String, staleReads: Int) {
        self.caller = caller
        self.older = older
        self.staleReads = staleReads
    }

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let output = try await caller.call(operation)
        guard let role = output as? Role else { return output }
        let round = reads.count.withLock { count in
            count += 1
            return count
        }
        guard (2..<(2 + staleReads)).contains(round) else { return output }
        let stale = Role(arn: role.arn, name: role.name, path: role.path, trustPolicy: older, tags: role.tags)
        return stale as? Operation.Output ?? output
    }
}

/// The handlers, as tests call them.
func enrich(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await Pipeline.run(.enrich, on: input, environment)
}

func evaluate(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await Pipeline.run(.evaluate, on: input, environment)
}

func archive(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await Pipeline.run(.archive, on: input, environment)
}

func resolve(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await Pipeline.run(.resolve, on: input, environment)
}

func verify(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await Pipeline.run(.verify, on: input, environment)
}

func notify(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Case {
    try await Pipeline.run(.notify, on: input, environment)
}
