package import AWSClient
package import Messages
package import Policies

/// The settings of the environment, checked.
package struct Settings: Sendable, Equatable {
    /// How far Gatehouse may go by itself.
    package enum Mode: String, Sendable, CaseIterable {
        /// Changes nothing, says what it would do.
        case observe
        /// Asks a person before it blocks.
        case approve
        /// Acts.
        case enforce
    }

    /// `GATEHOUSE_MODE`.
    package var mode = Mode.observe
    /// `GATEHOUSE_TOPIC_ARN`.
    package var topic: ARN?
    /// `GATEHOUSE_URGENT_TOPIC_ARN`: where messages from `urgentSeverity` on go instead.
    package var urgentTopic: ARN?
    /// `GATEHOUSE_URGENT_SEVERITY`.
    package var urgentSeverity = Severity.critical
    /// `GATEHOUSE_MEMBER_ROLE`: a role's name, without path.
    package var memberRole: String?
    /// `GATEHOUSE_MEMBER_EXTERNAL_ID`.
    package var memberExternalID: String?
    /// `GATEHOUSE_TRUSTED_ORGANIZATION`.
    package var trustedOrganization: String?
    /// `GATEHOUSE_TRUSTED_ACCOUNTS`.
    package var trustedAccounts: [String] = []
    /// `GATEHOUSE_EXEMPT_TAG`: the key, and the value where only one counts.
    package var exemptTag: (key: String, value: String?) = ("gatehouse:exempt", nil)
    /// `GATEHOUSE_RULES`: what `RuleSource` reads; `nil` for the built-in rules.
    package var rules: String?
    /// `GATEHOUSE_ORGANIZATION_LOOKUPS`.
    package var organizationLookUps = OrganizationLookUps.auto
    /// Settings of parts that this version does not have yet; they are said once in the log.
    package var notBuilt: [String] = []

    /// `GATEHOUSE_BLOCKED_TYPES`: the resource types that may be changed; `nil` for all.
    package var blockedTypes: [String]?

    /// Settings of parts that this version does not have.
    private static let ofLaterParts = [
        "GATEHOUSE_LEDGER_TABLE", "GATEHOUSE_MAX_CHANGES_PER_HOUR", "GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR",
        "GATEHOUSE_MAX_MESSAGES_PER_HOUR", "GATEHOUSE_COOL_DOWN_DAYS", "GATEHOUSE_APPROVAL_URL",
        "GATEHOUSE_APPROVAL_KEY",
        "GATEHOUSE_APPROVAL_HOURS", "GATEHOUSE_REVOKE_SESSIONS", "GATEHOUSE_STATE_MACHINE_ARN", "GATEHOUSE_WHO_DID_IT",
        "GATEHOUSE_EVENT_BUS", "GATEHOUSE_CHAT_TOPIC_ARN",
    ]

    /// Everything at its default.
    package init() {}

    /// Whether all settings are the same.
    package static func == (left: Settings, right: Settings) -> Bool {
        left.mode == right.mode && left.rules == right.rules && left.topic == right.topic
            && left.urgentTopic == right.urgentTopic && left.urgentSeverity == right.urgentSeverity
            && left.memberRole == right.memberRole
            && left.memberExternalID == right.memberExternalID
            && left.trustedOrganization == right.trustedOrganization
            && left.trustedAccounts == right.trustedAccounts && left.exemptTag == right.exemptTag
            && left.organizationLookUps == right.organizationLookUps
            && left.notBuilt == right.notBuilt && left.blockedTypes == right.blockedTypes
    }

    /// Who is inside for a resource of this account.
    ///
    /// - Parameter members: accounts that Organizations has told to be members of the trusted organization.
    package func zone(of account: String, members: [String] = []) -> ZoneOfTrust {
        ZoneOfTrust(
            account: account,
            trustedAccounts: trustedAccounts,
            organization: trustedOrganization,
            members: members
        )
    }
}

