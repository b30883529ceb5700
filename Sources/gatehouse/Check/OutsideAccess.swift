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
            case .service(let name):
                guard !Principal.isServiceName(name) else { continue }
                note(index, "it names the service \(name.printable(limit: 200)), which is no service's name")
            case .uniqueID(let id):
                note(index, "it names \(id), which stands for a deleted user or role; whose it was is not known")
            case .canonicalUser(let id):
                let words = id.printable(limit: 80)
                note(index, "it names the canonical user \(words); which account that is is not known")
            case .unknown where principal.federatedUser != nil: examine(index, statement, named: principal)
            case .unknown(let key, let value):
                if let id = principal.originAccessIdentity {
                    note(
                        index,
                        "it names CloudFront's origin access identity \(id.printable(limit: 80)); whether Access Analyzer "
                            + "reports one is not documented (an origin access control lets in the service "
                            + "cloudfront.amazonaws.com instead)"
                    )
                    continue
                }
                note(
                    index,
                    "it names \(key.printable(limit: 40)) \(value.printable(limit: 200)), which is no principal of AWS"
                )
            case .account, .user, .role, .session: examine(index, statement, named: principal)
            case .everyone, .federated: examine(index, statement, principal)
            }
        }
    }

    /// Somebody whose account the name says.
    private mutating func examine(_ index: Int, _ statement: Statement, named principal: Principal) {
        guard let account = principal.owner, !side.accounts.contains(account) else { return }
        guard side.account == nil else { return examine(index, statement, principal) }
        let name = principal.element.value.printable(limit: 200)
        note(index, "it names \(name); whether that is outside is not known without the resource's account (--account)")
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
        for condition in statement.judgedConditions {
            let answer = outside.answer(to: condition)
            if answer.coverage(assuming: .none) == .none { isLetIn.certainly = false }
            if answer.coverage(assuming: .every) == .none { isLetIn.perhaps = false }
            if case .unknown(let why) = answer { reasons.append("\(condition.words) \(why)") }
        }
        guard isLetIn.perhaps else { return }
        let resources = statement.resources.askedFor
        let denies = denies(against: outside, on: resources)
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
                    isPublic: principal == .everyone && !statement.isNarrowed
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
        /// Whether its `Resource` may be the very one that has the policy.
        let mayBeOfWhole: Bool
        /// What of it cannot be judged.
        let reasons: [String]
    }

    private func denies(against outside: OutsideRequest, on resources: [String?]) -> [WeighedDeny] {
        document.statements.indices.compactMap { index -> WeighedDeny? in
            let statement = document.statements[index]
            guard statement.effect == .deny else { return nil }
            let name = document.name(ofStatement: index)
            var reasons: [String] = []
            var reach = statement.denied(outside.principal, side, isTrustPolicy: type.isTrustPolicy)
            if reach.certainly != reach.perhaps {
                reasons.append("\(name) denies somebody of whom that cannot be said")
            }
            if let key = statement.unknownElement {
                reasons.append("\(name) holds '\(key.printable(limit: 100))', which is not an element of a policy")
                reach.certainly = .none
            }
            for condition in statement.judgedConditions {
                let answer = outside.answer(to: condition)
                reach.certainly = min(reach.certainly, answer.coverage(assuming: .none))
                reach.perhaps = min(reach.perhaps, answer.coverage(assuming: .every))
                if case .unknown(let why) = answer { reasons.append("\(name): \(condition.words) \(why)") }
            }
            guard reach.perhaps == .every else { return nil }
            if reach.certainly == .every { reasons = [] }
            let own = resources.contains(nil) ? statement.resources.perhapsOwn(of: type, side) : nil
            if let own {
                let words = own.printable(limit: 200)
                reasons.append("\(name) denies it on \(words); whether that is this resource is not said")
            }
            return WeighedDeny(statement: statement, reach: reach, mayBeOfWhole: own != nil, reasons: reasons)
        }
    }

    /// Whether the request passes every Deny, whatever is not known; and whether it may pass them.
    private func reach(of denies: [WeighedDeny], to request: AccessRequest) -> (isOpen: Bool, isPerhapsOpen: Bool) {
        var (isOpen, isPerhapsOpen) = (true, true)
        for deny in denies {
            guard deny.statement.actions.coverage(of: request.action) == .every else { continue }
            let isOnAll = deny.statement.resources.coverage(of: request.resource) == .every
            guard isOnAll || request.resource == nil && deny.mayBeOfWhole else { continue }
            isOpen = false
            if isOnAll, deny.reach.certainly == .every { isPerhapsOpen = false }
        }
        return (isOpen, isPerhapsOpen)
    }
}

extension Statement {
    private static let elements = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    /// A key that no statement has; `nil` where there is none.
    var unknownElement: String? {
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
}

extension Statement.Resources {
    /// What is asked for: each pattern, or the resource as a whole.
    var askedFor: [String?] {
        switch self {
        case .own, .except: [nil]
        case .only(let patterns): patterns.map { $0 == "*" ? nil : $0 }
        }
    }

    /// A pattern that may stand for the one resource that a policy of the type is about; `nil` where none does, or the type's
    /// policies are about more.
    fileprivate func perhapsOwn(of type: CheckedType, _ side: OwnSide) -> String? {
        guard type.isOfOneResource, case .only(let patterns) = self else { return nil }
        return patterns.first { pattern in
            let parts = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 6 else { return pattern.hasWildcard }
            let isOfAccount = side.account.map { Wildcards.match(parts[4], $0) || parts[4].holdsVariable } ?? true
            return isOfAccount && type.services.contains { Wildcards.match(parts[2], $0) }
        }
    }
}

extension Statement.Condition {
    /// As it is named in a sentence.
    fileprivate var words: String {
        "the condition \(test.printable(limit: 60)) \(key.printable(limit: 100))"
    }
}
