import Basics
import LosslessJSON
import Policies

/// Somebody outside the zone of trust whom a statement lets in.
struct OutsideAccess {
    /// From 0.
    let statement: Int
    let principal: Principal
    /// Those that no Deny closes, as the statement names them.
    let actions: [String]
    /// The statement's `Condition`; `nil` where there is none.
    let condition: JSON?
    /// Whether it is everybody, and not only whom a condition about who they are, or where they come from, lets pass.
    let isPublic: Bool
}

/// What could not be judged, with why.
struct NotJudged {
    /// From 0.
    let statement: Int
    let reason: String
}

/// What our own evaluator finds in a policy: the accesses from outside that Access Analyzer would report.
///
/// A Deny closes an access when it alone stops it; several that only close it together are not added up.
struct PolicyExamination {
    private(set) var accesses: [OutsideAccess] = []
    private(set) var notJudged: [NotJudged] = []
    private let document: PolicyDocument
    private let type: CheckedType
    private let side: OwnSide
    /// Questions that are left before a policy counts as too large.
    private var budget = 300_000

    init(_ document: PolicyDocument, _ type: CheckedType, _ side: OwnSide) {
        self.document = document
        self.type = type
        self.side = side
        for index in document.statements.indices where document.statements[index].effect == .allow {
            examine(index)
        }
    }

    private mutating func examine(_ index: Int) {
        let statement = document.statements[index]
        if let key = statement.unknownElement {
            return note(index, "it holds '\(key.printable(limit: 100))', which is not an element of a policy")
        }
        // Whoever is not named there is everybody but a few.
        let isExcept = statement.json["NotPrincipal"] != nil
        var seen: Set<Principal> = []
        for principal in isExcept ? [.everyone] : statement.principals where seen.insert(principal).inserted {
            switch principal {
            case .service: continue
            case .uniqueID(let id):
                note(index, "it names \(id), which stands for a deleted user or role; whose it was is not known")
            case .canonicalUser(let id):
                note(index, "names the canonical user \(id.printable(limit: 80)); which account that is is not known")
            case .unknown(let key, let value):
                note(
                    index,
                    "it names \(key.printable(limit: 40)) \(value.printable(limit: 200)), which is no principal of AWS"
                )
            case .account, .user, .role, .session:
                guard let account = principal.account, !side.accounts.contains(account) else { continue }
                if side.account == nil {
                    let name = principal.element.value.printable(limit: 200)
                    note(
                        index,
                        "it names \(name); whether that is outside is not known without the resource's account (--account)"
                    )
                } else {
                    examine(index, statement, principal)
                }
            case .everyone, .federated: examine(index, statement, principal)
            }
        }
    }

    private mutating func stop(_ index: Int) {
        if notJudged.last?.statement != index { note(index, "it is too large to be judged") }
    }

    private mutating func note(_ index: Int, _ reason: String) {
        notJudged.append(NotJudged(statement: index, reason: reason))
    }

