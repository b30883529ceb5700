/// The keys of a case's `context` that enrichment writes, in the order that they are written in.
package enum ContextKey: String, CaseIterable {
    case tags, name, path, description, lastUsed, keyAliases, keyManager, keyState, publicAccessBlock, objectOwnership
    case createdAt, ageDays, encrypted, account, principalAccount, sources, resourceControlPolicyRestriction
    /// Who has opened the access, as far as CloudTrail tells; nothing is decided by it.
    case openedBy
    /// How the finding is now: only ever missing, for what is known of it stands in the case's finding.
    case finding
    case unavailable
}
