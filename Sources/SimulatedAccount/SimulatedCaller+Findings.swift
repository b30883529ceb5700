import AWSClient
import AWSOperations
import LosslessJSON
import Synchronization

/// Findings of every kind, and what changes them.
///
/// A finding's status is what the file says; one with `statusAfterScan` takes that one when its resource is scanned.
extension SimulatedCaller {
    /// Keys that GetFindingV2 answers inside the finding's details.
    private static let detailKeys = [
        "principal", "action", "condition", "isPublic", "sources", "resourceControlPolicyRestriction",
    ]

    func getFindingV2(_ operation: GetFindingV2) throws(AWSError) -> FindingV2 {
        record("GetFindingV2", [("id", .string(operation.id)), ("analyzerArn", .string(operation.analyzerARN))])
        guard let json = finding(operation.id, operation.analyzerARN)?.object else { throw notFound() }
        let type = json["findingType"]?.string ?? "ExternalAccess"
        var details = json["findingDetails"]?.array
        if details == nil {
            var detail = JSONObject()
            for key in Self.detailKeys { detail[key] = json[key] }
            let name = type == "InternalAccess" ? "internalAccessDetails" : "externalAccessDetails"
            details = detail.isEmpty ? [] : [.object(JSONObject([(name, .object(detail))]))]
        }
        var whole = json
        whole["findingType"] = .string(type)
        for key in Self.detailKeys { whole[key] = nil }
        guard let record = FindingRecord(.object(whole)) else { throw notFound() }
        let all = details ?? []
        let (range, next) = page(operation.nextToken, of: all.count)
        return FindingV2(
            record: record,
            findingType: type,
            details: Array(all[range]),
            nextToken: next,
            updatedAt: json["updatedAt"]?.string,
            analyzedAt: json["analyzedAt"]?.string
        )
    }

    func updateFindings(_ operation: UpdateFindings) throws(AWSError) {
        let isKnown = simulated.state.withLock { state -> Bool in
            let places = operation.ids.map { id in
                state.findings.firstIndex { $0.analyzer == operation.analyzerARN && $0.json["id"]?.string == id }
            }
            guard places.allSatisfy({ $0 != nil }) else { return false }
            for case let place? in places { state.findings[place].setStatus(operation.status) }
            return true
        }
        guard isKnown else { throw notFound() }
        record(
            "UpdateFindings",
            isWrite: true,
            [
                ("analyzerArn", .string(operation.analyzerARN)), ("ids", .array(operation.ids.map(JSON.string))),
                ("status", .string(operation.status)),
            ]
        )
    }

    func startResourceScan(_ operation: StartResourceScan) {
        record(
            "StartResourceScan",
            [
                ("analyzerArn", .string(operation.analyzerARN)), ("resourceArn", .string(operation.resource)),
                ("resourceOwnerAccount", .string(operation.ownerAccount)),
            ]
        )
        simulated.state.withLock { state in
            for place in state.findings.indices where state.findings[place].isChangedByScan(operation) {
                if let status = state.findings[place].json["statusAfterScan"]?.string {
                    state.findings[place].setStatus(status)
                }
            }
        }
    }

    private func finding(_ id: String, _ analyzer: String) -> JSON? {
        simulated.state.withLock { state in
            state.findings.first { $0.analyzer == analyzer && $0.json["id"]?.string == id }?.json
        }
    }

    private func notFound() -> AWSError {
        AWSError(kind: .notFound, code: "ResourceNotFoundException", message: "Finding not found", status: 404)
    }
}

extension SimulatedFinding {
    fileprivate mutating func setStatus(_ status: String) {
        guard var object = json.object else { return }
        object["status"] = .string(status)
        json = .object(object)
    }

    fileprivate func isChangedByScan(_ operation: StartResourceScan) -> Bool {
        analyzer == operation.analyzerARN && json["resource"]?.string == operation.resource
    }
}
