import Basics
import LosslessJSON

/// How much of what a request may be is covered: the evaluator never guesses, it says `some` where it cannot know.
package enum Coverage: Int, Sendable, Comparable {
    /// Certainly not.
    case none
    /// In part, or under conditions whose values are not known.
    case some
    /// Certainly and always.
    case every

    /// By how much is covered.
    package static func < (left: Coverage, right: Coverage) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Coverage of the opposite.
    var inverted: Coverage {
        switch self {
        case .none: .every
        case .some: .some
        case .every: .none
        }
    }
}

/// A principal that asks for an action.
package struct AccessRequest: Sendable {
    /// Who asks. `everyone` stands for an AWS principal of which only `context` is known.
    package var principal: Principal
    /// Such as `sts:AssumeRole`; may hold wildcards, as a finding may.
    package var action: String
    /// The ARN of what is asked for, perhaps with wildcards; `nil` for the policy's own resource as a whole.
    package var resource: String?
    /// What is known of the request beyond the principal, by condition key in lower case.
    package var context: [String: ContextValue]

    /// A request with nothing known but who and what.
    package init(
        principal: Principal,
        action: String,
        resource: String? = nil,
        context: [String: ContextValue] = [:]
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}

/// What a document says to a request.
package struct Verdict: Sendable, Equatable {
    /// How far an Allow reaches it.
    package let allowed: Coverage
    /// How far a Deny reaches it.
    package let denied: Coverage
}

extension PolicyDocument {
    /// Evaluates the statements for one request.
    ///
    /// An explicit Deny beats every Allow; nothing is allowed that no statement allows. Source:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    package func evaluate(_ request: AccessRequest) -> Verdict {
        var allowed = Coverage.none
        var denied = Coverage.none
        for statement in statements {
            let coverage = statement.coverage(of: request)
            switch statement.effect {
            case .allow: allowed = max(allowed, coverage)
            case .deny: denied = max(denied, coverage)
            }
        }
        return Verdict(allowed: allowed, denied: denied)
    }

    /// How far a Deny reaches one request, whatever allows it.
    func denial(of request: AccessRequest) -> Coverage {
        statements.reduce(.none) { $1.effect == .deny ? max($0, $1.coverage(of: request)) : $0 }
    }
}

extension Statement {
    /// How much of the request this statement is about.
    package func coverage(of request: AccessRequest) -> Coverage {
        var coverage = actions.coverage(of: request.action)
        guard coverage > .none else { return .none }
        coverage = min(coverage, resources.coverage(of: request.resource))
        guard coverage > .none else { return .none }
        return min(coverage, coverageOfCaller(in: request))
    }

    /// The same whatever is asked for: principals and conditions alone.
    func coverageOfCaller(in request: AccessRequest) -> Coverage {
        var coverage =
            principals.isEmpty ? .some : principals.map { reach(of: $0, to: request.principal) }.max() ?? .none
        for condition in conditions where coverage > .none {
            coverage = min(coverage, condition.coverage(of: request))
        }
        return isPartlyUnknown ? min(coverage, .some) : coverage
    }
}

extension Statement {
    /// As `Principal.coverage`, but careful where AWS's documentation leaves doubt.
    ///
    /// Whether a Deny of an account reaches each of its identities, and whether `{"AWS": "*"}` reaches those who come
    /// by an identity provider or are a service: a guess here could leave an access open that nobody is told of.
    private func reach(of named: Principal, to asking: Principal) -> Coverage {
        let coverage = named.coverage(of: asking)
        guard coverage == .every else { return coverage }
        switch (named, asking) {
        case (.account, _) where effect == .deny: return .some
        case (.everyone, .service), (.everyone, .federated): return namesEverybody ? .every : .some
        default: return coverage
        }
    }
}

extension Statement.Actions {
    /// How much of an action, which may be a pattern itself, is meant.
    package func coverage(of action: String) -> Coverage {
        switch self {
        case .only(let patterns): patterns.map { actionCoverage($0, action) }.max() ?? .none
        case .except(let patterns): (patterns.map { actionCoverage($0, action) }.max() ?? .none).inverted
        }
    }
}

/// Compares an action pattern with an action. Two patterns that are not plainly one inside the other overlap in part.
private func actionCoverage(_ pattern: String, _ action: String) -> Coverage {
    let pattern = pattern.lowercasedASCII
    let action = action.lowercasedASCII
    guard action.hasWildcard, !pattern.hasSameBytes(as: action) else {
        return Wildcards.match(pattern, action) ? .every : .none
    }
    // A `?` stands for one character and not for the star that it would match here.
    return Wildcards.match(pattern, action) && !pattern.utf8.contains(UInt8(ascii: "?")) ? .every : .some
}

extension Principal {
    /// How much of `other` this principal of a statement stands for.
    package func coverage(of other: Principal) -> Coverage {
        if case .everyone = self { return .every }
        if case .unknown = self { return .some }
        if self == other { return .every }
        switch (self, other) {
        case (.account(let id), .user(let arn)), (.account(let id), .role(let arn)),
            (.account(let id), .session(let arn, _)):
            return id == arn.account ? .every : .none
        case (.role(let arn), .session(let session, let role)):
            return arn.account == session.account && arn.resource.lastComponent.utf8.elementsEqual(role.utf8)
                ? .every : .none
        case (.session(let session, let role), .role(let arn)):
            return arn.account == session.account && arn.resource.lastComponent.utf8.elementsEqual(role.utf8)
                ? .some : .none
        case (.user(let arn), .account(let id)), (.role(let arn), .account(let id)),
            (.session(let arn, _), .account(let id)):
            return id == arn.account ? .some : .none
        case (.federated(let left), .federated(let right)):
            // Host names do not know case, but whether IAM compares them so is not documented.
            let isSame = left.lowercasedASCII.hasSameBytes(as: right.lowercasedASCII)
            return isSame || left.utf8.contains(UInt8(ascii: "*")) ? .some : .none
        case (.service, .unknown), (.federated, .unknown), (.service, .canonicalUser), (.federated, .canonicalUser),
            (.canonicalUser, .canonicalUser):
            return .none
        case (_, .unknown), (_, .canonicalUser):
            // Somebody whose account we cannot read may be anybody's.
            return .some
        case (.user, .everyone), (.role, .everyone), (.session, .everyone), (.account, .everyone):
            return .some
        default:
            return .none
        }
    }
}
