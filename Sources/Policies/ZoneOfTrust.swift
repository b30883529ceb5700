import Basics

/// Whose access Access Analyzer does not report, and whom no Deny of ours may block.
package struct ZoneOfTrust: Sendable, Equatable {
    /// The account that the resource is in, twelve digits.
    package let account: String
    /// The partition of its ARNs, such as `aws-cn`.
    package let partition: String
    /// Further accounts that count as inside.
    package let trustedAccounts: [String]
    /// The organization (`o-…`) of an organization analyzer.
    package let organization: String?
    /// Accounts that Organizations has told to be members of the organization; empty without one.
    package let members: [String]

    /// A zone; the resource's own account need not be repeated among the trusted ones.
    package init(
        account: String,
        partition: String = "aws",
        trustedAccounts: [String] = [],
        organization: String? = nil,
        members: [String] = []
    ) {
        self.account = account
        self.partition = partition
        self.trustedAccounts = trustedAccounts.filter { $0 != account }
        self.organization = organization
        self.members = organization == nil ? [] : members
    }

    /// The resource's own account first, then the trusted ones.
    package var accounts: [String] {
        [account] + trustedAccounts
    }

    /// Whether the principal is certainly inside. Of the organization only the `members` are known here: the Deny's
    /// own condition spares the others.
    package func contains(_ principal: Principal) -> Bool {
        principal.account.map { accounts.contains($0) || members.contains($0) } ?? false
    }

    /// An account that is inside, and why when it is a member of the organization.
    func words(for account: String) -> String {
        guard let organization, members.contains(account) else { return "account \(account)" }
        return "account \(account), a member of \(organization)"
    }

    /// What is known of any request that Access Analyzer calls external.
    package var outsideContext: [String: ContextValue] {
        organization.map { ["aws:principalorgid": .outside([$0], mayBeAbsent: true)] } ?? [:]
    }

    /// A request of `principal`, which is outside; `everyone` then means any AWS principal outside.
    package func outsideRequest(_ principal: Principal, action: String, on resource: String? = nil) -> AccessRequest {
        request(principal, action, resource, outsideContext)
    }

    /// The same request of somebody in the organization; `nil` without one.
    package func memberRequest(_ principal: Principal, action: String) -> AccessRequest? {
        organization.map { request(principal, action, nil, ["aws:principalorgid": .known($0)]) }
    }

    private func request(
        _ principal: Principal,
        _ action: String,
        _ resource: String?,
        _ known: [String: ContextValue]
    ) -> AccessRequest {
        var context = known
        if principal == .everyone {
            // Whoever comes by an identity provider has no account and no ARN yet.
            let isFederated = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].contains { federated in
                Wildcards.match(action.lowercasedASCII, federated.lowercasedASCII)
            }
            context["aws:principalaccount"] = .outside(accounts, mayBeAbsent: isFederated)
            context["aws:principalarn"] = .outside([], mayBeAbsent: isFederated)
        }
        return AccessRequest(principal: principal, action: action, resource: resource, context: context)
    }
}
