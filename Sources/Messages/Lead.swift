import Basics
package import Findings
import LosslessJSON
import Policies
import Rules

/// The first four lines of a message: how the access stands, how bad it is and what Gatehouse did, what to do now, and
/// where the finding is. Whoever reads no further knows enough to act.
package struct Lead {
    let lines: [String]

    /// - Parameter isInvitation: whether what follows says how to decide.
    init(_ input: Case, _ guide: any ResourceGuide, isInvitation: Bool = false) {
        let doNow =
            isInvitation
            ? "decide whether the access is to be blocked (below, \"How to decide\")." : Lead.doNow(input, guide)
        lines =
            [
                Lead.state(input, guide),
                "Severity \(Severity(input).rawValue). \(OutcomeWords(input).sentences)",
                "Do now: \(doNow)",
            ] + (Lead.link(input.finding).map { ["Finding: \($0)"] } ?? [])
    }

    // MARK: How the access stands

    /// Who can do what, and where, as a sentence without its state.
    package static func sentence(_ input: Case, _ guide: any ResourceGuide) -> String {
        let sentence = "\(access(input, .open, guide))\(place(input))."
        return sentence.prefix(1).uppercased() + sentence.dropFirst()
    }

    private static func state(_ input: Case, _ guide: any ResourceGuide) -> String {
        let state = AccessState(input)
        let beginning =
            switch state {
            case .stillOpen: "STILL OPEN AFTER THE CHANGE"
            case .unknown: "UNKNOWN - CHECK NOW"
            default: state.words
            }
        return "\(beginning): \(access(input, state, guide))\(place(input))."
    }

    private static func access(_ input: Case, _ state: AccessState, _ guide: any ResourceGuide) -> String {
        let finding = input.finding
        let what = resource(input, guide)
        guard finding.error == nil else { return "Access Analyzer cannot analyse \(what)" }
        switch finding.kind {
        case .externalAccess, .internalAccess: break
        case .unusedIAMRole: return "nobody uses \(what)"
        case .unusedIAMUserAccessKey: return "nobody uses an access key of \(what)"
        case .unusedIAMUserPassword: return "nobody uses the password of \(what)"
        case .unusedPermission: return "\(what) has permissions that it does not use"
        }
        let who = NamedThing(principalOf: finding)?.text ?? "somebody"
        let verb = AccessVerb(finding).text
        let shown = finding.actions.prefix(3).map { $0.printable(limit: 60) }.joined(separator: ", ")
        let more = finding.actions.count > 3 ? " and \(finding.actions.count - 3) more" : ""
        let actions = finding.actions.isEmpty ? "" : " (\(shown)\(more))"
        return switch state {
        case .open where input.outcome?.isStale == true:
            "it was reported that \(who) can \(verb) \(what)\(actions)"
        case .open, .stillOpen: "\(who) can \(verb) \(what)\(actions)"
        case .undone: "\(who) can \(verb) \(what) again\(actions)"
        case .unknown: "perhaps \(who) can \(verb) \(what)\(actions)"
        case .blocked, .notYetVerified: "\(who) can no longer \(verb) \(what)\(actions)"
        case .stillListed: "Access Analyzer still lists that \(who) can \(verb) \(what)\(actions)"
        }
    }

    private static func resource(_ input: Case, _ guide: any ResourceGuide) -> String {
        let thing = NamedThing(resourceOf: input, guide)
        return thing.kind.isEmpty ? "the resource \(thing.name)" : thing.text
    }

    /// The account, and what else says how much is at stake.
    private static func place(_ input: Case) -> String {
        var words = ", account \(input.finding.accountID)"
        if let name = input.context["account"]?["name"]?.string, !name.isEmpty {
            words += " (\(name.printable(limit: 60)))"
        }
        let tags = CaseTags(input)
        if let stage = tags.stage { words += ", \(stage)" }
        if tags.sensitive != nil { words += ", sensitive data" }
        return words
    }

    // MARK: What to do

    private static func doNow(_ input: Case, _ guide: any ResourceGuide) -> String {
        let finding = input.finding
        let link = ResourceLink(finding, guide).map { "\($0.url) (sign in to account \(finding.accountID))" }
        let state = AccessState(input)
        switch state {
        case .blocked, .notYetVerified:
            return "nothing is urgent; find out who let it in, and whether it was intended (below)."
        case .stillListed:
            return "see whether something else grants the same access" + (link.map { ": \($0)" } ?? ".")
        case .undone:
            return
                "if the access is intended, archive the finding and add an archive rule; else close it by hand (below)."
        case .unknown:
            guard input.outcome?.status == .failed, let check = guide.change(input)?.check else {
                return "see what is there" + (link.map { ": \($0)" } ?? ".")
            }
            return "check whether the change was made: \(check.command)"
        case .open, .stillOpen: break
        }
        if finding.error != nil { return "find out who has access" + (link.map { ": \($0)" } ?? " (below).") }
        switch finding.kind {
        case .externalAccess, .internalAccess: break
        default: return "nothing is urgent; decide whether it is still needed (below)."
        }
        switch input.outcome?.status {
        case .awaitingApproval?: return "decide whether the access may stay" + (link.map { ": \($0)" } ?? ".")
        case .observed?:
            return "decide whether the change is what you want" + (link.map { ": \($0)" } ?? ".")
        default: break
        }
        if guide.change(input)?.isOwnedByAWS == true { return "find out whether the service is in use (below)." }
        let steps = NextSteps.heading(input)
        return link.map { "\($0) or the commands under \"\(steps)\"" } ?? "the commands under \"\(steps)\""
    }

    private static func link(_ finding: Finding) -> String? {
        FindingLink(finding).map { link in
            finding.analyzerARN.map { "\(link.url) (sign in to account \($0.account))" } ?? link.url
        }
    }
}
