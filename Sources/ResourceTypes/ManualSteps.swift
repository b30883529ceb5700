import Basics
import Findings
import Messages
import Policies

/// What the steps by hand have in common, whatever the type.
///
/// Words in capitals (STATEMENT_ID) are for the reader to fill in from what the first command shows. A command that takes
/// more away than the finding stands last, says so, and what it takes away has been saved by then.
struct ManualSteps {
    let finding: Finding
    let arn: String
    /// The ARN's resource part from behind its last `/` or `:`.
    let name: String
    let region: String

    init(_ finding: Finding) {
        self.finding = finding
        arn = finding.resource.description
        let resource = finding.resource.resource
        name = resource.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? resource
        region = finding.resource.region.isEmpty ? finding.region : finding.resource.region
    }

    func aws(_ words: String, _ arguments: [(option: String, value: String)]) -> Command {
        Command("aws \(words)", arguments, region: region)
    }

    /// What `aws` prints of a policy alone.
    func text(_ member: String) -> [(option: String, value: String)] {
        [("--query", member), ("--output", "text")]
    }

    let writeBack = "Write it back without the statement, from a copy in policy-after.json"
    let removeStatement = "Take a statement out by its Sid"
    let removeAll = "This removes EVERY statement, also access you intend"

    /// The ARN up to its resource part.
    var prefix: String {
        let arn = finding.resource
        return "arn:\(arn.partition):\(arn.service):\(arn.region):\(arn.account):"
    }

    /// How to find what the next command wants, where the finding does not say it.
    var placeholderNote: String {
        isForEveryone || finding.principals.first?.account != nil ? "" : " (ACCOUNT_ID below is one of these)"
    }

    var isForEveryone: Bool {
        finding.isPublic == true || finding.principals.contains(.everyone)
    }

    /// What a snapshot's sharing shows once we have changed it.
    var noLongerShared: String {
        "with whom it is shared, where \(isForEveryone ? "all" : sharedWith) is no longer"
    }

    /// The account that a snapshot is shared with.
    var sharedWith: String {
        finding.principals.first?.account ?? "ACCOUNT_ID"
    }
}

extension ARN {
    /// The resource part without `prefix`, whole where it does not begin so.
    func name(after prefix: String) -> String {
        resource.hasPrefix(prefix) ? String(resource.dropFirst(prefix.count)) : resource
    }

    /// The same for a page of the console; `nil` where the resource part does not begin so.
    func segment(after prefix: String) -> String? {
        resource.hasPrefix(prefix) ? PercentEncoding.segment(name(after: prefix)) : nil
    }
}
