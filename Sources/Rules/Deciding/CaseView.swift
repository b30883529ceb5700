import Basics
import Findings
import LosslessJSON
import Policies

/// A case as rules see it.
struct CaseView {
    private let finding: JSONObject
    private let context: JSONObject
    /// The resource's own tags, in any order; `nil` where they are not known.
    let tags: JSONObject?
    /// The look-ups that failed: what, and why.
    let gaps: UnavailableLookUps

    init(_ input: Case) {
        finding = input.json.value("finding")?.object ?? JSONObject()
        context = input.json.value("context")?.object ?? JSONObject()
        tags = context.value("tags")?.object
        gaps = UnavailableLookUps(context.value("unavailable"))
    }

    /// What the case holds under a key, but for the score.
    func found(_ key: RuleKey, _ input: Case) -> KeyValue {
        let found = lookUp(key.source, input)
        if found.isAbsent, !gaps.isEmpty, let part = key.part, gaps.holds(part) { return .unavailable }
        return found
    }

    private func lookUp(_ source: RuleKey.Source, _ input: Case) -> KeyValue {
        switch source {
        case .resource: return KeyValue(finding.value("resource"))
        case .resourceType: return .text(input.finding.resourceType.name)
        case .owner: return .text(input.finding.accountID)
        case .isPublic: return input.finding.isPublic.map { .text($0 ? "true" : "false") } ?? .absent
        case .error: return input.finding.error.map { .text($0) } ?? .absent
        case .status: return .text(input.finding.status.name)
        case .id: return .text(input.finding.id)
        case .kind: return .text(input.finding.kind.rawValue)
        case .region: return input.finding.region.isEmpty ? .absent : .text(input.finding.region)
        case .actions: return input.finding.actions.isEmpty ? .absent : .texts(input.finding.actions)
        case .isDeleted: return .text(input.finding.isDeleted ? "true" : "false")
        case .risk: return .absent
        case .principal(let key): return principal(key, input.finding)
        case .condition(let key): return condition(key, input.finding.condition)
        case .context(let key): return KeyValue(context.value(key))
        case .tag(let key): return KeyValue(tags?.value(key))
        case .member(let object, let key): return KeyValue(context.value(object)?.object?.value(key))
        case .accountTag(let key): return KeyValue(context.value("account")?.object?.value("tags")?.object?.value(key))
        case .organizationalUnits: return organizationalUnits
        case .sources(let member): return members(member, of: context.value("sources"))
        case .accessBlock(let flag): return accessBlock(flag)
        case .path(let parts): return path(parts)
        }
    }

    /// An account is the same whether it is written by its id or by the ARN of its root, so it has both spellings.
    private func principal(_ key: String, _ reported: Finding) -> KeyValue {
        let found = KeyValue(finding.value("principal")?.object?.value(key))
        // Most principals are users and roles: only what may be an account is taken apart.
        guard key == "AWS", case .text(let text) = found, text.utf8.count == 12 || text.hasSuffix(":root"),
            case .account(let id) = Principal(key: key, value: text)
        else { return found }
        let partition = ARN(text)?.partition ?? reported.resource.partition
        return .texts([id, "arn:\(partition):iam::\(id):root"])
    }

    /// Condition keys are compared without regard to case; a key that is spelled in two ways has the values of both.
    private func condition(_ key: String, _ conditions: JSONObject) -> KeyValue {
        var found: [JSON] = []
        for index in conditions.members.indices where conditions.members[index].key.isEqualIgnoringASCIICase(to: key) {
            switch conditions.members[index].value {
            case .array(let values): found += values
            case .null: continue
            case let value: found.append(value)
            }
        }
        guard found.count == 1 else { return found.isEmpty ? .absent : .list(found) }
        return KeyValue(found[0])
    }

    private var organizationalUnits: KeyValue {
        guard let units = context.value("account")?.object?.value("organizationalUnits")?.array else { return .absent }
        var found: [JSON] = []
        found.reserveCapacity(2 * units.count)
        for unit in units {
            guard case .object(let unit) = unit else { continue }
            if let id = unit.value("id") { found.append(id) }
            if let name = unit.value("name") { found.append(name) }
        }
        return found.isEmpty ? .absent : .list(found)
    }

    private func members(_ key: String, of list: JSON?) -> KeyValue {
        let found = (list?.array ?? []).compactMap { $0[key] }.filter { $0 != .null }
        return found.isEmpty ? .absent : .list(found)
    }

    private func accessBlock(_ flag: String) -> KeyValue {
        guard let block = context.value("publicAccessBlock")?.object else { return .absent }
        return block.value(flag).map { KeyValue($0) } ?? .text("false")
    }

    /// Keys may hold dots themselves: what is left of the path is tried as one key first.
    private func path(_ parts: [String]) -> KeyValue {
        var value = JSON.object(context)
        for index in parts.indices {
            guard let object = value.object else { return .absent }
            if index > 0, let whole = object.value(parts[index...].joined(separator: ".")) { return KeyValue(whole) }
            guard let next = object.value(parts[index]) else { return .absent }
            value = next
        }
        return KeyValue(value)
    }

    /// The tags of the account that owns the resource.
    var accountTags: JSONObject? { context.value("account")?.object?.value("tags")?.object }

    /// Whether the principal's account is in our organization; `nil` where nobody could tell.
    var principalIsInOrganization: Bool? {
        context.value("principalAccount")?.object?.value("inOrganization")?.bool
    }
}

/// The look-ups that failed.
struct UnavailableLookUps {
    private var reasons: [(what: String, why: String)] = []

    /// Reads `context.unavailable`. What is not in its form counts as a look-up of which nothing more is known: it
    /// must not make a case look complete.
    init(_ json: JSON?) {
        guard let json, json != .null else { return }
        guard let entries = json.array else {
            reasons = [("a look-up", "for an unknown reason")]
            return
        }
        // A case names each of its keys once; a hostile one may name 100,000.
        for entry in entries {
            let named = entry["what"]?.string ?? "a look-up"
            let what = String(decoding: named.utf8.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)
            guard !holds(what) else { continue }
            guard reasons.count < 64 else {
                isOverfull = true
                break
            }
            reasons.append((what, entry["why"]?.string ?? "for an unknown reason"))
        }
    }

    /// More keys are missing than are listed: then every one is.
    private var isOverfull = false

    var isEmpty: Bool { reasons.isEmpty }

    /// Whether the look-up of this key of the context failed.
    func holds(_ what: String) -> Bool {
        if isOverfull { return true }
        for index in reasons.indices where reasons[index].what.hasSameBytes(as: what) { return true }
        return false
    }

    /// What is missing and why, in words.
    func words(_ what: String) -> String {
        for reason in reasons where reason.what.hasSameBytes(as: what) {
            return "\(what.printable(limit: 60)) (\(reason.why.printable(limit: 300)))"
        }
        return "\(what.printable(limit: 60)) (more look-ups failed than are listed)"
    }

    /// All that is missing, bounded.
    var all: [String] { reasons.prefix(16).map { words($0.what) } }
}