extension Settings {
    /// Reads the settings. Throws `InvalidConfiguration` naming the setting and what it may hold.
    package init(environment: EnvironmentVariables) throws(HandlerError) {
        self.init()
        func setting(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        func invalid(_ name: String, _ value: String, _ allowed: String) -> HandlerError {
            HandlerError(.invalidConfiguration, "\(name) is '\(value.prefix(200))' but must be \(allowed)")
        }
        if let text = setting("GATEHOUSE_MODE") {
            guard let mode = Mode(rawValue: text) else {
                throw invalid("GATEHOUSE_MODE", text, "observe, approve or enforce")
            }
            self.mode = mode
        }
        func topicARN(_ name: String) throws(HandlerError) -> ARN? {
            guard let text = setting(name) else { return nil }
            guard let arn = ARN(text), arn.service == "sns", !arn.region.isEmpty, arn.account.isAccountID,
                // A FIFO topic has no mail subscriptions and wants message groups.
                !arn.resource.hasSuffix(".fifo")
            else { throw invalid(name, text, "the ARN of a standard SNS topic") }
            return arn
        }
        topic = try topicARN("GATEHOUSE_TOPIC_ARN")
        urgentTopic = try topicARN("GATEHOUSE_URGENT_TOPIC_ARN")
        if let text = setting("GATEHOUSE_URGENT_SEVERITY") {
            guard let severity = Severity(rawValue: text) else {
                throw invalid("GATEHOUSE_URGENT_SEVERITY", text, "LOW, MEDIUM, HIGH or CRITICAL")
            }
            urgentSeverity = severity
        }
        if let text = setting("GATEHOUSE_MEMBER_ROLE") {
            guard RoleARN("arn:aws:iam::000000000000:role/\(text)")?.name == text else {
                throw invalid("GATEHOUSE_MEMBER_ROLE", text, "the name of an IAM role without its path")
            }
            memberRole = text
        }
        memberExternalID = setting("GATEHOUSE_MEMBER_EXTERNAL_ID")
        if let text = setting("GATEHOUSE_TRUSTED_ORGANIZATION") {
            guard text.hasPrefix("o-"), (12...34).contains(text.utf8.count),
                text.utf8.dropFirst(2).allSatisfy({ $0 &- 0x30 < 10 || $0 &- 0x61 < 26 })
            else { throw invalid("GATEHOUSE_TRUSTED_ORGANIZATION", text, "an organization's id such as o-a1b2c3d4e5") }
            trustedOrganization = text
        }
        if let text = setting("GATEHOUSE_TRUSTED_ACCOUNTS") {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let account = trimmed(part)
                guard account.isAccountID else {
                    throw invalid("GATEHOUSE_TRUSTED_ACCOUNTS", text, "account ids of 12 digits with commas between")
                }
                if !trustedAccounts.contains(account) { trustedAccounts.append(account) }
            }
        }
        if let text = setting("GATEHOUSE_EXEMPT_TAG") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !trimmed(parts[0][...]).isEmpty else {
                throw invalid("GATEHOUSE_EXEMPT_TAG", text, "a tag's key, or key=value")
            }
            exemptTag = (parts[0], parts.count > 1 ? parts[1] : nil)
        }
        if let text = setting("GATEHOUSE_ORGANIZATION_LOOKUPS") {
            guard let lookUps = OrganizationLookUps(rawValue: text) else {
                throw invalid("GATEHOUSE_ORGANIZATION_LOOKUPS", text, "auto, on or off")
            }
            organizationLookUps = lookUps
        }
        if let text = setting("GATEHOUSE_MAX_CHANGES_PER_HOUR") {
            guard let limit = Int(text), limit >= 0 else {
                throw invalid("GATEHOUSE_MAX_CHANGES_PER_HOUR", text, "a whole number from 0 on")
            }
        }
        rules = setting("GATEHOUSE_RULES")
        blockedTypes = setting("GATEHOUSE_BLOCKED_TYPES")?.split(separator: ",").map(trimmed)
        notBuilt = Self.ofLaterParts.filter { setting($0) != nil }
    }
}

/// The text without blanks at either end.
private func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
}
