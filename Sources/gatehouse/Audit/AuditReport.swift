import Basics
import Findings

/// What an audit is about.
struct AuditSubject: Sendable {
    /// When the findings were read.
    let readAt: Timestamp
    /// The moment by which rules expire and ages are counted.
    let now: Timestamp
    /// The rules by the name that was given.
    let rules: String
    let statuses: [String]
    /// What the reader should know of how it was made.
    var notes: [String] = []
}

/// What came of an audit.
struct AuditReport {
    let subject: AuditSubject
    private(set) var places: [AuditPlace] = []
    private(set) var tally = AuditTally()

    init(_ subject: AuditSubject) {
        self.subject = subject
    }

    mutating func add(_ place: AuditPlace) {
        tally.add(place.tally)
        var place = place
        // They are kept apart, where they are kept.
        place.entries = []
        places.append(place)
    }

    /// Whether all that was asked for was read, and anything at all.
    var isComplete: Bool {
        places.contains { $0.state == .read } && !places.contains { !$0.problems.isEmpty || $0.isFailed }
    }

    /// Whether no analyzer told anything of external access, where the report is of all analyzers.
    var isBlind: Bool { !places.contains(where: \.isExternalAccessAnalyzed) }
    static let blindness = "No analyzer of external access was read: this does not say that nobody outside has access."

    /// Of those with an analyzer.
    var accounts: Int { Set(places.filter { !$0.analyzers.isEmpty }.map(\.account)).count }
    var regions: Int { Set(places.filter { !$0.analyzers.isEmpty }.map(\.region)).count }

    /// What there is, and what the rules would decide, as lines.
    var summary: [String] {
        var lines = isBlind ? [Self.blindness] : []
        lines += [
            "\(tally.total) \(tally.total == 1 ? "finding" : "findings") (\(subject.statuses.joined(separator: ", "))) "
                + "of analyzers in \(Self.counted(regions, "region")) of \(Self.counted(accounts, "account")): "
                + tally.bySeverity.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
                + "; \(tally.isPublic) public.",
            "By the rules \(subject.rules.printable(limit: 200)), in the mode enforce: "
                + "\(tally.actions(.resolve)) would be blocked, \(tally.actions(.approve)) would wait for approval, "
                + "\(tally.actions(.notify)) told, \(tally.actions(.archive)) archived, \(tally.actions(.ignore)) ignored.",
        ]
        if tally.undecided > 0 {
            lines.append(
                "\(tally.undecided) of those that would be told could not be decided without tags and other look-ups."
            )
        }
        if tally.duplicates > 0 {
            lines.append("\(tally.duplicates) report an access that another analyzer reports as well.")
        }
        if tally.withoutDetails > 0 {
            lines.append(
                "\(tally.withoutDetails) of internal access are listed without who has it: raise --details to ask for more."
            )
        }
        return lines
    }

    /// What was not looked at, as lines.
    var coverage: [String] {
        var lines = subject.notes
        let skipped = places.filter { $0.state == .notEnabled }
        if !skipped.isEmpty {
            lines.append("Skipped, not enabled: \(Self.listed(skipped)).")
        }
        let empty = places.filter { $0.state == .read && $0.analyzers.isEmpty }
        if !empty.isEmpty { lines.append("Without an analyzer, so nothing is known: \(Self.listed(empty)).") }
        let blind = places.filter { !$0.analyzers.isEmpty && !$0.isExternalAccessAnalyzed }
        if !blind.isEmpty {
            lines.append(
                "Without an analyzer of external access, so nothing is known of outsiders: \(Self.listed(blind))."
            )
        }
        for place in places {
            for analyzer in place.analyzers where analyzer.status != "ACTIVE" && !analyzer.status.isEmpty {
                lines.append("The analyzer \(analyzer.arn) is \(analyzer.status).".printable(limit: 600))
            }
        }
        var failures: [(why: String, places: [AuditPlace])] = []
        for place in places {
            guard case .failed(let why) = place.state else { continue }
            if let index = failures.firstIndex(where: { $0.why == why }) {
                failures[index].places.append(place)
            } else {
                failures.append((why, [place]))
            }
        }
        lines += failures.map { "Not read: \(Self.listed($0.places)): \($0.why)".printable(limit: 4000) }
        for place in places {
            lines += place.allProblems.map { "Not all of \(place.name) was read: \($0)" }
        }
        return lines
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Regions by account, where there are several.
    private static func listed(_ places: [AuditPlace]) -> String {
        guard Set(places.map(\.account)).count > 1 else { return places.map(\.region).joined(separator: ", ") }
        return places.map(\.name).listed(limit: 100)
    }
}

extension AuditPlace {
    /// Whether an analyzer tells who can come from outside.
    var isExternalAccessAnalyzed: Bool { analyzers.contains(where: \.isOfExternalAccess) }

    var isFailed: Bool {
        if case .failed = state { return true }
        return false
    }
}
