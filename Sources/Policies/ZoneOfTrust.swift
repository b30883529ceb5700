/// Whose access Access Analyzer does not report, and whom no Deny of ours may block.
package struct ZoneOfTrust: Sendable, Equatable {
    /// The account that the resource is in, twelve digits.
    package let account: String
    /// Further accounts that count as inside.
    package let trustedAccounts: [String]
    /// The organization (`o-…`) of an organization analyzer.
    package let organization: String?

    /// A zone; the resource's own account need not be repeated among the trusted ones.
    package init(account: String, trustedAccounts: [String] = [], organization: String? = nil) {
        self.account = account
        self.trustedAccounts = trustedAccounts.filter { $0 != account }
        self.organization = organization
    }

    /// The resource's own account first, then the trusted ones.
    package var accounts: [String] {
        [account] + trustedAccounts
    }

    /// Whether the principal is certainly inside. Members of the organization cannot be told from here: the Deny's
    /// own condition spares them.
    package func contains(_ principal: Principal) -> Bool {
        principal.account.map(accounts.contains) ?? false
    }

    /// What is known of any request that Access Analyzer calls external.
    package var outsideContext: [String: ContextValue] {
        organization.map { ["aws:principalorgid": .outside([$0], mayBeAbsent: true)] } ?? [:]
    }

    /// A request of `principal`, which is outside; `everyone` then means any AWS principal outside.
    package func outsideRequest(_ principal: Principal, action: String) -> AccessRequest {
        var context = outsideContext
        if principal == .everyone {
            // Whoever comes by an identity provider has no account yet.
            let isFederated = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].contains { federated in
                wildcardMatch(lowercasedASCII(action), lowercasedASCII(federated))
            }
            context["aws:principalaccount"] = .outside(accounts, mayBeAbsent: isFederated)
        }
        return AccessRequest(principal: principal, action: action, context: context)
    }
}
