import Basics
import Findings
import LosslessJSON
import Policies

/// Whom a recorded request lets in: the principals of Allow statements in the policies that it holds, and whole values of
/// the members that name somebody outside of policies, such as the accounts that a snapshot is shared with.
struct RequestedAccess {
    private var named: Set<String> = []
    private var namesEverybody = false

    /// Members that name somebody, in lower case; those of ACLs begin with `x-amz-grant`.
    private static let naming: Set<String> = [
        "principal", "userid", "userids", "group", "groups", "groupnames", "valuestoadd", "awsaccountid",
        "awsaccountids", "uri", "id", "x-amz-acl",
    ]

    /// - Parameter request: the record's `requestParameters`.
    init(_ request: JSON?) {
        if let request { read(request, under: "") }
    }

    /// Whether one of these is named: itself, not something of a similar name, and not to be kept out.
    func names(_ principals: [Principal]) -> Bool {
        principals.contains { principal in
            if case .everyone = principal { return namesEverybody }
            return named.contains(Self.account(principal.element.value))
        }
    }

    private mutating func read(_ json: JSON, under key: String) {
        switch json {
        case .string(let text):
            // Most services log a policy as a text of JSON.
            if text.utf8.first == UInt8(ascii: "{"), let policy = try? JSON.parse(text: text) {
                read(policy, under: key)
            } else {
                name(text, under: key)
            }
        case .array(let elements):
            for element in elements { read(element, under: key) }
        case .object(let object):
            guard let statements = object["Statement"] else {
                // What is taken away is let in no longer.
                for member in object.members where member.key != "remove" {
                    // An object below `items` and the like names what its list is about.
                    read(member.value, under: member.key.lowercasedASCII)
                }
                return
            }
            for statement in statements.array ?? [statements] where statement["Effect"]?.string == "Allow" {
                guard let principal = statement["Principal"] else { continue }
                for value in principal.object?.members.map(\.value) ?? [principal] { read(value, under: "principal") }
            }
        default: break
        }
    }

    private mutating func name(_ text: String, under key: String) {
        guard Self.naming.contains(key) || key.hasPrefix("x-amz-grant") else { return }
        named.insert(Self.account(text))
        if text == "*", key == "principal" { namesEverybody = true }
        // To snapshots and in ACLs.
        if text == "all" || text.hasPrefix("public-read") || text.holds("/global/AllUsers") { namesEverybody = true }
    }

    /// An account by its id, however it is spelled.
    private static func account(_ text: String) -> String {
        guard let arn = ARN(text), arn.service == "iam", arn.resource == "root" else { return text }
        return arn.account
    }
}
