import Basics
import LosslessJSON

extension Deny {
    /// The Denies that block exactly the access of a finding: one, or several where a statement takes fewer actions.
    ///
    /// - Parameters:
    ///   - finding: the finding's id as AWS writes it.
    ///   - actions: the finding's.
    ///   - conditionKeys: the keys of the finding's conditions and of the statements that allow the access.
    ///   - form: how the principal is named.
    /// - Throws: why there is no Deny that would be safe.
    package static func planned(
        finding: String,
        _ access: GrantedAccess,
        actions: [String],
        conditionKeys: [String],
        in document: PolicyDocument,
        zone: ZoneOfTrust,
        dialect: PolicyDialect,
        form: Form = .condition
    ) throws(PolicyError) -> [Deny] {
        guard !dialect.isTrustPolicy else {
            return [
                try planned(
                    finding: finding,
                    principal: access.principal,
                    actions: actions,
                    conditionKeys: conditionKeys,
                    zone: zone,
                    dialect: dialect,
                    form: form
                )
            ]
        }
        let sids = Deny.sids(forFinding: finding)
        guard !sids.isEmpty else {
            throw PolicyError("the finding's id '\(finding)' holds no letter or digit to make a Sid from")
        }
        if let odd = actions.first(where: { dialect.isOfService($0) && !dialect.isDeniable($0) }) {
            throw PolicyError("'\(odd)' is not the name of an action")
        }
        guard !access.actions.isEmpty else {
            throw PolicyError("the finding names no action that a \(dialect.name) can deny")
        }
        return try planned(sids: sids, access, in: document, zone: zone, dialect: dialect, form: form)
    }

    /// The Deny in a trust policy that blocks exactly the access of a finding.
    ///
    /// - Parameters:
    ///   - finding: the finding's id as AWS writes it.
    ///   - principal: the finding's principal.
    ///   - actions: the finding's actions; those of other services are not this policy's matter.
    ///   - conditionKeys: the keys of the finding's conditions and of the statements that allow the access.
    ///   - dialect: what the resource's policy documents are like.
    ///   - form: how the principal is named.
    /// - Throws: why there is no Deny that would be safe.
    package static func planned(
        finding: String,
        principal: Principal,
        actions: [String],
        conditionKeys: [String],
        zone: ZoneOfTrust,
        dialect: PolicyDialect,
        form: Form = .condition
    ) throws(PolicyError) -> Deny {
        guard let sid = Deny.sid(forFinding: finding) else {
            throw PolicyError("the finding's id '\(finding)' holds no letter or digit to make a Sid from")
        }
        let target = try target(principal, conditionKeys: conditionKeys, zone: zone, form)
        let ofService = actions.filter(dialect.isOfService)
        if let odd = ofService.first(where: { !dialect.isDeniable($0) }) {
            throw PolicyError("'\(odd)' is not the name of an action")
        }
        guard !ofService.isEmpty else {
            let services = dialect.services.map { $0 + ":" }.joined(separator: " or ")
            throw PolicyError("the finding names no \(services) action, so a \(dialect.name) cannot block it")
        }
        let denied = deniable(ofService, of: principal, dialect)
        guard !denied.isEmpty else {
            throw PolicyError(
                "none that spares your own identity providers can be proven to stop everyone from using "
                    + actions.joined(separator: ", ")
            )
        }
        let isAWSPrincipal = if case .federated = target { false } else { true }
        return Deny(
            sid: sid,
            target: target,
            actions: denied,
            organization: isAWSPrincipal ? zone.organization : nil
        )
    }

    /// The actions of a finding that a Deny of this principal can name, each once.
    ///
    /// Everybody who comes by an identity provider carries nothing yet by which a Deny could tell those of our own
    /// providers from others, so everybody is denied only what AWS principals do. Source of the latter:
    /// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
    package static func deniable(_ actions: [String], of principal: Principal, _ dialect: PolicyDialect) -> [String] {
        var result: [String] = []
        // ASCII all of them, so that equal ones are so byte by byte.
        var known: Set<String> = []
        for action in actions where dialect.isDeniable(action) {
            var wanted = dialect.legal(action)
            if principal == .everyone, dialect.isTrustPolicy {
                let isPattern = action.utf8.contains(UInt8(ascii: "*"))
                wanted = isPattern ? actionsOfAWSPrincipals : isForProviders(action) ? [] : wanted
            }
            result += wanted.filter { known.insert($0.lowercasedASCII).inserted }
        }
        return result
    }

