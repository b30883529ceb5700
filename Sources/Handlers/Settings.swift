package import AWSClient
package import Basics
package import Findings
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
    /// `GATEHOUSE_EXEMPT_TAG`.
    package var exemptTag = ExemptTag(key: "gatehouse:exempt", value: nil)
    /// `GATEHOUSE_RULES`: what `RuleSource` reads; `nil` for the built-in rules.
    package var rules: String?
    /// `GATEHOUSE_ORGANIZATION_LOOKUPS`.
    package var organizationLookUps = OrganizationLookUps.auto
    /// `GATEHOUSE_BLOCKED_TYPES`: the resource types that may be changed; `nil` for all.
    package var blockedTypes: [ResourceType]?

    /// `GATEHOUSE_LEDGER_TABLE`; `nil` for no ledger.
    package var ledgerTable: LedgerTable?
    /// `GATEHOUSE_MAX_CHANGES_PER_HOUR`.
    package var maxChangesPerHour = 20
    /// `GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR`.
    package var maxChangesPerAccountPerHour = 10
    /// `GATEHOUSE_MAX_MESSAGES_PER_HOUR`.
    package var maxMessagesPerHour = 100
    /// `GATEHOUSE_STATE_MACHINE_ARN`: the workflow that a sweep starts.
    package var stateMachine: ARN?
    /// `GATEHOUSE_COOL_DOWN_DAYS`.
    package var coolDownDays = 14
    /// `GATEHOUSE_APPROVAL_URL`, with a slash at its end; `nil` where requests are decided by the command line only.
    package var approvalURL: String?
    /// `GATEHOUSE_APPROVAL_KEY`; `nil` for no links.
    package var approvalKey: ApprovalKey.Location?
    /// `GATEHOUSE_APPROVAL_HOURS`.
    package var approvalHours = 24
    /// `GATEHOUSE_REVOKE_SESSIONS`.
    package var revokesSessions = false
    /// `GATEHOUSE_WHO_DID_IT`: whether CloudTrail is asked who has opened an access.
    package var asksWhoDidIt = false
    /// `GATEHOUSE_EVENT_BUS`: where what became of each finding is put; `nil` for nowhere.
    package var eventBus: EventBusName?
    /// `GATEHOUSE_CHAT_TOPIC_ARN`: the topic that gets each message in the form of chat applications.
    package var chatTopic: ARN?
    /// `GATEHOUSE_LOG_GROUP`: where the functions log, for reports; without it the function's own, as Lambda names it.
    package var logGroup: String?
    /// Settings that are set but do nothing without a ledger; they are said once in the log.
    package var withoutLedger: [String] = []

    private static let needingLedger = [
        "GATEHOUSE_MAX_CHANGES_PER_HOUR", "GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR",
        "GATEHOUSE_MAX_MESSAGES_PER_HOUR", "GATEHOUSE_COOL_DOWN_DAYS", "GATEHOUSE_APPROVAL_URL",
        "GATEHOUSE_APPROVAL_KEY", "GATEHOUSE_APPROVAL_HOURS",
    ]

    /// Everything at its default.
    package init() {}

    /// Who is inside for a resource of this account.
    ///
    /// - Parameter members: accounts that Organizations has told to be members of the trusted organization.
    package func zone(of account: String, _ partition: Partition, members: [String] = []) -> ZoneOfTrust {
        ZoneOfTrust(
            account: account,
            partition: partition.rawValue,
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
        let values = SettingValues(environment)
        mode = try values.choice("GATEHOUSE_MODE", "observe, approve or enforce") ?? mode
        topic = try values.topic("GATEHOUSE_TOPIC_ARN")
        urgentTopic = try values.topic("GATEHOUSE_URGENT_TOPIC_ARN")
        urgentSeverity =
            try values.choice("GATEHOUSE_URGENT_SEVERITY", "LOW, MEDIUM, HIGH or CRITICAL") ?? urgentSeverity
        memberRole = try values.checked("GATEHOUSE_MEMBER_ROLE", "the name of an IAM role without its path") { name in
            RoleARN("arn:aws:iam::000000000000:role/\(name)")?.name == name ? name : nil
        }
        memberExternalID = values["GATEHOUSE_MEMBER_EXTERNAL_ID"]
        let organization = "an organization's id such as o-a1b2c3d4e5"
        trustedOrganization = try values.checked("GATEHOUSE_TRUSTED_ORGANIZATION", organization) { id in
            let isID =
                id.hasPrefix("o-") && (12...34).contains(id.utf8.count)
                && id.utf8.dropFirst(2).allSatisfy { $0.isDigitASCII || $0.isLowercaseASCII }
            return isID ? id : nil
        }
        trustedAccounts = try values.accounts("GATEHOUSE_TRUSTED_ACCOUNTS") ?? []
        exemptTag = try values.tag("GATEHOUSE_EXEMPT_TAG") ?? exemptTag
        organizationLookUps = try values.choice("GATEHOUSE_ORGANIZATION_LOOKUPS", "auto, on or off") ?? .auto
        ledgerTable = try values.checked(
            "GATEHOUSE_LEDGER_TABLE",
            "the name or the ARN of a DynamoDB table",
            LedgerTable.init
        )
        stateMachine = try values.checked("GATEHOUSE_STATE_MACHINE_ARN", "the ARN of a state machine") { text in
            guard let arn = ARN(text), arn.service == "states", !arn.region.isEmpty,
                arn.resource.hasPrefix("stateMachine:")
            else { return nil }
            return arn
        }
        maxChangesPerHour = try values.count("GATEHOUSE_MAX_CHANGES_PER_HOUR") ?? maxChangesPerHour
        maxChangesPerAccountPerHour =
            try values.count("GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR") ?? maxChangesPerAccountPerHour
        maxMessagesPerHour = try values.count("GATEHOUSE_MAX_MESSAGES_PER_HOUR") ?? maxMessagesPerHour
        coolDownDays = try values.count("GATEHOUSE_COOL_DOWN_DAYS", most: 3650) ?? coolDownDays
        approvalURL = try values.checked(
            "GATEHOUSE_APPROVAL_URL",
            "an https:// address without a query, such as a Lambda function URL",
            Self.pageAddress
        )
        approvalKey = try ApprovalKey.Location.read(values["GATEHOUSE_APPROVAL_KEY"])
        approvalHours = try values.count("GATEHOUSE_APPROVAL_HOURS", least: 1, most: 720) ?? approvalHours
        let (revokes, asks): (Switch?, Switch?) = (
            try values.choice("GATEHOUSE_REVOKE_SESSIONS", "on or off"),
            try values.choice("GATEHOUSE_WHO_DID_IT", "on or off")
        )
        revokesSessions = revokes == .on
        asksWhoDidIt = asks == .on
        eventBus = try values.checked("GATEHOUSE_EVENT_BUS", "the name or the ARN of an event bus", EventBusName.init)
        chatTopic = try values.topic("GATEHOUSE_CHAT_TOPIC_ARN")
        logGroup =
            try values.checked("GATEHOUSE_LOG_GROUP", "the name of a log group", Self.logGroupName)
            ?? values["AWS_LAMBDA_LOG_GROUP_NAME"]
        if ledgerTable == nil { withoutLedger = Self.needingLedger.filter { values[$0] != nil } }
        rules = values["GATEHOUSE_RULES"]
        blockedTypes = values.list("GATEHOUSE_BLOCKED_TYPES")?.compactMap { ResourceType($0) }
    }

    private enum Switch: String {
        case on
        case off
    }

    /// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    package static func logGroupName(_ text: String) -> String? {
        let isName = text.utf8.allSatisfy { byte in
            byte.isDigitASCII || byte.isLowercaseASCII || (0x41...0x5A).contains(byte) || "_-/.#".utf8.contains(byte)
        }
        return isName && (1...512).contains(text.utf8.count) ? text : nil
    }

    /// What stands in a link must reach nobody on the way; this machine's own addresses are for trying.
    private static func pageAddress(_ text: String) -> String? {
        let isOwn = ["http://127.0.0.1", "http://localhost"].contains { own in
            text == own || text.hasPrefix("\(own)/") || text.hasPrefix("\(own):")
        }
        let isSafe = isOwn || text.hasPrefix("https://")
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#""'<>?#\^`{|}"#.utf8.contains($0) }
        guard isSafe, isPlain, text.utf8.count <= 1000, text != "https://" else { return nil }
        return text.hasSuffix("/") ? text : text + "/"
    }
}
