import Basics
import Findings

/// The subject of a message: how the access stands, how bad it is, who, what and account.
///
/// SNS takes printable ASCII and at most 99 characters. Names are cut before anything else, and the account never is.
struct Subject {
    let text: String

    /// - Parameter count: how many findings of the resource the message is about; `input` is the most pressing.
    init(_ input: Case, _ guide: any ResourceGuide, _ severity: Severity, count: Int = 1) {
        let head = "\(AccessState(input).words) \(severity.rawValue): "
        let account = " (\(input.finding.accountID))"
        let layouts = Subject.layouts(input, guide, count: count)
        // Names that would be cut to less than this say too little: the next layout leaves more room.
        let enough = 16
        var fallback = ""
        for layout in layouts {
            let room = 99 - head.utf8.count - account.utf8.count - layout.fixedLength
            fallback = head + layout.text(room: max(0, room)) + account
            if room >= min(enough * layout.names.count, layout.nameLength) { break }
        }
        let room = 99 - fallback.utf8.count - 3
        if let remark = Subject.remarks(input, count: count).first(where: { $0.utf8.count <= room }) {
            fallback += " - \(remark)"
        }
        text = fallback.subjectLine
    }

    /// Names with words between them.
    private struct Layout {
        let before: String
        let names: [NamedThing]
        let between: String

        init(_ names: [NamedThing], before: String = "", between: String = "") {
            self.before = before
            self.between = between
            self.names = names.map { thing in
                // Each character is one in the subject, so that lengths hold.
                NamedThing(kind: thing.kind, name: Subject.ascii(thing.name), rest: thing.rest)
            }
        }

        var nameLength: Int { names.reduce(0) { $0 + $1.name.utf8.count } }

        var fixedLength: Int {
            before.utf8.count + between.utf8.count * max(0, names.count - 1)
                + names.reduce(0) { $0 + $1.kind.utf8.count + $1.rest.utf8.count }
        }

        /// The longest name gives way first.
        func text(room: Int) -> String {
            var limits = names.map(\.name.utf8.count)
            while limits.reduce(0, +) > room, let longest = limits.max(), longest > 0,
                let place = limits.firstIndex(of: longest)
            {
                limits[place] -= 1
            }
            let shown = names.indices.map { names[$0].text(nameLimit: limits[$0]) }
            return before + shown.joined(separator: between)
        }
    }

    private static func ascii(_ text: String) -> String {
        String(text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
    }

    /// From the fullest to the shortest.
    private static func layouts(_ input: Case, _ guide: any ResourceGuide, count: Int) -> [Layout] {
        let finding = input.finding
        let what = NamedThing(resourceOf: input, guide)
        let bare = NamedThing(name: what.name)
        guard count == 1 else {
            return [Layout([what], before: "\(count) findings, "), Layout([bare], before: "\(count) findings, ")]
        }
        guard finding.error == nil else {
            return [
                Layout([what], before: "Access Analyzer cannot analyse "), Layout([bare], before: "cannot analyse "),
            ]
        }
        switch finding.kind {
        case .externalAccess, .internalAccess: break
        case .unusedIAMRole: return [Layout([what], before: "nobody uses ")]
        case .unusedIAMUserAccessKey: return [Layout([what], before: "nobody uses an access key of ")]
        case .unusedIAMUserPassword: return [Layout([what], before: "nobody uses the password of ")]
        case .unusedPermission: return [Layout([what], before: "unused permissions of ")]
        }
        let who = NamedThing(principalOf: finding) ?? NamedThing(name: "somebody")
        let isOpen = !AccessState(input).isBlocked && input.outcome?.status != .rolledBack
        let verb = " can \(AccessVerb(finding).text) "
        return [
            Layout([who, what], between: isOpen ? verb : " -> "), Layout([who, what], between: " -> "),
            Layout([who, bare], between: " -> "),
        ]
    }

    /// What the status adds, the first for which there is room.
    private static func remarks(_ input: Case, count: Int) -> [String] {
        guard count == 1, let outcome = input.outcome else { return [] }
        return switch outcome.status {
        case .observed: ["observe mode"]
        case .exempt: ["exempt, not changed"]
        case .protected: ["protected, not changed"]
        case .refused: ["not blocked"]
        case .awaitingApproval: ["needs your approval", "please decide", "decide"]
        case .deniedApproval: [ApprovalWords(outcome).remark]
        case .failed, .conflict: ["check now"]
        case .resolved, .alreadyResolved, .rolledBack, .archived, .ignored: []
        }
    }
}
