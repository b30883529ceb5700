package import Basics
import Findings

extension RuleSet {
    /// What is allowed and most likely not meant, as far as that can be told for certain, in the order of the rules.
    ///
    /// - Parameters:
    ///   - blockedTypes: the resource types that may be changed (`GATEHOUSE_BLOCKED_TYPES`); `nil` for all.
    ///   - now: the moment by which rules expire, `2026-11-21T08:40:00Z`.
    package func warnings(blockedTypes: [String]?, now: Timestamp) -> [RulesProblem] {
        var warnings: [RulesProblem] = []
        let place = RulesPlace.file.member("default")
        switch fallback {
        case .archive:
            let what = "ARCHIVE archives whatever no rule is about, also what nobody has thought of; write NOTIFY"
            warnings.append(RulesProblem(.archivesByDefault, place, what))
        case .resolve, .approve:
            guard let blockedTypes else { break }
            warnings.append(RulesProblem(.defaultNotBlocked, place, RuleSet.notBlocked(blockedTypes, fallback)))
        case .ignore:
            let what = "IGNORE leaves open whatever no rule is about, and tells nobody; write NOTIFY"
            warnings.append(RulesProblem(.ignoresByDefault, place, what))
        case .notify:
            break
        }
        if let archiveBelow, archiveBelow > 60 {
            let what = "\(archiveBelow) archives serious findings unseen (a role that a stranger can assume scores 60)"
            let place = RulesPlace.file.member("risk").member("archiveBelow")
            warnings.append(RulesProblem(.highArchiveBelow, place, "\(what); write 60 or less"))
        }
        let similar = similarSpellings()
        for index in rules.indices {
            let place = self.place(of: index)
            warnings += rules[index].criteria.flatMap { $0.warnings(at: place.member("when")) }
            warnings += similar[index, default: []]
            warnings += rules[index].warnings(blockedTypes, now: now, at: place)
        }
        return warnings
    }

    /// Where a rule stands in the file.
    func place(of index: Int) -> RulesPlace {
        places?[index] ?? .file.member("rules").element(index, name: rules[index].name)
    }

    fileprivate static func notBlocked(_ types: [String], _ action: Decision.Action) -> String {
        "GATEHOUSE_BLOCKED_TYPES lets only \(types.joined(separator: ", ")) be changed: for other types "
            + "\(action.rawValue) is refused and told; list them there, or name only these in 'resourceType'"
    }
}

extension Rule {
    /// Days before its end from which on somebody should think of it.
    private static let noticeDays: Int64 = 30

    fileprivate func warnings(_ blockedTypes: [String]?, now: Timestamp, at place: RulesPlace) -> [RulesProblem] {
        var warnings: [RulesProblem] = []
        switch action {
        case .archive:
            if mayMatchPublic {
                let asks = criteria.contains { $0.key.source == .isPublic }
                let what =
                    asks
                    ? "ARCHIVE matches public access; write {\"eq\": [\"false\"]} for 'isPublic'"
                    : "ARCHIVE also matches public access; add \"isPublic\": {\"eq\": [\"false\"]} to 'when'"
                warnings.append(RulesProblem(.archivesPublic, place.member("when"), what))
            }
            if let what = breadth { warnings.append(RulesProblem(.archivesTooMuch, place.member("when"), what)) }
            let isOwned = owner?.utf8.contains { $0 > 0x20 } ?? false
            let missing = [!isOwned ? "owner" : nil, expires == nil ? "expires" : nil].compactMap(\.self)
            if !missing.isEmpty {
                let names = missing.joined(separator: "' and '")
                let what = "ARCHIVE without '\(names)'; say who answers for it and until when"
                warnings.append(RulesProblem(.unowned, place, what))
            }
        case .resolve, .approve:
            if let what = neverBlocked {
                warnings.append(RulesProblem(.neverBlocked, place.member("action"), "\(what); write NOTIFY"))
            } else if let blockedTypes, mayMatchOther(than: blockedTypes) {
                let what = RuleSet.notBlocked(blockedTypes, action)
                warnings.append(RulesProblem(.notBlocked, place.member("action"), what))
            }
            if means == .publicAccessBlock, mayMatchOther(than: [ResourceType.s3Bucket.name]) {
                let what = "PUBLIC_ACCESS_BLOCK is for S3 buckets; other types get what DENY means"
                let fix = "Name AWS::S3::Bucket in 'resourceType'"
                warnings.append(RulesProblem(.meansOfBuckets, place.member("with"), "\(what). \(fix)"))
            }
        case .ignore:
            if breadth != nil {
                let what =
                    "IGNORE says neither whose access nor which resource is meant: nobody is told, and the access stays "
                    + "open; write NOTIFY, or ARCHIVE for what is intended"
                warnings.append(RulesProblem(.ignoresTooMuch, place.member("action"), what))
            }
        case .notify:
            break
        }
        if let end = ending(now) { warnings.append(RulesProblem(end.code, place.member("expires"), end.what)) }
        return warnings
    }

    private func ending(_ now: Timestamp) -> (code: RuleCode, what: String)? {
        guard let expires, let expiredFrom else { return nil }
        let who = owner.map { "; its owner is \($0.printable(limit: 200))" } ?? ""
        if expiredFrom <= now.extended {
            return (.expired, "has expired (\(expires)), so the rule matches nothing; take it out or renew it\(who)")
        }
        guard expiredFrom <= now.adding(seconds: Self.noticeDays * 86_400).extended else { return nil }
        return (.expiresSoon, "expires within \(Self.noticeDays) days (\(expires)); renew it or let it go\(who)")
    }

    /// A public finding is one of external access, is public and has the principal `*`.
    private var mayMatchPublic: Bool {
        criteria.allSatisfy { criterion in
            switch criterion.key.source {
            case .isPublic: criterion.holds(.text("true"))
            case .kind: criterion.holds(.text(FindingKind.externalAccess.rawValue))
            case .principal("AWS"): criterion.holds(.text("*"))
            case .principal: criterion.holds(.absent)
            // Who has access to what could not be analysed is not known, public or not.
            case .error: criterion.holds(.absent)
            default: true
            }
        }
    }

    /// Why whatever it matches is never blocked; `nil` where something may be.
    private var neverBlocked: String? {
        let kinds = criteria.filter { $0.key.source == .kind }
        let access: [FindingKind] = [.externalAccess, .internalAccess]
        if !access.contains(where: { kind in kinds.allSatisfy { $0.holds(.text(kind.rawValue)) } }) {
            return "unused access is never blocked"
        }
        if criteria.contains(where: { $0.key.source == .error && !$0.holds(.absent) }) {
            return "a finding with an error is never blocked"
        }
        return mayMatchOther(than: [ResourceType.iamUser.name]) ? nil : "an IAM user is never blocked"
    }

    private func mayMatchOther(than types: [String]) -> Bool {
        let others = ResourceType.all.map(\.name).filter { !types.contains($0) }
        return others.contains { type in
            criteria.allSatisfy { $0.key.source != .resourceType || $0.holds(.text(type)) }
        }
    }
}
