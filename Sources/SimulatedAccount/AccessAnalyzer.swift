import AWSClient
import AWSOperations
import LosslessJSON
import Policies
import Synchronization

extension GetFinding: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("id", .string(id)), ("analyzerArn", .string(analyzerARN))])
        guard let json = caller.finding(id, analyzerARN), let record = FindingRecord(json) else {
            throw caller.noSuchFinding()
        }
        return record
    }
}

extension ListFindings: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let asked = [("resource", resource), ("resourceOwnerAccount", ownerAccount), ("status", status)]
        caller.record(Self.name, asked.compactMap { key, value in value.map { (key, .string($0)) } })
        let findings = caller.findings(of: analyzerARN, status, ownedBy: ownerAccount).filter { json in
            resource.map { json["resource"]?.string == $0 } ?? true
        }
        return FindingPage(findings: findings.compactMap(FindingRecord.init), nextToken: nil, listed: findings)
    }
}

extension ListFindingsV2: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let asked = [("resourceOwnerAccount", ownerAccount), ("status", status)]
        caller.record(Self.name, asked.compactMap { key, value in value.map { (key, .string($0)) } })
        let listed = caller.findings(of: analyzerARN, status, ownedBy: ownerAccount)
        return FindingPage(findings: [], nextToken: nil, listed: listed)
    }
}

extension ListAnalyzers: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [])
        let own = caller.simulated.analyzers.members.filter { member in
            ARN(member.key).map { $0.region == region.name && $0.account == caller.account } ?? true
        }
        return AnalyzerPage(
            analyzers: own.map { member in
                Analyzer(arn: member.key, type: member.value.string ?? "ACCOUNT", status: "ACTIVE")
            },
            nextToken: nil
        )
    }
}

extension GetFindingV2: SimulatedOperation {
    /// Keys that are answered inside the finding's details.
    private static let detailKeys = [
        "principal", "action", "condition", "isPublic", "sources", "resourceControlPolicyRestriction",
    ]

    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("id", .string(id)), ("analyzerArn", .string(analyzerARN))])
        guard let json = caller.finding(id, analyzerARN)?.object else { throw caller.noSuchFinding() }
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
        guard let record = FindingRecord(.object(whole)) else { throw caller.noSuchFinding() }
        let all = details ?? []
        let (range, next) = caller.page(nextToken, of: all.count)
        return FindingV2(
            record: record,
            findingType: type,
            details: Array(all[range]),
            nextToken: next,
            updatedAt: json["updatedAt"]?.string,
            analyzedAt: json["analyzedAt"]?.string
        )
    }
}

extension UpdateFindings: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let isKnown = caller.simulated.state.withLock { state -> Bool in
            let indices = ids.map { id in
                state.findings.firstIndex { $0.analyzer == analyzerARN && $0.json["id"]?.string == id }
            }
            guard indices.allSatisfy({ $0 != nil }) else { return false }
            for case let index? in indices { state.findings[index].setStatus(status) }
            return true
        }
        guard isKnown else { throw caller.noSuchFinding() }
        caller.record(
            Self.name,
            isWrite: true,
            [
                ("analyzerArn", .string(analyzerARN)), ("ids", .array(ids.map(JSON.string))),
                ("status", .string(status)),
            ]
        )
    }
}

/// A finding with `statusAfterScan` in the file takes that status when its resource is scanned.
extension StartResourceScan: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(
            Self.name,
            [
                ("analyzerArn", .string(analyzerARN)), ("resourceArn", .string(resource)),
                ("resourceOwnerAccount", .string(ownerAccount)),
            ]
        )
        caller.simulated.state.withLock { state in
            for index in state.findings.indices where state.findings[index].isChangedByScan(self) {
                if let status = state.findings[index].json["statusAfterScan"]?.string {
                    state.findings[index].setStatus(status)
                }
            }
        }
    }
}

extension SimulatedCaller {
    fileprivate func findings(of analyzer: String, _ status: String, ownedBy account: String?) -> [JSON] {
        simulated.state.withLock { state in
            state.findings.filter { $0.analyzer == analyzer && $0.json["status"]?.string == status }.map(\.json)
                .filter { json in account.map { json["resourceOwnerAccount"]?.string == $0 } ?? true }
        }
    }

    fileprivate func finding(_ id: String, _ analyzer: String) -> JSON? {
        simulated.state.withLock { state in
            state.findings.first { $0.analyzer == analyzer && $0.json["id"]?.string == id }?.json
        }
    }

    fileprivate func noSuchFinding() -> AWSError {
        refusal("ResourceNotFoundException", "Finding not found", 404)
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
