import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// What Access Analyzer's own word means for a case. What Access Analyzer leaves out cannot differ.
enum FindingCheck: Equatable {
    /// It is as the case says.
    case confirmed
    /// It needs nothing any more, and why.
    case over(String)
    /// It is not as the case says, and how.
    case different(String)
}

extension FindingCheck {
    /// Whether the answer is about the finding of a case, and its resource.
    init(identityOf finding: Finding, _ record: FindingRecord) {
        self = .confirmed
        if !record.id.hasSameBytes(as: finding.id) {
            self = .different("Access Analyzer answered the finding \(record.id.printable(limit: 100))")
        } else if let resource = record.resource.map(\.normalised),
            !resource.hasSameBytes(as: finding.resource.description)
        {
            self = .different("Access Analyzer has the finding for \(resource)")
        }
    }

    /// Whether the answer is about the finding, and has it as ACTIVE.
    init(statusOf finding: Finding, _ record: FindingRecord) {
        self.init(identityOf: finding, record)
        guard self == .confirmed, FindingStatus(record.status) != .active else { return }
        self = .over("Access Analyzer has it as \(record.status.printable(limit: 100))")
    }

    /// The same, and whether it has the access as the case does.
    init(accessOf finding: Finding, _ record: FindingRecord) {
        self.init(statusOf: finding, record)
        guard self == .confirmed else { return }
        if let error = record.error, !error.isEmpty, finding.error == nil {
            self = .different("Access Analyzer can no longer analyse the resource (\(error))")
        } else if finding.error != nil, record.error ?? "" == "" {
            self = .different("Access Analyzer can analyse the resource now")
        } else if !record.principals.isEmpty, Set(record.principals) != Set(finding.principals) {
            let names = record.principals.map(\.element.value).joined(separator: ", ")
            self = .different("Access Analyzer has the finding for the principal \(names)")
        } else if let actions = record.actions,
            Set(actions.map { $0.lowercased() }) != Set(finding.actions.map { $0.lowercased() })
        {
            self = .different("Access Analyzer has the finding for the actions \(actions.joined(separator: ", "))")
        }
    }

    /// The same, and all else that rules decide by: nobody looks at an archived finding again.
    init(wholeOf finding: Finding, _ record: FindingRecord) {
        self.init(accessOf: finding, record)
        guard self == .confirmed else { return }
        if let type = record.findingType, type != finding.kind.rawValue {
            self = .different("Access Analyzer has it as a finding of the type \(type.printable(limit: 100))")
        } else if let type = record.resourceType, type.normalised != finding.resourceType.name {
            self = .different("Access Analyzer has the finding for the resource type \(type.printable(limit: 100))")
        } else if let owner = record.ownerAccount, owner != finding.accountID {
            self = .different("Access Analyzer has the resource in the account \(owner.printable(limit: 100))")
        } else if let isPublic = record.isPublic, isPublic != finding.isPublic ?? false {
            self = .different("Access Analyzer has the access as \(isPublic ? "public" : "not public")")
        } else if let condition = record.condition, !condition.isSameCondition(as: finding.condition) {
            let text = JSON.object(condition).text().printable(limit: 300)
            self = .different("Access Analyzer has the access under the condition \(text)")
        }
    }
}

extension JSONObject {
    /// The order of keys and values, and a list around one value, mean nothing in a condition.
    fileprivate func isSameCondition(as other: JSONObject) -> Bool {
        func values(_ json: JSON) -> [String] {
            (json.array ?? [json]).map { $0.string ?? $0.text() }.sorted()
        }
        return count == other.count
            && members.allSatisfy { member in
                other[member.key].map { values($0) == values(member.value) } ?? false
            }
    }
}

extension FindingRecord {
    /// Who has the access; empty where Access Analyzer does not say.
    var principals: [Principal] {
        (principal?.members ?? []).map { Principal(key: $0.key, value: $0.value.string ?? "".normalised) }
    }
}