    private mutating func examine(_ index: Int, _ statement: Statement, _ principal: Principal) {
        let outside = OutsideRequest(principal, side)
        budget -= document.statements.reduce(0) { $0 + $1.conditions.reduce(1) { $0 + $1.values.count } }
        guard budget > 0 else { return stop(index) }
        var reasons: [String] = []
        var isLetIn = (certainly: true, perhaps: true)
        for condition in statement.conditions {
            let answer = outside.answer(to: condition)
            if answer.coverage(assuming: .none) == .none { isLetIn.certainly = false }
            if answer.coverage(assuming: .every) == .none { isLetIn.perhaps = false }
            if case .unknown(let why) = answer { reasons.append("\(condition.words) \(why)") }
        }
        guard isLetIn.perhaps else { return }
        let denies = denies(against: outside)
        let resources = statement.resources.askedFor
        var open: [String] = []
        for action in statement.actions(of: type, to: principal) {
            let (isOpen, isPerhapsOpen) =
                (resources.map { resource in
                    budget -= denies.count + 1
                    return reach(of: denies, to: outside.request(action, resource))
                }).reduce((false, false)) { ($0.0 || $1.isOpen, $0.1 || $1.isPerhapsOpen) }
            guard budget > 0 else { return stop(index) }
            if isOpen, isLetIn.certainly {
                open.append(action)
            } else if isPerhapsOpen {
                reasons += denies.flatMap(\.reasons)
                if reasons.isEmpty { reasons.append("it is met by a Deny that cannot be weighed") }
            }
        }
        if !open.isEmpty {
            accesses.append(
                OutsideAccess(
                    statement: index,
                    principal: principal,
                    actions: open,
                    condition: statement.json["Condition"],
                    isPublic: principal == .everyone && !statement.conditions.contains(where: \.isNarrowing)
                )
            )
        } else if !reasons.isEmpty {
            var once: [String] = []
            for reason in reasons where !once.contains(reason) { once.append(reason) }
            note(index, once.prefix(8).joined(separator: "; "))
        }
    }

    /// A Deny that may stop some of these requests.
    private struct WeighedDeny {
        let statement: Statement
        /// As far as principals and conditions go: what is certain, and what may be.
        let reach: (certainly: Coverage, perhaps: Coverage)
        /// What of it cannot be judged.
        let reasons: [String]
    }

    private func denies(against outside: OutsideRequest) -> [WeighedDeny] {
        document.statements.indices.compactMap { index -> WeighedDeny? in
            let statement = document.statements[index]
            guard statement.effect == .deny else { return nil }
            let name = document.name(ofStatement: index)
            var reasons: [String] = []
            var reach = statement.denied(outside.principal)
            if reach.certainly != reach.perhaps {
                reasons.append("\(name) denies somebody of whom that cannot be said")
            }
            if let key = statement.unknownElement {
                reasons.append("\(name) holds '\(key.printable(limit: 100))', which is not an element of a policy")
                reach.certainly = .none
            }
            for condition in statement.conditions {
                let answer = outside.answer(to: condition)
                reach.certainly = min(reach.certainly, answer.coverage(assuming: .none))
                reach.perhaps = min(reach.perhaps, answer.coverage(assuming: .every))
                if case .unknown(let why) = answer { reasons.append("\(name): \(condition.words) \(why)") }
            }
            guard reach.perhaps == .every else { return nil }
            return WeighedDeny(statement: statement, reach: reach, reasons: reach.certainly == .every ? [] : reasons)
        }
    }

    /// Whether the request passes every Deny, whatever is not known; and whether it may pass them.
    private func reach(of denies: [WeighedDeny], to request: AccessRequest) -> (isOpen: Bool, isPerhapsOpen: Bool) {
        var (isOpen, isPerhapsOpen) = (true, true)
        for deny in denies {
            let asked = min(
                deny.statement.actions.coverage(of: request.action),
                deny.statement.resources.coverage(of: request.resource)
            )
            guard asked == .every else { continue }
            isOpen = false
            if deny.reach.certainly == .every { isPerhapsOpen = false }
        }
        return (isOpen, isPerhapsOpen)
    }
}

extension PolicyExamination {
    /// Whether the policy gives an access of another one too: to the same, on the same condition, for all of the actions.
    func holds(_ access: OutsideAccess, of statement: Statement) -> Bool {
        // The very same statement, also where nobody can say how its resources compare.
        let isSame = accesses.contains { own in
            own.principal == access.principal && own.actions == access.actions
                && document.statements[own.statement].json == statement.json
        }
        return isSame
            || access.actions.allSatisfy { action in
                statement.resources.askedFor.allSatisfy { resource in
                    accesses.contains { own in
                        let given = document.statements[own.statement]
                        return own.principal.coverage(of: access.principal) == .every
                            && (own.condition == nil || own.condition == access.condition)
                            && given.resources.coverage(of: resource) == .every
                            && own.actions.contains { Statement.Actions.only([$0]).coverage(of: action) == .every }
                    }
                }
            }
    }
}