    /// What of a finding's access stays open although this Deny is in place, in the words of a summary; `nil` when
    /// nothing does.
    package static func staysOpen(_ actions: [String], of principal: Principal) -> String? {
        guard principal == .everyone, actions.contains(where: PolicyDialect.trustPolicy.isOfService) else { return nil }
        let open = actions.flatMap { $0.hasSuffix("*") ? actionsOfProviders : isForProviders($0) ? [$0] : [] }
        guard !open.isEmpty else { return nil }
        return "\(open.joined(separator: " and ")) may still be open to people who come by an identity provider: "
            + "a Deny cannot tell those of your own providers from others, so narrow the statement that allows it"
    }

    private static let actionsOfAWSPrincipals = [
        "sts:AssumeRole", "sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession",
    ]
    private static let actionsOfProviders = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]

    private static func isForProviders(_ action: String) -> Bool {
        actionsOfProviders.contains { $0.lowercasedASCII.hasSameBytes(as: action.lowercasedASCII) }
    }

    /// Why a principal must never be denied, known before anything is read; `nil` when nothing speaks against it.
    package static func objection(to principal: Principal, zone: ZoneOfTrust) -> String? {
        if case .federated(let provider) = principal, let account = principal.account {
            if account == zone.account {
                return "\(provider) is an identity provider of the role's own account: our own people sign in there"
            }
            return zone.contains(principal)
                ? "\(provider) is inside the zone of trust (\(zone.words(for: account)))" : nil
        }
        guard zone.contains(principal), let account = principal.account else { return nil }
        return "\(principal.element.value) is inside the zone of trust (\(zone.words(for: account)))"
    }

    private static func target(
        _ principal: Principal,
        conditionKeys: [String],
        zone: ZoneOfTrust,
        _ form: Form
    ) throws(PolicyError) -> Target {
        if let objection = objection(to: principal, zone: zone) { throw PolicyError(objection) }
        switch principal {
        case .everyone:
            return .everyoneOutside(zone.accounts)
        case .account(let id):
            return form == .principal ? .named(id) : .account(id)
        case .user(let arn), .role(let arn):
            // The Deny would reach whoever the variable stands for. A path may hold a wildcard's character, a name not.
            guard !arn.resource.holdsVariable, arn.endsInName else {
                throw PolicyError("\(arn) is not the name of one user or role")
            }
            return form == .principal ? .named(arn.description) : .identity(arn.description)
        case .session(let arn, _):
            guard !arn.resource.hasWildcard else {
                throw PolicyError("\(arn) is not the name of one session")
            }
            return .session(arn.description)
        case .federated(let provider):
            return .federated(try checked(provider, conditionKeys))
        case .service(let name):
            throw PolicyError("\(name) is an AWS service, and those are never denied")
        case .uniqueID(let id):
            throw PolicyError("\(id) is the id of a user or role that has been deleted")
        case .canonicalUser, .unknown:
            let (key, value) = principal.element
            throw PolicyError("a trust policy cannot deny the principal \(key) '\(value)'")
        }
    }

    private static func checked(_ provider: String, _ conditionKeys: [String]) throws(PolicyError) -> String {
        if ARN(provider) == nil, let key = conditionKeys.first(where: { isIdentityKey($0, of: provider) }) {
            throw PolicyError(
                "\(provider) is limited by \(key), so it is usually the login of an application of our own"
            )
        }
        guard provider.isIdentityProvider else {
            throw PolicyError("'\(provider)' is not the name of one identity provider")
        }
        return provider
    }

    /// Keys that limit a login provider to an audience or a subject: `host:aud`, `host:sub`, `host:app_id`, `host:email`
    /// and the like; all but `host:amr`, which only asks for a login at all.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    private static func isIdentityKey(_ key: String, of provider: String) -> Bool {
        let key = key.lowercasedASCII
        let host = provider.lowercasedASCII + ":"
        return key.hasPrefix(host)
            && key.dropFirst(host.count) != "amr"
    }
}

extension PolicyDocument {
    /// The condition keys of every statement that reaches the principal: a Deny may be what limits it.
    package func conditionKeys(reaching principal: Principal) -> [String] {
        statements
            .filter { statement in
                statement.principals.contains { $0.coverage(of: principal) > .none }
            }
            .flatMap { $0.conditions.map(\.key) }
    }
}
