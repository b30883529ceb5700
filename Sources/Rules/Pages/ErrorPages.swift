extension RuleCode {
    var errorPage: RuleCodePage {
        switch self {
        case .notJSON:
            RuleCodePage(
                title: "the file is not JSON",
                text:
                    "A rules file is one JSON object in UTF-8: no comments, no commas at the end of a list, every text in "
                    + "double quotes, no key twice in one object. What should be said beside a rule goes into its "
                    + "'description' or 'reason'.",
                wrong: #"{"version": 1, "rules": [],}"#,
                right: #"{"version": 1, "rules": []}"#
            )
        case .tooLarge:
            RuleCodePage(
                title: "more than a rules file may hold",
                text:
                    "A file has at most 4 MiB and 1000 rules; a rule 64 keys in 'when'; an operator 1000 values; a value, "
                    + "a key or a text 2048 bytes; a name 128 bytes. Make two rules of one, or use 'like'.",
                wrong: Self.example(more: #""owner": "\#(String(repeating: "x", count: 2049))", "#),
                right: Self.example(more: #""owner": "security@example.com", "#)
            )
        case .wrongKind:
            RuleCodePage(
                title: "a value of another kind",
                text:
                    "The key takes another kind of value: a list where a text stands, a text where a truth value stands, "
                    + "and so on. The values of 'eq', 'neq', 'contains' and 'like' are lists of texts, also of one and also "
                    + "of \"true\" and \"false\".",
                wrong: Self.example(when: #"{"isPublic": {"eq": [true]}}"#),
                right: Self.example(when: #"{"isPublic": {"eq": ["true"]}}"#)
            )
        case .missing:
            RuleCodePage(
                title: "a key is missing",
                text:
                    "A file needs 'version' and 'rules', a rule 'name', 'when' and 'action'. A rule about every finding "
                    + "has an empty 'when'.",
                wrong: #"{"version": 1, "rules": [{"name": "example", "when": {}}]}"#,
                right: #"{"version": 1, "rules": [{"name": "example", "when": {}, "action": "NOTIFY"}]}"#
            )
        case .unknownMember:
            RuleCodePage(
                title: "an unknown key",
                text: "What is not known is refused, so that a slip of the pen never widens a rule.",
                wrong: #"{"version": 1, "defualt": "NOTIFY", "rules": []}"#,
                right: #"{"version": 1, "default": "NOTIFY", "rules": []}"#
            )
        case .empty:
            RuleCodePage(
                title: "an empty value",
                text:
                    "A text, a list of values or a key without an operator says nothing. To ask whether a key is there, "
                    + "use 'exists'.",
                wrong: Self.example(when: #"{"tags.Owner": {"eq": []}}"#),
                right: Self.example(when: #"{"tags.Owner": {"exists": false}}"#)
            )
        case .version:
            RuleCodePage(
                title: "another version",
                text: "This version of Gatehouse reads rules of version 1, a number without quotes.",
                wrong: #"{"version": "1", "rules": []}"#,
                right: #"{"version": 1, "rules": []}"#
            )
        case .outOfRange:
            RuleCodePage(
                title: "a number out of range",
                text: "'archiveBelow' is from 0 to 100, a weight from -100 to 100; 'lt' and 'gt' take whole numbers.",
                wrong: #"{"version": 1, "rules": [], "risk": {"archiveBelow": 101}}"#,
                right: #"{"version": 1, "rules": [], "risk": {"archiveBelow": 20}}"#
            )
        case .repeatedName:
            RuleCodePage(
                title: "a name twice",
                text: "The rule's name is what decisions, messages and metrics say, so each rule has its own.",
                wrong: """
                    {"version": 1, "rules": [
                      {"name": "audit", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"},
                      {"name": "audit", "when": {"region": {"eq": ["us-east-1"]}}, "action": "NOTIFY"}
                    ]}
                    """,
                right: """
                    {"version": 1, "rules": [
                      {"name": "audit-public", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"},
                      {"name": "audit-home", "when": {"region": {"eq": ["us-east-1"]}}, "action": "NOTIFY"}
                    ]}
                    """
            )
        case .unusableName:
            RuleCodePage(
                title: "a name that cannot be used",
                text:
                    "Names are plain text that can be seen. 'default', 'risk' and 'not-active' are what decisions without "
                    + "a rule are called.",
                wrong: #"{"version": 1, "rules": [{"name": "default", "when": {}, "action": "NOTIFY"}]}"#,
                right: #"{"version": 1, "rules": [{"name": "all-others", "when": {}, "action": "NOTIFY"}]}"#
            )
        case .unknownAction:
            RuleCodePage(
                title: "an unknown action",
                text: "Actions are ARCHIVE, NOTIFY, RESOLVE, APPROVE and IGNORE, in capitals.",
                wrong: Self.example("Notify"),
                right: Self.example("NOTIFY")
            )
        case .expiry:
            RuleCodePage(
                title: "an end that is none",
                text: "'expires' is a day, through whose end (UTC) the rule matches, or a moment in UTC.",
                wrong: Self.example(more: #""expires": "2027-02-29", "#),
                right: Self.example(more: #""expires": "2027-02-28", "#)
            )
        case .means:
            RuleCodePage(
                title: "a way of blocking that does not fit",
                text: "'with' says how access is blocked: DENY or PUBLIC_ACCESS_BLOCK, for RESOLVE and APPROVE alone.",
                wrong: Self.example(more: #""with": "DENY", "#),
                right: Self.example(
                    when: #"{"resourceType": {"eq": ["AWS::IAM::Role"]}}"#,
                    "APPROVE",
                    more: #""with": "DENY", "#
                )
            )
        case .unreachable:
            RuleCodePage(
                title: "a rule that never decides",
                text: "The first rule that matches decides, and an earlier one matches whatever this one does. Put the "
                    + "narrower rule first.",
                wrong: """
                    {"version": 1, "rules": [
                      {"name": "all", "when": {}, "action": "NOTIFY"},
                      {"name": "public", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"}
                    ]}
                    """,
                right: """
                    {"version": 1, "rules": [
                      {"name": "public", "when": {"isPublic": {"eq": ["true"]}}, "action": "NOTIFY"},
                      {"name": "all", "when": {}, "action": "NOTIFY"}
                    ]}
                    """
            )
        default:
            criterionPage
        }
    }

    /// Of what is wrong inside `when` or among the weights.
    private var criterionPage: RuleCodePage {
        switch self {
        case .unknownKey:
            RuleCodePage(
                title: "a key that rules do not know",
                text:
                    "'gatehouse rules keys' lists the keys of 'when'. Tags are 'tags.' and the key; what a team of yours "
                    + "has added to the context is 'context.' and the path.",
                wrong: Self.example(when: #"{"tag.Owner": {"exists": true}}"#),
                right: Self.example(when: #"{"tags.Owner": {"exists": true}}"#)
            )
        case .unknownOperator:
            RuleCodePage(
                title: "an unknown operator",
                text: "Operators are eq, neq, contains, like, exists, lt and gt.",
                wrong: Self.example(when: #"{"tags.Owner": {"equals": ["security"]}}"#),
                right: Self.example(when: #"{"tags.Owner": {"eq": ["security"]}}"#)
            )
        case .notComparable:
            RuleCodePage(
                title: "a comparison of what is no number",
                text: "'lt' and 'gt' compare numbers: 'risk', 'ageDays' and paths under 'context.'.",
                wrong: Self.example(when: #"{"name": {"gt": 5}}"#),
                right: Self.example(when: #"{"ageDays": {"gt": 5}}"#)
            )
        case .impossibleValue:
            RuleCodePage(
                title: "a value that the key never has",
                text: "The key's values always have another form, so 'eq' would match nothing and 'neq' everything.",
                wrong: Self.example(when: #"{"accountId": {"eq": ["1234-5678-9012"]}}"#),
                right: Self.example(when: #"{"accountId": {"eq": ["123456789012"]}}"#)
            )
        case .contradiction:
            RuleCodePage(
                title: "tests that never hold together",
                text: "All tests of a key must hold, and these exclude one another.",
                wrong: Self.example(when: #"{"tags.Owner": {"exists": false, "eq": ["security"]}}"#),
                right: Self.example(when: #"{"tags.Owner": {"eq": ["security"]}}"#)
            )
        default:
            RuleCodePage(
                title: "an unknown weight",
                text: "Weights are those of the score (Score.md), or 'resourceType:' and a type.",
                wrong: #"{"version": 1, "rules": [], "risk": {"weights": {"publik": 50}}}"#,
                right: #"{"version": 1, "rules": [], "risk": {"weights": {"public": 50}}}"#
            )
        }
    }
}