extension Statement {
    private static let elements = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    /// A key that no statement has; `nil` where there is none.
    fileprivate var unknownElement: String? {
        json.keys.first { key in !Self.elements.contains { $0.hasSameBytes(as: key) } }
    }

    /// What it lets do to a resource of the type, as patterns.
    fileprivate func actions(of type: CheckedType, to principal: Principal) -> [String] {
        var found: [String] = []
        let wanted: [String] =
            switch actions {
            case .only(let patterns): patterns.flatMap { type.relevant($0, to: principal) }
            // Some of them are left, unless all are excepted.
            case .except: type.allActions(to: principal).filter { actions.coverage(of: $0) > .none }
            }
        for action in wanted where !found.contains(where: { $0.hasSameBytes(as: action) }) { found.append(action) }
        return found
    }

    /// How far a Deny is about somebody, its conditions aside: for certain, and perhaps.
    fileprivate func denied(_ asking: Principal) -> (certainly: Coverage, perhaps: Coverage) {
        if let excepted = json["NotPrincipal"] {
            // Whom exactly an exception spares is not documented for every kind.
            guard case let named = Self.exceptions(excepted), !named.isEmpty else { return (.none, .every) }
            let spared = named.map { $0.coverage(of: asking) }.max() ?? .none
            return spared == .none ? (.every, .every) : spared == .every ? (.none, .none) : (.none, .some)
        }
        var (certainly, perhaps) = (Coverage.none, Coverage.none)
        for principal in principals {
            let coverage = principal.coverage(of: asking)
            perhaps = max(perhaps, coverage)
            switch (principal, asking) {
            // Whether it reaches each identity of the account, and people of identity providers, is not documented.
            case (.account, _) where coverage == .every: continue
            case (.everyone, .federated) where !namesEverybody: continue
            case (.unknown, _): continue
            default: certainly = max(certainly, coverage)
            }
        }
        return (certainly, perhaps)
    }

    private static func exceptions(_ json: JSON) -> [Principal] {
        if json.string == "*" { return [.everyone] }
        return (json.object?.members ?? []).flatMap { member in
            (member.value.array ?? [member.value]).compactMap(\.string).map { Principal(key: member.key, value: $0) }
        }
    }
}

extension Statement.Resources {
    /// What is asked for: each pattern, or the resource as a whole.
    fileprivate var askedFor: [String?] {
        switch self {
        case .own, .except: [nil]
        case .only(let patterns): patterns.map { $0 == "*" ? nil : $0 }
        }
    }
}

extension Statement.Condition {
    /// As it is named in a sentence.
    fileprivate var words: String {
        "the condition \(test.printable(limit: 60)) \(key.printable(limit: 100))"
    }

    /// Whether it picks out some of all the world by who they are or where they come from.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    fileprivate var isNarrowing: Bool {
        guard !test.holds("Not"), !test.hasSuffix("IfExists"), test != "Null", !values.contains("*") else {
            return false
        }
        // Half of all addresses is no place to come from.
        if key == "aws:sourceip", values.contains(where: \.isWideRange) { return false }
        return Self.narrowingKeys.contains(key) || key.hasSuffix(":aud") || key.hasSuffix(":sub")
            || key.hasPrefix("aws:principaltag/")
    }

    private static let narrowingKeys = [
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourcearn",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
        "aws:sourceowner", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:userid", "aws:username",
        "aws:sourceip", "aws:vpcsourceip", "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "kms:calleraccount",
        "lambda:eventsourcetoken",
    ]
}

extension String {
    /// Whether it is a range of addresses wider than /8.
    fileprivate var isWideRange: Bool {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")), let length = Int(self[utf8.index(after: slash)...])
        else {
            return false
        }
        return length < 8
    }
}
