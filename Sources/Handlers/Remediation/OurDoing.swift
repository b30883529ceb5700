import Basics
import Findings
import Ledger
import LosslessJSON
import Policies
import ResourceTypes

/// What Gatehouse and people have done about a resource before, which a new change has to respect.
struct OurDoing {
    let earlier: EarlierChanges
    private let coolDowns: [CoolDown]

    init(_ earlier: EarlierChanges, _ coolDowns: [CoolDown]) {
        self.earlier = earlier
        self.coolDowns = coolDowns
    }

    /// What was done about one access.
    struct Past {
        /// Why it is not blocked now, in sentences; `nil` where it may be.
        let objection: String?
        /// What the new change is told to begin with; `nil` for the first one.
        let opening: String?
        let purpose: ChangeRecord.Purpose
    }

    /// Somebody who overwrites our change this often does it on purpose.
    private static let mostRemakings = 2
    private static let day: Int64 = 86_400

    func past(of finding: Finding, _ remedy: some Remedy, now: Timestamp) -> Past {
        let (principal, actions) = (finding.principalJSON, finding.actions)
        if let coolDown = coolDowns.first(where: { now < $0.until && $0.covers(principal: principal, actions: actions) }
        ) {
            return refused(coolDown.sentence)
        }
        let gone = earlier.vanished.filter { change in
            change.findingID == finding.id
                || (change.about["principal"] == principal
                    && Set((change.about["actions"]?.array ?? []).compactMap(\.string)) == Set(actions))
        }
        // What was only begun was perhaps never there.
        guard let last = gone.last(where: { $0.state == .made }) else {
            return Past(objection: nil, opening: nil, purpose: .block(replacing: gone, remadeAt: []))
        }
        let begin = now.adding(seconds: -Self.day)
        let times = last.remadeAt.filter { begin < $0 }.map(\.secondsSinceEpoch)
        let made = (last.settledAt ?? last.intendedAt).extended
        let what =
            "Our change of \(made) is gone from the \(remedy.subject) of \(remedy.name), although nobody rolled it back: "
        guard times.count < Self.mostRemakings else {
            return refused(
                what + "it was made again \(times.count)\(Outcome.overwrittenWords) Find out what writes the "
                    + "\(remedy.subject) (CloudTrail: \(remedy.operation)), most often infrastructure as code, and take the "
                    + "access out there."
            )
        }
        return Past(
            objection: nil,
            opening: what + "it was made again (\(times.count + 1) of at most \(Self.mostRemakings) times in a day).",
            purpose: .block(replacing: gone, remadeAt: times + [now.secondsSinceEpoch])
        )
    }

    private func refused(_ why: String) -> Past {
        Past(objection: why, opening: nil, purpose: .block(replacing: [], remadeAt: []))
    }
}

extension CoolDown {
    fileprivate var sentence: String {
        "\(by.printable(limit: 300))\(Outcome.coolDownWords)\(at.extended) (rollback of the finding "
            + "\(findingID.printable(limit: 100))), so it is not blocked again before \(until.extended) "
            + "(GATEHOUSE_COOL_DOWN_DAYS): if it is intended, make an archive rule."
    }
}

extension Finding {
    /// The principal as a case has it.
    var principalJSON: JSON {
        .object(JSONObject(principals.map { $0.element }.map { ($0.key, .string($0.value)) }))
    }
}

extension Case {
    /// What the ledger is to know of a change for this case.
    var ledgerEntry: JSONObject {
        var entry = JSONObject([
            ("accountId", .string(finding.accountID)), ("region", .string(finding.region)),
            ("resourceType", .string(finding.resourceType.name)), ("principal", finding.principalJSON),
            ("actions", .array(finding.actions.map(JSON.string))),
        ])
        if let analyzer = finding.analyzerARN { entry["analyzerArn"] = .string(analyzer.description) }
        if let decision {
            entry["rule"] = .string(decision.rule)
            entry["reasons"] = .array(decision.grounds.map { .string($0.text.printable(limit: 500)) })
        }
        return entry
    }
}
