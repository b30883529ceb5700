import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Policies

/// A policy that gives a role its permissions.
struct AttachedPolicy: Sendable {
    /// Its name, or its ARN where it is a managed one.
    let name: String
    /// IAM's own id (`ANPA…`) of a managed one, where it is told.
    let id: String?
    let isManaged: Bool
    let text: String

    /// In a sentence.
    var words: String {
        "\(isManaged ? "managed policy" : "inline policy") \(name.printable(limit: 300))"
    }

    /// Whether AWS means this one: by its ARN, id or name, whichever it says.
    func isMeant(by existing: String) -> Bool {
        if [name, id].contains(existing) { return true }
        guard isManaged, let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
        return String(name[name.utf8.index(after: slash)...]) == existing
    }

    /// Everything that is attached to a role: inline and managed, in the order in which IAM lists it.
    static func all(ofRole role: RoleARN, _ aws: any AWSCaller) async throws(AWSError) -> [AttachedPolicy] {
        guard let partition = Partition(rawValue: role.partition) else {
            throw AWSError(kind: .rejected, message: "the partition \(role.partition) is not supported")
        }
        var policies: [AttachedPolicy] = []
        let names = try await aws.everyPage(of: ListRolePolicies.self) { (token) throws(AWSError) in
            let page = try await aws.call(ListRolePolicies(roleName: role.name, marker: token, partition: partition))
            return (page.names, page.next)
        }
        for name in names {
            let operation = GetRolePolicy(roleName: role.name, policyName: name, partition: partition)
            policies.append(AttachedPolicy(name: name, id: nil, isManaged: false, text: try await aws.call(operation)))
        }
        let arns = try await aws.everyPage(of: ListAttachedRolePolicies.self) { (token) throws(AWSError) in
            let operation = ListAttachedRolePolicies(roleName: role.name, marker: token, partition: partition)
            let page = try await aws.call(operation)
            return (page.arns, page.next)
        }
        for arn in arns {
            let policy = try await aws.call(GetPolicy(arn: arn, partition: partition))
            let text = try await aws.call(GetPolicyVersion(arn: arn, version: policy.version, partition: partition))
            policies.append(AttachedPolicy(name: arn, id: policy.id, isManaged: true, text: text))
        }
        return policies
    }
}

/// A policy's text as it is read and compared: JSON in one form, or what it is, in printable text.
enum PolicyText {
    static func pretty(_ text: String) -> String {
        ((try? JSON.parse(text: text))?.text(.pretty) ?? text.printable(limit: 100_000)) + "\n"
    }

    /// The difference of two policies; `nil` stands for none.
    static func diff(_ before: String?, _ after: String?) -> String {
        UnifiedDiff.text(before.map(pretty) ?? "", after.map(pretty) ?? "")
    }
}
