import Basics
package import LosslessJSON

extension ActivityReport {
    /// The figures; of each list at most so many, with a count of the rest beside it. `Handlers.docc/Reports.md` has the
    /// shape.
    package func json(limit: Int) -> JSONObject {
        var enforce = JSONObject(ReportedFinding.Fate.allCases.map { ($0.rawValue, .int(fates[$0] ?? 0)) })
        enforce["blocksThatAreOver"] = .int(blocksThatAreOver)
        enforce["busiestHour"] =
            busiestHour.map { ["hour": .string($0.hour + ":00Z"), "blocks": .int($0.count)] } ?? .null
        enforce["blocks"] = .array(blocks.prefix(limit).map(Self.json))
        enforce["moreBlocks"] = .int(max(0, blocks.count - limit))
        var json = JSONObject([
            ("period", ["since": Self.json(since), "until": Self.json(until)]),
            (
                "seen",
                span.map { ["first": .string($0.first.extended), "last": .string($0.last.extended)] } ?? .null
            ),
            (
                "source",
                [
                    "name": .string(source.name), "lines": .int(source.lines), "isComplete": .bool(source.isComplete),
                    "notes": .array(source.notes.map(JSON.string)),
                ]
            ),
            ("findings", .int(findings)), ("answers", .int(answers)), ("passedOver", .int(passedOver)),
            ("modes", Self.json(modes)), ("answersByAction", Self.json(answersByAction)),
            ("findingsByStatus", Self.json(findingsByStatus)), ("enforce", .object(enforce)),
        ])
        json["notDone"] = .array(
            undone.prefix(limit).map {
                [
                    "status": .string($0.status), "why": .string($0.why), "findings": .int($0.findings),
                    "example": .string($0.example),
                ]
            }
        )
        json["moreNotDone"] = .int(max(0, undone.count - limit))
        json["failures"] = Self.json(failures)
        json["accounts"] = Self.list(accounts, "accountId", limit)
        json["resourceTypes"] = Self.list(types, "resourceType", limit)
        json["rules"] = rules.map(Self.json) ?? .null
        return json
    }

    private static func json(_ time: Timestamp?) -> JSON { time.map { .string($0.extended) } ?? .null }

    private static func json(_ counts: Counts) -> JSON { .object(JSONObject(counts.map { ($0.name, .int($0.count)) })) }

    private static func list(_ counts: Counts, _ key: String, _ limit: Int) -> JSON {
        .array(
            counts.prefix(limit).map { .object(JSONObject([(key, .string($0.name)), ("findings", .int($0.count))])) }
        )
    }

    private static func json(_ finding: ReportedFinding) -> JSON {
        var json = JSONObject([
            ("findingId", .string(finding.id)), ("resource", .string(finding.resource)),
            ("resourceType", .string(finding.resourceType)), ("accountId", .string(finding.account)),
            ("principal", .string(finding.principal)), ("rule", .string(finding.rule)),
            ("status", .string(finding.word)), ("answeredAt", Self.json(finding.answeredAt)),
            ("isOver", .bool(finding.isOver)),
        ])
        if !finding.openedBy.isEmpty { json["openedBy"] = .string(finding.openedBy) }
        return .object(json)
    }

    private static func json(_ rules: ReportedRules) -> JSON {
        func list(_ entries: [ReportedRules.Entry]) -> JSON {
            .array(
                entries.map {
                    [
                        "name": .string($0.name), "action": .string($0.action), "answers": .int($0.answers),
                        "owner": $0.owner.map(JSON.string) ?? .null, "expires": $0.expires.map(JSON.string) ?? .null,
                    ]
                }
            )
        }
        return [
            "matched": list(rules.matched), "unmatched": list(rules.unmatched), "expired": list(rules.expired),
            "expiring": list(rules.expiring),
            "notInFile": .array(rules.unknown.map { ["name": .string($0.name), "answers": .int($0.answers)] }),
            "noRule": .int(rules.undecided),
        ]
    }
}
