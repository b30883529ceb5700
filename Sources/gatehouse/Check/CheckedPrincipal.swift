import Basics
import LosslessJSON
import Policies

extension Principal {
    /// Somebody who came by `GetFederationToken`, `arn:…:sts::account:federated-user/name`; `nil` for all others.
    ///
    /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    var federatedUser: ARN? {
        guard case .unknown("AWS", let value) = self, let arn = ARN(value), arn.service == "sts", arn.region.isEmpty,
            arn.account.isAccountID, arn.resource.hasPrefix(Self.federatedUserPrefix)
        else { return nil }
        let name = arn.resource.utf8.dropFirst(Self.federatedUserPrefix.utf8.count)
        let isName =
            (2...32).contains(name.count)
            && name.allSatisfy { $0.isLetterASCII || $0.isDigitASCII || "+=,.@_-".utf8.contains($0) }
        return isName ? arn : nil
    }

    /// The id of CloudFront's identity that a distribution reads a bucket as; `nil` for everybody else.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    var originAccessIdentity: String? {
        guard case .unknown("AWS", let value) = self else { return nil }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "iam", parts[3].isEmpty,
            parts[4] == "cloudfront", parts[5].hasPrefix(Self.originAccessIdentityPrefix)
        else { return nil }
        return String(parts[5].dropFirst(Self.originAccessIdentityPrefix.count))
    }

    /// The account that the principal belongs to, federated users too; `nil` where its name does not say.
    var owner: String? { account ?? federatedUser?.account }

    /// How much of `other` this principal of a statement stands for, federated users too.
    func reach(to other: Principal) -> Coverage {
        guard let arn = other.federatedUser else { return coverage(of: other) }
        switch self {
        case .everyone: return .every
        case .account(let id): return id == arn.account ? .every : .none
        case .unknown: return self == other ? .every : federatedUser == nil ? .some : .none
        default: return .none
        }
    }

    /// Whether the text is a host name without wildcards, as services are named.
    static func isServiceName(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "."))
            && text.utf8.allSatisfy { $0.isLetterASCII || $0.isDigitASCII || ".-_".utf8.contains($0) }
    }

    private static let federatedUserPrefix = "federated-user/"
    private static let originAccessIdentityPrefix = "user/CloudFront Origin Access Identity "
}

extension Statement {
    /// How far a Deny is about somebody, its conditions aside: for certain, and perhaps.
    func denied(_ asking: Principal, _ side: OwnSide, isTrustPolicy: Bool) -> (certainly: Coverage, perhaps: Coverage) {
        if let excepted = json["NotPrincipal"] {
            // Whom exactly an exception spares is not documented for every kind; IAM takes none in a trust policy.
            guard let named = excepted.namedPrincipals, !named.isEmpty, !isTrustPolicy else { return (.none, .every) }
            if asking == .everyone, !named.contains(.everyone) { return deniedOutsiders(sparing: named, side) }
            let spared = named.map { $0.reach(to: asking) }.max() ?? .none
            return spared == .none ? (.every, .every) : spared == .every ? (.none, .none) : (.none, .some)
        }
        var (certainly, perhaps) = (Coverage.none, Coverage.none)
        for principal in principals {
            let coverage = principal.reach(to: asking)
            perhaps = max(perhaps, coverage)
            switch (principal, asking) {
            // Whether it reaches each identity of the account, and people of identity providers, is not documented.
            case (.account, _) where coverage == .every: continue
            case (.everyone, .federated) where !namesEverybody: continue
            // Everybody comes to a role by an identity provider as well.
            case (.everyone, .everyone) where !namesEverybody && isTrustPolicy: continue
            case (.unknown, _) where principal != asking: continue
            default: certainly = max(certainly, coverage)
            }
        }
        return (certainly, perhaps)
    }

    /// The same of everybody outside, when these are spared: all of them, if nobody who is spared is outside.
    private func deniedOutsiders(
        sparing named: [Principal],
        _ side: OwnSide
    ) -> (certainly: Coverage, perhaps: Coverage) {
        var areInside = true
        for principal in named {
            if case .service(let name) = principal, Principal.isServiceName(name) { continue }
            guard let owner = principal.owner else { return (.none, .some) }
            if side.accounts.contains(owner) { continue }
            guard side.account == nil else { return (.none, .some) }
            areInside = false
        }
        return (areInside ? .every : .none, .every)
    }
}

extension JSON {
    /// Whom a `NotPrincipal` element names; `nil` where something of it is no text.
    fileprivate var namedPrincipals: [Principal]? {
        if string == "*" { return [.everyone] }
        var named: [Principal] = []
        for member in object?.members ?? [] {
            for value in member.value.array ?? [member.value] {
                guard let text = value.string else { return nil }
                named.append(Principal(key: member.key, value: text))
            }
        }
        return named
    }
}
