import AWSClient
import Basics
import Findings
import LosslessJSON

/// An audit as one JSON document: what it is about, counts, where it looked, and the findings.
struct AuditDocument {
    private let report: AuditReport
    private let entries: [AuditEntry]
    private let spool: AuditSpool

    init(_ report: AuditReport, _ entries: [AuditEntry], _ spool: AuditSpool) {
        self.report = report
        self.entries = entries
        self.spool = spool
    }

    func write(to output: AuditOutput) throws(CommandError) {
        var head = JSON.object(head).serialized()
        head.removeLast()
        try output.write(head)
        try output.write(#","findings":["#)
        for (index, entry) in entries.enumerated() {
            try output.write(index == 0 ? "\n" : ",\n")
            try output.write(try AuditRecord.line(entry, in: spool))
        }
        try output.write("\n]}\n")
    }

    private var head: JSONObject {
        let (subject, tally) = (report.subject, report.tally)
        return JSONObject([
            ("generatedAt", .string(subject.readAt.extended)), ("countedFrom", .string(subject.now.extended)),
            ("generator", .string("gatehouse \(Release.version)")),
            ("rules", .string(subject.rules)), ("statuses", .array(subject.statuses.map(JSON.string))),
            ("isComplete", .bool(report.isComplete)), ("total", .int(tally.total)),
            ("wouldBeBlocked", .int(tally.actions(.resolve))), ("public", .int(tally.isPublic)),
            ("undecidedWithoutLookUps", .int(tally.undecided)), ("duplicates", .int(tally.duplicates)),
            ("withoutDetails", .int(tally.withoutDetails)),
            ("bySeverity", Self.counts(tally.bySeverity)), ("byDecision", Self.counts(tally.byAction)),
            ("byKind", Self.counts(AuditTally.ranked(tally.kinds))),
            ("byResourceType", Self.counts(AuditTally.ranked(tally.types))),
            ("byAccount", Self.counts(AuditTally.ranked(tally.accounts))),
            ("byRegion", Self.counts(AuditTally.ranked(tally.regions))),
            ("byAge", Self.counts(tally.byAge)), ("byRule", Self.counts(AuditTally.ranked(tally.rules))),
            ("notes", .array(report.coverage.map(JSON.string))), ("regions", .array(report.places.map(\.json))),
        ])
    }

    private static func counts(_ counts: [(name: String, count: Int)]) -> JSON {
        .object(JSONObject(counts.map { ($0.name, .int($0.count)) }))
    }
}

extension AuditPlace {
    fileprivate var json: JSON {
        let (word, why): (String, JSON) =
            switch state {
            case .read: ("READ", .null)
            case .notEnabled: ("NOT_ENABLED", .null)
            case .failed(let why): ("FAILED", .string(why))
            }
        return [
            "account": account.map(JSON.string) ?? .null, "region": .string(region), "state": .string(word), "why": why,
            "analyzers": .array(
                analyzers.map { analyzer in
                    [
                        "arn": .string(analyzer.arn), "type": .string(analyzer.type),
                        "status": .string(analyzer.status),
                        "findings": .int(analyzer.findings),
                    ]
                }
            ),
            "problems": .array(allProblems.map(JSON.string)),
        ]
    }
}
