import AWSClient
import Handlers
import Messages
import Policies
import Testing

@Suite struct SettingsTests {
    @Test func defaultsAreTheSafeOnes() throws {
        let settings = try Settings(environment: [:])
        #expect(settings.mode == .observe)
        #expect(settings.topic == nil && settings.memberRole == nil && settings.trustedAccounts.isEmpty)
        #expect(settings.exemptTag == ExemptTag(key: "gatehouse:exempt", value: nil))
        #expect(try Settings(environment: ["GATEHOUSE_MODE": "", "GATEHOUSE_TOPIC_ARN": ""]) == settings)
    }

    @Test func readsEverySetting() throws {
        let settings = try Settings(environment: [
            "GATEHOUSE_MODE": "enforce", "GATEHOUSE_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:t",
            "GATEHOUSE_MEMBER_ROLE": "member", "GATEHOUSE_MEMBER_EXTERNAL_ID": "x",
            "GATEHOUSE_TRUSTED_ORGANIZATION": "o-a1b2c3d4e5",
            "GATEHOUSE_TRUSTED_ACCOUNTS": "210987654321, 111122223333,210987654321",
            "GATEHOUSE_URGENT_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:u", "GATEHOUSE_URGENT_SEVERITY": "HIGH",
            "GATEHOUSE_EXEMPT_TAG": "sharing=a=b", "GATEHOUSE_LEDGER_TABLE": "ledger",
            "GATEHOUSE_MAX_CHANGES_PER_HOUR": "3",
            "GATEHOUSE_APPROVAL_HOURS": "4", "GATEHOUSE_WHO_DID_IT": "on", "GATEHOUSE_RULES": "s3://b/k",
        ])
        #expect(settings.mode == .enforce && settings.memberRole == "member" && settings.memberExternalID == "x")
        #expect(settings.trustedAccounts == ["210987654321", "111122223333"])
        #expect(settings.exemptTag == ExemptTag(key: "sharing", value: "a=b"))
        #expect(settings.urgentTopic?.resource == "u" && settings.urgentSeverity == .high)
        #expect(settings.ledgerTable?.name == "ledger" && settings.ledgerTable?.region == nil)
        #expect(settings.maxChangesPerHour == 3 && settings.maxChangesPerAccountPerHour == 10)
        #expect(settings.asksWhoDidIt && settings.withoutLedger.isEmpty)
        #expect(settings.approvalHours == 4)
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/ledger"
        let other = try Settings(environment: ["GATEHOUSE_LEDGER_TABLE": table])
        #expect(other.ledgerTable?.name == table && other.ledgerTable?.region?.name == "eu-west-1")
        #expect(
            try Settings(environment: ["GATEHOUSE_COOL_DOWN_DAYS": "1"]).withoutLedger == ["GATEHOUSE_COOL_DOWN_DAYS"]
        )
    }

    @Test(arguments: [
        ("GATEHOUSE_MODE", "Enforce"), ("GATEHOUSE_TOPIC_ARN", "arn:aws:sqs:us-east-1:123456789012:q"),
        ("GATEHOUSE_TOPIC_ARN", "topic"), ("GATEHOUSE_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:t.fifo"),
        ("GATEHOUSE_MEMBER_ROLE", "path/role"),
        ("GATEHOUSE_TRUSTED_ORGANIZATION", "ou-1"), ("GATEHOUSE_TRUSTED_ACCOUNTS", "12345"),
        ("GATEHOUSE_URGENT_TOPIC_ARN", "arn:aws:sns::123456789012:t"), ("GATEHOUSE_URGENT_SEVERITY", "high"),
        ("GATEHOUSE_EXEMPT_TAG", "=x"), ("GATEHOUSE_MAX_CHANGES_PER_HOUR", "-1"),
        ("GATEHOUSE_LEDGER_TABLE", "t"), ("GATEHOUSE_LEDGER_TABLE", "arn:aws:dynamodb:eu-west-1:1:table/ledger"),
        ("GATEHOUSE_LEDGER_TABLE", "a b c"), ("GATEHOUSE_COOL_DOWN_DAYS", "9999"),
        ("GATEHOUSE_MAX_MESSAGES_PER_HOUR", "x"), ("GATEHOUSE_APPROVAL_HOURS", "0"),
        ("GATEHOUSE_APPROVAL_HOURS", "721"),
        ("GATEHOUSE_APPROVAL_URL", "http://example.com/"), ("GATEHOUSE_APPROVAL_URL", "https://example.com/?a=b"),
        ("GATEHOUSE_REVOKE_SESSIONS", "yes"), ("GATEHOUSE_WHO_DID_IT", "yes"),
        ("GATEHOUSE_EVENT_BUS", "a bus"), ("GATEHOUSE_EVENT_BUS", "arn:aws:events:us-east-1:123456789012:rule/x"),
        ("GATEHOUSE_EVENT_BUS", "arn:aws:events:us-east-1:1:event-bus/x"),
        ("GATEHOUSE_CHAT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:t.fifo"),
    ])
    func namesWhatIsWrong(_ name: String, _ value: String) {
        let error = #expect(throws: HandlerError.self) { try Settings(environment: [name: value]) }
        #expect(error?.kind == .invalidConfiguration)
        #expect(error?.message.hasPrefix("\(name) is '\(value)' but must be ") == true)
    }

    @Test(arguments: [
        "too-short-to-sign-anything", "secretsmanager:my-secret",
        "secretsmanager:arn:aws:ssm:us-east-1:123456789012:parameter/x",
    ])
    func aKeyIsNeverInAMessage(_ key: String) {
        let error = #expect(throws: HandlerError.self) { try Settings(environment: ["GATEHOUSE_APPROVAL_KEY": key]) }
        #expect(error?.kind == .invalidConfiguration && error?.message.contains(key) == false)
        #expect(error?.message.hasPrefix("GATEHOUSE_APPROVAL_KEY ") == true)
    }

    @Test func anUnknownHandlerIsToldWhichThereAre() {
        for name in [nil, "", "previews", "Resolve"] {
            let error = #expect(throws: HandlerError.self) { try HandlerName(setting: name) }
            #expect(
                error?.message.contains(
                    "enrich, evaluate, preview, archive, resolve, notify, respond, verify, rollback, approve, sweep"
                )
                    == true
            )
        }
    }
}
