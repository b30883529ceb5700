import Basics

/// What a criterion looks at: one key of the finding, of its context, or the score.
package struct RuleKey: Sendable {
    /// Where the value is found in a case.
    package enum Source: Sendable, Equatable {
        case resource, resourceType, owner, isPublic, error, status, id, kind, region, actions, isDeleted, risk
        /// The principal of this key: `AWS`, `Federated` …
        case principal(String)
        /// A condition key, in small letters.
        case condition(String)
        /// A member of the context.
        case context(String)
        /// A tag of the resource.
        case tag(String)
        /// A member of an object of the context: the object's key and the member's.
        case member(String, String)
        /// A tag of the account that owns the resource.
        case accountTag(String)
        /// The ids and names of all organizational units above the account.
        case organizationalUnits
        /// One member of each of the finding's sources.
        case sources(String)
        /// A flag of the bucket's public access block; one that is not set is false.
        case accessBlock(String)
        /// Any other path into the context.
        case path([String])
    }

    /// The key as the rules spell it.
    package let text: String
    /// Where it is looked for.
    package let source: Source
    /// The first-level key of the context that the value is in, as `unavailable` names it; `nil` for the finding's own.
    let part: String?

    /// What it costs to look at, so that cheap criteria are tried first.
    var cost: Int {
        switch source {
        case .isPublic, .kind, .isDeleted, .status: 0
        case .resourceType, .owner, .region, .error, .id: 1
        case .risk: 5
        case .resource, .principal, .condition, .actions: 2
        default: 3
        }
    }
}

extension RuleKey {
    private static let findingKeys: [(String, Source)] = [
        ("resource", .resource), ("resourceType", .resourceType), ("resourceOwnerAccount", .owner),
        ("accountId", .owner), ("isPublic", .isPublic), ("error", .error), ("status", .status), ("id", .id),
        ("kind", .kind), ("region", .region), ("actions", .actions), ("action", .actions), ("risk", .risk),
        ("isDeleted", .isDeleted), ("principal.AWS", .principal("AWS")),
        ("principal.Federated", .principal("Federated")), ("principal.CanonicalUser", .principal("CanonicalUser")),
        ("principal.Service", .principal("Service")),
    ]

    private static let contextKeys = [
        "keyAliases", "name", "path", "description", "lastUsed", "keyManager", "keyState", "objectOwnership",
        "createdAt", "ageDays", "encrypted", "resourceControlPolicyRestriction",
    ]

    private static let memberKeys: [(String, Source)] = [
        ("account.id", .member("account", "id")), ("account.name", .member("account", "name")),
        ("account.organizationalUnits", .organizationalUnits),
        ("principalAccount.id", .member("principalAccount", "id")),
        ("principalAccount.inOrganization", .member("principalAccount", "inOrganization")),
        ("sources", .sources("type")), ("sources.accessPointArn", .sources("accessPointArn")),
        ("sources.accessPointAccount", .sources("accessPointAccount")),
        ("publicAccessBlock.BlockPublicAcls", .accessBlock("BlockPublicAcls")),
        ("publicAccessBlock.IgnorePublicAcls", .accessBlock("IgnorePublicAcls")),
        ("publicAccessBlock.BlockPublicPolicy", .accessBlock("BlockPublicPolicy")),
        ("publicAccessBlock.RestrictPublicBuckets", .accessBlock("RestrictPublicBuckets")),
    ]

    /// Every key that stands for itself.
    static let names = findingKeys.map(\.0) + contextKeys + memberKeys.map(\.0)

    /// The beginnings after which any text may follow.
    static let openNames = ["tags.", "condition.", "account.tags.", "context."]

    /// Reads a key of `when`; `nil` for one that we do not know.
    init?(_ text: String) {
        if let (_, source) = Self.findingKeys.first(where: { $0.0 == text }) {
            self.init(text: text, source: source, part: nil)
        } else if Self.contextKeys.contains(text) {
            self.init(text: text, source: .context(text), part: text)
        } else if let (_, source) = Self.memberKeys.first(where: { $0.0 == text }) {
            self.init(text: text, source: source, part: String(text.prefix { $0 != "." }))
        } else if let key = text.after("tags.") {
            self.init(text: text, source: .tag(key), part: "tags")
        } else if let key = text.after("account.tags.") {
            self.init(text: text, source: .accountTag(key), part: "account")
        } else if let key = text.after("condition.") {
            self.init(text: text, source: .condition(key.lowercasedASCII), part: nil)
        } else if let path = text.after("context.") {
            let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard !parts.contains(""), parts.count <= 16, let first = parts.first else { return nil }
            self.init(text: text, source: parts.count == 1 ? .context(first) : .path(parts), part: first)
        } else {
            return nil
        }
    }

    /// The key that a misspelt one most likely means; any text key where nothing is near.
    static func meant(by text: String) -> RuleKey? {
        text.nearest(among: names).flatMap(RuleKey.init) ?? RuleKey("tags.\(text)")
    }

    /// What to say about a key that is none.
    static func unknown(_ text: String) -> String {
        let head = "'\(text.printable(limit: 100))' is not a key that rules know"
        if let near = text.nearest(among: names) { return "\(head); did you mean '\(near)'?" }
        for open in openNames {
            let word = String(open.dropLast())
            guard text == word || String(text.prefix { $0 != "." }).nearest(among: [word]) != nil else { continue }
            return "\(head); write '\(open)' and then the \(word == "context" ? "path" : "key")"
        }
        return "\(head); a value of your own in the context is 'context.\(text.printable(limit: 100))'"
    }
}

extension String {
    /// What follows `prefix`, when the text begins with it and something does follow.
    func after(_ prefix: String) -> String? {
        guard utf8.count > prefix.utf8.count, utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

extension RuleKey {
    /// One name for all spellings that mean the same.
    var identity: String {
        switch source {
        case .owner: "accountId"
        case .actions: "actions"
        case .condition(let key): "condition." + key
        case .context(let key): "context." + key
        default: text
        }
    }
}
