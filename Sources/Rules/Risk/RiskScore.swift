import Basics
import Findings
import LosslessJSON
import Policies

/// How much is at stake, as a sum of named contributions.
struct RiskScore {
    /// The sum of what is known, 0 to 100.
    var points: Int { min(max(sum, 0), 100) }
    /// The lowest and highest that the score could be, were everything known.
    var range: ClosedRange<Int> { min(max(low, 0), 100)...min(max(high, 0), 100) }
    /// The failed look-ups that could change the score.
    private(set) var missing: [String] = []

    private var sum = 0
    private var low = 0
    private var high = 0
    /// Which contributions there are: bit by place.
    private var found: UInt32 = 0
    private let type: Program.TypeEntry
    private var tags = TagMeanings()

    init(_ input: Case, _ view: CaseView, _ weights: RiskWeights, _ type: Program.TypeEntry) {
        self.type = type
        addPoints(type.points)
        addPrincipals(input.finding, view, weights)
        addActions(input.finding.actions, weights)
        addTags(input.finding.isPublic == true, view, weights)
        addConditions(input.finding.condition, weights)
        if input.finding.error != nil { add(.analysisFailed, weights) }
    }

    private mutating func addPoints(_ points: Int) {
        sum += points
        low += points
        high += points
    }

    @inline(__always)
    private mutating func add(_ contribution: Contribution, _ weights: RiskWeights) {
        addPoints(weights[contribution])
        found |= 1 << UInt32(contribution.rawValue)
    }

    /// One line for each contribution that weighs anything.
    func lines(_ weights: RiskWeights) -> [String] {
        var lines: [Reason] = []
        addLines(weights, to: &lines)
        return lines.map(\.text)
    }

    /// Appends one line for each contribution that weighs anything.
    func addLines(_ weights: RiskWeights, to lines: inout [Reason]) {
        if type.points != 0 { lines.append(type.line) }
        var left = found
        while left != 0 {
            let place = left.trailingZeroBitCount
            left &= left - 1
            guard weights.points[place] != 0 else { continue }
            switch place {
            case Contribution.dataClassification.rawValue: lines.append(weights.line(place, tags.sensitive))
            case Contribution.production.rawValue: lines.append(weights.line(place, tags.production))
            case Contribution.nonProduction.rawValue: lines.append(weights.line(place, tags.harmless))
            default: lines.append(weights.lines[place])
            }
        }
    }

    /// Counts what may or may not be there: one of `points`, or nothing.
    private mutating func mayAdd(_ points: [Int], missing what: String) {
        low += min(0, points.min() ?? 0)
        high += max(0, points.max() ?? 0)
        if points.contains(where: { $0 != 0 }), !missing.contains(what) { missing.append(what) }
    }
}

// MARK: - Who

extension RiskScore {
    private mutating func addPrincipals(_ finding: Finding, _ view: CaseView, _ weights: RiskWeights) {
        if finding.isPublic == true { add(.public, weights) }
        // What is inside the zone of trust, or not used at all, has no outsider.
        guard finding.kind == .externalAccess else { return }
        var seen = (anybody: finding.isPublic == true, federated: false, other: false)
        for principal in finding.principals {
            switch principal {
            case .everyone:
                if !seen.anybody { add(.anyPrincipal, weights) }
                seen.anybody = true
            case .federated:
                if !seen.federated { add(.federated, weights) }
                seen.federated = true
            case .service:
                break
            case .account, .user, .role, .session, .uniqueID, .canonicalUser, .unknown:
                if !seen.other { addOrganization(view, weights) }
                seen.other = true
            }
        }
    }

    private mutating func addOrganization(_ view: CaseView, _ weights: RiskWeights) {
        let isInside = view.principalIsInOrganization
        let contribution: Contribution =
            switch isInside {
            case true?: .principalInsideOrganization
            case false?: .principalOutsideOrganization
            case nil: .principalUnknown
            }
        add(contribution, weights)
        guard isInside == nil, view.gaps.holds("principalAccount") else { return }
        let base = weights[.principalUnknown]
        mayAdd(
            [weights[.principalInsideOrganization] - base, weights[.principalOutsideOrganization] - base],
            missing: "principalAccount"
        )
    }
}

// MARK: - What

extension RiskScore {
    private mutating func addActions(_ actions: [String], _ weights: RiskWeights) {
        guard !actions.isEmpty else { return }
        let levels = AccessLevel.levels(of: actions)
        if levels.contains(.list) { add(.accessList, weights) }
        if levels.contains(.read) { add(.accessRead, weights) }
        if levels.contains(.tagging) { add(.accessTagging, weights) }
        if levels.contains(.write) { add(.accessWrite, weights) }
        if levels.contains(.permissions) { add(.accessPermissions, weights) }
    }

    private mutating func addConditions(_ condition: JSONObject, _ weights: RiskWeights) {
        var found = (externalId: false, source: false)
        for index in condition.members.indices {
            let member = condition.members[index]
            switch ConditionMeaning(key: member.key) {
            case .externalId where !member.value.letsEverybodyThrough: found.externalId = true
            case .source where !member.value.letsEverybodyThrough: found.source = true
            default: break
            }
        }
        if found.externalId { add(.externalId, weights) }
        if found.source { add(.sourceCondition, weights) }
    }
}

// MARK: - Tags

extension RiskScore {
    private mutating func addTags(_ isPublic: Bool, _ view: CaseView, _ weights: RiskWeights) {
        if let own = view.tags { tags.read(own) }
        let isHarmless = tags.harmless != nil && !isPublic
        if let account = view.accountTags { tags.readProduction(account) }
        if tags.sensitive != nil { add(.dataClassification, weights) }
        if tags.production != nil {
            add(.production, weights)
        } else if isHarmless {
            // What the whole world can reach is no smaller for being a test.
            add(.nonProduction, weights)
        }
        guard !view.gaps.isEmpty else { return }
        if view.gaps.holds("tags") {
            if tags.sensitive == nil { mayAdd([weights[.dataClassification]], missing: "tags") }
            if tags.production == nil { mayAdd([weights[.production], weights[.nonProduction]], missing: "tags") }
        }
        if view.gaps.holds("account"), tags.production == nil {
            // Production in the account's tags also outweighs what the resource's own say.
            let instead = isHarmless ? -weights[.nonProduction] : 0
            mayAdd([weights[.production] + instead], missing: "account")
        }
    }
}

extension RiskWeights {
    /// The line of a contribution that a tag makes, with the tag.
    fileprivate func line(_ place: Int, _ tag: TagMeanings.Tag?) -> Reason {
        guard let tag else { return lines[place] }
        let (key, value) = (tag.key.printable(limit: 60), tag.value.printable(limit: 60))
        var line = ""
        line.reserveCapacity(tagLines[place].utf8.count + key.utf8.count + value.utf8.count + 5)
        line += tagLines[place]
        line += key
        line += " is "
        line += value
        line += "."
        return Reason(.contribution, line)
    }
}
