import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// What to tell of a change of ours, for all types but roles: how to see it, the AWS CLI way back, what stays open.
struct ResourceChangeGuide {
    let by: ManualSteps
    /// The CloudTrail events that may have opened the access.
    let events: String
    /// What a change does not take back, with its commands.
    var stays: [String] = []

    /// Of a Deny in a policy that the service gives as text.
    ///
    /// - Parameters:
    ///   - read: prints the policy alone.
    ///   - write: puts a policy, which follows `option`.
    ///   - wrapping: what jq makes of the whole policy before it is written; as it is where empty.
    ///   - mayBeSeveral: whether more statements may have been added, whose Sids end in a letter more (`Deny.sids`).
    ///   - removal: removes a policy that was not there before, if nothing was added to it; `nil` where there was one.
    func policy(
        read: Command,
        write: Command,
        option: String,
        wrapping: String = "",
        mayBeSeveral: Bool = false,
        removal: Command? = nil
    ) -> ChangeGuide? {
        guard let sid = Deny.sid(forFinding: by.finding.id), let read = read.text, let write = write.text else {
            return nil
        }
        let ours = mayBeSeveral ? "select(.Sid // \"\" | test(\"^\(sid)[b-z]?$\"))" : "select(.Sid == \"\(sid)\")"
        let filter = "del(.Statement[] | \(ours))\(wrapping)"
        // Where the reading fails nothing is written.
        var undo = "policy=\"$(\(read) | jq -c \(filter.shellQuoted))\" && test -n \"$policy\" && "
        let writing = "\(write) \(option) \"$policy\""
        if let removal = removal?.text {
            let isEmpty = "printf %s \"$policy\" | jq -e \(".Statement == []".shellQuoted) > /dev/null"
            undo += "if \(isEmpty); then \(removal); else \(writing); fi"
        } else {
            undo += writing
        }
        return ChangeGuide(
            check: ChangeCheck(
                command: "\(read) | jq \("[.Statement[] | \(ours)]".shellQuoted)",
                shows: "our Deny (Sid \(sid)) where it is, and [] where it is not"
            ),
            undo: undo,
            afterwards: afterwards,
            isOwnedByAWS: false
        )
    }

    /// Of something that leaves no mark in the resource.
    ///
    /// - Parameter shows: what the reading command prints once the change is made.
    func change(check: Command, shows: String, undo: Command) -> ChangeGuide? {
        change(check: check, shows: shows, undo: [undo.text])
    }

    /// The same with several commands, one after the other; an absent one cannot be shown.
    func change(check: Command, shows: String, undo commands: [String?]) -> ChangeGuide? {
        guard let check = check.text, !commands.isEmpty, !commands.contains(nil) else { return nil }
        let undo = commands.compactMap { $0 }.joined(separator: " && ")
        return ChangeGuide(
            check: ChangeCheck(command: check, shows: shows),
            undo: undo,
            afterwards: afterwards,
            isOwnedByAWS: false
        )
    }

    private var afterwards: [String] {
        ["Who let this principal in, and why: CloudTrail events \(events)."] + stays + [
            "If the access is intended: FIRST add an archive rule (README, Rules), then undo. Otherwise the next finding is "
                + "blocked again.",
            "If code manages the resource (CloudFormation, Terraform), fix it there too: the next deployment takes our change "
                + "out.",
        ]
    }
}
