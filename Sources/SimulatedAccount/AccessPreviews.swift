import AWSClient
import AWSOperations
import LosslessJSON
import Policies
import Synchronization

/// A preview that was asked for.
struct SimulatedPreview {
    let analyzer: String
    let resource: String
    let configuration: JSON
    /// How often it is still answered as not ready.
    var looksLeft: Int
}

/// As AWS: only an account analyzer of the resource's own account, and only for types that there are previews of.
extension CreateAccessPreview: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        guard let type = caller.simulated.analyzers[analyzerARN]?.string, ARN(analyzerARN)?.account == caller.account
        else {
            throw caller.refusal("ResourceNotFoundException", "Analyzer not found", 404)
        }
        guard type == "ACCOUNT" else {
            throw caller.refusal("ValidationException", "Access previews need an account analyzer", 400)
        }
        caller.record(
            Self.name,
            isWrite: true,
            [
                ("analyzerArn", .string(analyzerARN)),
                ("configurations", .object(JSONObject([(resource, configuration)]))),
            ]
        )
        let looks = caller.simulated.previews["pending"]?.int ?? 0
        let preview = SimulatedPreview(
            analyzer: analyzerARN,
            resource: resource,
            configuration: configuration,
            looksLeft: looks
        )
        return caller.simulated.state.withLock { state in
            state.previews.append(preview)
            return "preview-\(state.previews.count)"
        }
    }
}

extension GetAccessPreview: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("id", .string(id))])
        guard let preview = caller.look(atPreview: id) else {
            throw caller.refusal("ResourceNotFoundException", "Access preview not found", 404)
        }
        let failure = caller.simulated.previews["failed"]?.string
        let status = preview.looksLeft > 0 ? "CREATING" : failure == nil ? "COMPLETED" : "FAILED"
        return AccessPreviewState(status: status, reason: status == "FAILED" ? failure : nil)
    }
}

/// The findings of the resource as they would be, and what the account's file says would be new.
extension ListAccessPreviewFindings: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("id", .string(id))])
        guard let preview = caller.look(atPreview: id) else {
            throw caller.refusal("ResourceNotFoundException", "Access preview not found", 404)
        }
        let known = caller.simulated.state.withLock { state in
            state.findings.map(\.json).filter { $0["resource"]?.string == preview.resource }
        }
        var findings: [PreviewedFinding] = []
        for json in known {
            guard var object = json.object, let status = object["status"]?.string else { continue }
            let isClosed = status == "ACTIVE" && preview.closes(json)
            object["existingFindingId"] = object["id"]
            object["existingFindingStatus"] = .string(status)
            object["changeType"] = isClosed ? "CHANGED" : "UNCHANGED"
            object["status"] = isClosed ? "RESOLVED" : .string(status)
            if let finding = PreviewedFinding(.object(object)) { findings.append(finding) }
        }
        for new in caller.simulated.previews["new"]?.array ?? [] {
            if let finding = PreviewedFinding(new) { findings.append(finding) }
        }
        return PreviewedFindingPage(findings: findings, nextToken: nil)
    }
}

extension SimulatedCaller {
    fileprivate func look(atPreview id: String) -> SimulatedPreview? {
        simulated.state.withLock { state in
            guard let number = Int(id.dropFirst("preview-".count)), state.previews.indices.contains(number - 1) else {
                return nil
            }
            defer { state.previews[number - 1].looksLeft = max(0, state.previews[number - 1].looksLeft - 1) }
            return state.previews[number - 1]
        }
    }
}

extension SimulatedPreview {
    /// The condition keys that Access Analyzer weighs; a Deny by any other leaves its findings as they are.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
    private static let weighed: Set<String> = [
        "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp", "aws:SourceVpc",
        "aws:SourceVpce", "aws:SourceArn", "aws:SourceAccount", "aws:userid",
    ]

    /// Whether a finding's principal would no longer be let in, as Access Analyzer sees it.
    fileprivate func closes(_ finding: JSON) -> Bool {
        let who = finding["principal"]?.object?.members.first?.value.string ?? ""
        let name = who == "*" ? "all" : who
        if let shared = configuration["ebsSnapshot"] {
            let left = (shared["userIds"]?.array ?? []) + (shared["groups"]?.array ?? [])
            return !left.contains(.string(name))
        }
        if let shared = configuration["rdsDbSnapshot"] ?? configuration["rdsDbClusterSnapshot"] {
            return shared["attributes"]?["restore"]?["accountIds"]?.array?.contains(.string(name)) == false
        }
        let isByACL = finding["sources"]?.array?.allSatisfy { $0["type"]?.string == "BUCKET_ACL" } ?? false
        if let bucket = configuration["s3Bucket"] {
            // Only those that are left are told.
            if isByACL, bucket["bucketAclGrants"] != nil { return true }
            if who == "*", bucket["bucketPublicAccessBlock"]?["restrictPublicBuckets"]?.bool == true { return true }
        }
        guard let text = text(configuration), let document = try? PolicyDocument(text: text),
            let member = finding["principal"]?.object?.members.first, let value = member.value.string
        else { return false }
        let principal = Principal(key: member.key, value: value)
        let actions = finding["action"]?.array?.compactMap(\.string) ?? []
        let known = document.statements.filter { statement in
            let tests = statement.json["Condition"]?.object?.members.map(\.value) ?? []
            let keys = tests.flatMap { $0.object.map { Array($0.keys) } ?? [] }
            return statement.effect == .allow || keys.allSatisfy(Self.weighed.contains)
        }
        let seen = JSONObject([
            ("Version", "2012-10-17"), ("Statement", .array(known.map { .object($0.json) })),
        ])
        guard let weighed = try? PolicyDocument(.object(seen)) else { return false }
        return actions.allSatisfy { action in
            weighed.evaluate(AccessRequest(principal: principal, action: action)).denied > .none
        }
    }

    /// The policy of a configuration: the one text in it.
    private func text(_ json: JSON) -> String? {
        if let text = json.string { return text }
        return json.object?.members.lazy.compactMap { text($0.value) }.first
    }
}
