import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Logging
import LosslessJSON
import SimulatedAccount
import Synchronization

let queueARN = "arn:aws:sqs:us-east-1:123456789012:orders"
let keyARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

/// Answers some operations by itself and passes the others on.
struct StubCaller: AWSCaller {
    typealias Answer = @Sendable (any AWSOperation) async throws(AWSError) -> (any Sendable)?

    let caller: any AWSCaller
    let answer: Answer

    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        if let output = try await answer(operation) as? Operation.Output { return output }
        return try await caller.call(operation)
    }
}

/// Never answers, as a service that has gone away; ends only when it is cancelled.
func hang() async throws(AWSError) {
    do {
        try await Task.sleep(for: .seconds(600))
    } catch {
        throw AWSError(kind: .cancelled, message: "cancelled")
    }
}

/// An account with these resources and an ACTIVE finding of one.
func world(
    _ resources: JSON,
    findingOf resource: String,
    type: String,
    organization: JSON? = ["accounts": ["123456789012": ["name": "workloads"]]]
) throws -> SimulatedAccount {
    var account = JSONObject([
        ("account", .string(account)), ("resources", resources),
        (
            "findings",
            [
                [
                    "analyzerArn": .string(analyzer), "id": .string(findingID(0)), "status": "ACTIVE",
                    "resource": .string(resource), "resourceType": .string(type),
                ]
            ]
        ),
    ])
    if let organization { account["organization"] = organization }
    return try SimulatedAccount(.object(account))
}

/// A case about a resource of our account and a principal of another.
func resourceCase(_ resource: String, _ type: String, context: JSON? = nil) throws -> Case {
    var members: [(String, JSON)] = [
        (
            "finding",
            [
                "id": .string(findingID(0)), "kind": "ExternalAccess", "status": "ACTIVE",
                "analyzerArn": .string(analyzer), "resource": .string(resource), "resourceType": .string(type),
                "accountId": .string(account), "region": "us-east-1", "principal": ["AWS": "999988887777"],
                "actions": ["sqs:SendMessage"], "condition": [:], "isPublic": false, "isDeleted": false,
            ]
        )
    ]
    if let context { members.append(("context", context)) }
    return try Case(.object(JSONObject(members)))
}

extension Case {
    /// The reasons of what is unavailable, by key.
    var gaps: [String: String] {
        Dictionary(unavailable.map { ($0.what, $0.why) }) { first, _ in first }
    }
}

/// A clock that tests turn.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_795_250_400)

    var now: Timestamp { Timestamp(secondsSinceEpoch: seconds.withLock { $0 }) }

    func advance(_ by: Int64) {
        seconds.withLock { $0 += by }
    }
}
