import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// What Access Analyzer's own word means for a case.
enum FindingCheck: Equatable {
    /// It is as the case says.
    case confirmed
    /// It needs nothing any more, and why.
    case over(String)
    /// It is not as the case says, and how.
    case different(String)
}

/// Whether Access Analyzer still has the finding as ACTIVE.
func checkStatus(_ record: FindingRecord) -> FindingCheck {
    record.status == "ACTIVE" ? .confirmed : .over("Access Analyzer has it as \(record.status.printable(limit: 100))")
}

/// Compares a finding of a case with the same finding as Access Analyzer has it now.
///
/// What Access Analyzer leaves out cannot differ.
func check(_ finding: Finding, against record: FindingRecord) -> FindingCheck {
    guard record.id.hasSameBytes(as: finding.id) else {
        return .different("Access Analyzer answered the finding \(record.id.printable(limit: 100))")
    }
    let status = checkStatus(record)
    guard status == .confirmed else { return status }
    if let resource = record.resource, !normalised(resource).hasSameBytes(as: finding.resource.description) {
        return .different("Access Analyzer has the finding for \(normalised(resource))")
    }
    if let error = record.error, !error.isEmpty, finding.error == nil {
        return .different("Access Analyzer can no longer analyse the resource (\(error))")
    }
    if finding.error != nil, record.error ?? "" == "" {
        return .different("Access Analyzer can analyse the resource now")
    }
    let principals = record.principals
    if !principals.isEmpty {
        guard Set(principals) == Set(finding.principals) else {
            let names = principals.map(\.element.value).joined(separator: ", ")
            return .different("Access Analyzer has the finding for the principal \(names)")
        }
    }
    if let actions = record.actions {
        guard Set(actions.map { $0.lowercased() }) == Set(finding.actions.map { $0.lowercased() }) else {
            return .different("Access Analyzer has the finding for the actions \(actions.joined(separator: ", "))")
        }
    }
    return .confirmed
}

/// The same, and all else that rules decide by: nobody looks at an archived finding again.
func checkWhole(_ finding: Finding, against record: FindingRecord) -> FindingCheck {
    let first = check(finding, against: record)
    guard first == .confirmed else { return first }
    if let type = record.findingType, type != finding.kind.rawValue {
        return .different("Access Analyzer has it as a finding of the type \(type.printable(limit: 100))")
    }
    if let type = record.resourceType, normalised(type) != finding.resourceType {
        return .different("Access Analyzer has the finding for the resource type \(type.printable(limit: 100))")
    }
    if let owner = record.ownerAccount, owner != finding.accountID {
        return .different("Access Analyzer has the resource in the account \(owner.printable(limit: 100))")
    }
    if let isPublic = record.isPublic, isPublic != finding.isPublic ?? false {
        return .different("Access Analyzer has the access as \(isPublic ? "public" : "not public")")
    }
    if let condition = record.condition, !isSameCondition(condition, finding.condition) {
        let text = JSON.object(condition).text().printable(limit: 300)
        return .different("Access Analyzer has the access under the condition \(text)")
    }
    return .confirmed
}

/// The order of keys and values, and a list around one value, mean nothing in a condition.
private func isSameCondition(_ left: JSONObject, _ right: JSONObject) -> Bool {
    left.count == right.count
        && left.members.allSatisfy { member in
            right[member.key].map { conditionValues($0) == conditionValues(member.value) } ?? false
        }
}

private func conditionValues(_ json: JSON) -> [String] {
    (json.array ?? [json]).map { $0.string ?? $0.text() }.sorted()
}

extension FindingRecord {
    /// Who has the access; empty where Access Analyzer does not say.
    var principals: [Principal] {
        (principal?.members ?? []).map { Principal(key: $0.key, value: normalised($0.value.string ?? "")) }
    }
}

/// Every ARCHIVED finding of a resource: what people have called intended.
func archivedFindings(
    of resource: String,
    analyzer: ARN,
    region: Region,
    _ aws: any AWSCaller
) async throws(AWSError) -> [FindingRecord] {
    let findings = try await everyPage(.accessAnalyzer, ListFindings.name) { (token) async throws(AWSError) in
        let page = try await aws.call(
            ListFindings(
                analyzerARN: analyzer.description,
                resource: resource,
                status: "ARCHIVED",
                nextToken: token,
                region: region
            )
        )
        return (page.findings, page.nextToken)
    }
    return findings.filter { record in
        record.status == "ARCHIVED" && record.resource.map { normalised($0).hasSameBytes(as: resource) } ?? true
    }
}
