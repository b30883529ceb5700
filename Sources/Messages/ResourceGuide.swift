package import Findings

/// What only a resource's type knows to tell about it; `ResourceTypes` has it for each type.
package protocol ResourceGuide: Sendable {
    /// The name that people know the resource of a case under.
    func name(_ input: Case) -> String
    /// The page of the console that shows who has access, behind the console's domain; `nil` where it is not known.
    func consolePath(_ finding: Finding, region: String) -> String?
    /// How to see and take away an access by hand, a step each.
    func steps(_ input: Case) -> [String]
    /// What to tell of a change of ours; `nil` where this version makes none of such a resource.
    func change(_ input: Case) -> ChangeGuide?
}

/// What a message tells of a change that we make of one resource, or would.
package struct ChangeGuide: Sendable {
    /// How to see whether the change is there; `nil` where that command cannot be shown.
    package let check: ChangeCheck?
    /// The plain AWS CLI way back, for a POSIX shell; `nil` where there is none that takes out ours alone.
    package let undo: String?
    /// What to look at once the access is blocked, a sentence or two each.
    package let afterwards: [String]
    /// Whether only AWS may change the resource.
    package let isOwnedByAWS: Bool

    package init(check: ChangeCheck?, undo: String?, afterwards: [String], isOwnedByAWS: Bool) {
        self.check = check
        self.undo = undo
        self.afterwards = afterwards
        self.isOwnedByAWS = isOwnedByAWS
    }
}

/// How to see whether our change is in a resource.
package struct ChangeCheck: Sendable {
    /// Prints the part of the policy that the change would be in.
    package let command: String
    /// What that is, in the middle of a sentence.
    package let shows: String

    package init(command: String, shows: String) {
        self.command = command
        self.shows = shows
    }

    /// The same as a step.
    var step: String {
        "Whether our change is there: this prints \(shows): \(command)"
    }
}
