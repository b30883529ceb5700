import Basics
import Findings
import Glibc
import LosslessJSON
import Messages
import Policies
import ResourceTypes
import Rules
import Testing

@testable import Handlers

@Suite struct MessageTests {
    @Test(arguments: resources.map(\.type))
    func everyTypeHasItsFactsAndItsOwnWayOut(_ type: String) throws {
        let arn = try #require(resources.first { $0.type == type }).arn
        let isUser = type == "AWS::IAM::User"
        let input = try toldCase(
            type,
            arn,
            finding: isUser ? [("kind", "UnusedIAMUserPassword"), ("principal", .null)] : [("error", "ACCESS_DENIED")],
            adding: [("context", ["unavailable": [["what": "tags", "why": "AccessDenied: no"]]])]
        )
        let body = message(input).body
        for text in [arn, findingID(7), account, "- tags: AccessDenied: no", try #require(ResourceType(type)?.words)] {
            #expect(body.contains(text), "\(text) is not in\n\(body)")
        }
        #expect(body.contains(isUser ? "Principal: none" : "Principal: 999988887777 (AWS account"))
        if !isUser { #expect(body.contains("Error: ACCESS_DENIED")) }
        let commands = commandLines(body)
        #expect(commands.count >= 3, "\(body)")
        #expect(!body.contains("in the console of its service"))
    }

    /// Each printed command is run by a shell whose `aws` only shows its arguments.
    @Test(arguments: resources.map(\.type))
    func aShellSeesHostileNamesAsOneArgument(_ type: String) throws {
        let hostile = "x$(touch${IFS}gatehouse-was-here)`id`;'\"&|"
        let arn = try #require(resources.first { $0.type == type }).arn
        guard let place = arn.lastIndex(where: { ":/".contains($0) }), type != "AWS::IAM::Role" else { return }
        let version = type == "AWS::Lambda::LayerVersion" ? ":7" : ""
        let named = arn[...place] + hostile + version
        let kind: JSON = type == "AWS::IAM::User" ? "UnusedIAMUserAccessKey" : "ExternalAccess"
        let input = try toldCase(type, String(named), finding: [("kind", kind), ("id", "a'b$(id)")])
        let commands = commandLines(message(input).body)
        #expect(commands.count >= 2)
        let folder = try shell("mktemp -d").split(separator: "\n").joined()
        defer { _ = try? shell("rm -rf \(folder.shellQuoted)") }
        for command in commands {
            // What a command saves is printed too.
            let script =
                "cd \(folder) || exit 1; aws() { printf '%s\\n' \"$@\"; }; \(command); cat *.json 2>&1; rm -f *.json"
            let arguments = try shell(script).split(separator: "\n")
            #expect(arguments.contains { $0.contains(hostile) || $0 == "a'b$(id)" }, "\(command)")
        }
        // Everything ran in this folder, so what a name starts would have left its file there and nowhere else.
        #expect(access("\(folder)/gatehouse-was-here", F_OK) != 0)
    }

    private func commandLines(_ body: String) -> [String] {
        body.split(separator: "\n").compactMap { line in
            line.firstRange(of: "aws ").map { String(line[$0.lowerBound...]) }
        }
    }

    @Test func aRuleToPasteIsOneThatTheRulesTake() throws {
        for (type, arn) in resources where type != "AWS::IAM::User" {
            let input = try toldCase(
                type,
                arn,
                finding: [("condition", ["aws:SourceVpc": "vpc-1"])],
                adding: harmless
            )
            let line = try #require(
                message(input).body.split(separator: "\n").first { $0.contains("put this rule first") }
            )
            let rule = String(line[try #require(line.firstIndex(of: "{"))...])
            let text = "{\"version\":1,\"default\":\"NOTIFY\",\"rules\":[\(rule)]}"
            let rules = try RuleSet(Array(text.utf8))
            let decision = rules.decide(input, now: messageTime.extended)
            #expect(decision.action == .archive, "\(rule): \(decision)")
            #expect(rules.warnings(blockedTypes: [], now: messageTime).isEmpty, "\(rule)")
            // It ends after 90 days.
            #expect(rules.decide(input, now: "2027-02-20T00:00:00Z").action == .notify)
            #expect(rules.decide(input, now: "2027-02-19T00:00:00Z").action == .archive)
        }
    }

    @Test func conditionsAreSaidInWords() throws {
        let conditions: JSON = [
            "aws:SourceIp": "203.0.113.0/24", "AWS:sourcevpc": ["vpc-1", "vpc-2"], "sts:ExternalId": "s3cr3t",
            "kms:ViaService": "s3.us-east-1.amazonaws.com", "my:Key": "line\nbreak",
        ]
        let body = message(try toldCase(Resource.key.type, Resource.key.arn, finding: [("condition", conditions)])).body
        for line in [
            "Condition: the caller's IP address (aws:SourceIp): 203.0.113.0/24",
            "Condition: the VPC that the request comes from (AWS:sourcevpc): vpc-1, vpc-2",
            "Condition: the external id that the caller must know (sts:ExternalId): s3cr3t",
            "Condition: the AWS service through which the key is used (kms:ViaService): s3.us-east-1.amazonaws.com",
            "Condition: my:Key: line break",
        ] {
            #expect(body.contains(line + "\n"))
        }
    }

    @Test(arguments: [
        (#"{"AWS":"*"}"#, "* (all principals: anybody, in any account)"),
        (#"{"AWS":"arn:aws:iam::999988887777:user/A"}"#, "IAM user of account 999988887777"),
        (#"{"AWS":"arn:aws:iam::999988887777:role/A"}"#, "IAM role of account 999988887777"),
        (#"{"AWS":"arn:aws:iam::999988887777:root"}"#, "999988887777 (AWS account 999988887777"),
        (#"{"AWS":"arn:aws:sts::999988887777:assumed-role/R/s"}"#, "assumed role: one session"),
        (#"{"AWS":"AIDAIOSFODNN7EXAMPLE"}"#, "was deleted"),
        (#"{"CanonicalUser":"79a59df9"}"#, "79a59df9 (canonical user"),
        (#"{"Federated":"accounts.google.com"}"#, "federated users of a login provider"),
        (#"{"Federated":"arn:aws:iam::999988887777:saml-provider/P"}"#, "a SAML provider of account 999988887777"),
        (#"{"Service":"s3.amazonaws.com"}"#, "AWS service"),
    ])
    func principalsAreSaidInWords(_ principal: String, _ words: String) throws {
        let json = try JSON.parse(Array(principal.utf8))
        #expect(
            message(try toldCase(Resource.key.type, Resource.key.arn, finding: [("principal", json)])).body.contains(
                words
            )
        )
    }

    @Test func accessLevelsAreSaidInWords() throws {
        let actions: JSON = [
            "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:PutBucketPolicy", "s3:PutObjectTagging",
        ]
        let body = message(try toldCase("AWS::S3::Bucket", "arn:aws:s3:::b", finding: [("actions", actions)])).body
        #expect(
            body.contains(
                "Access: List (see what is there), Read (read contents and settings), Write (create, change, delete or "
                    + "use), Permissions (change who has access), Tagging (change tags)\n"
            )
        )
    }

    @Test func theContextIsShown() throws {
        let context: JSON = [
            "tags": ["Environment": "development"], "keyAliases": ["alias/DevelopmentKey"], "keyManager": "CUSTOMER",
            "ageDays": 1, "encrypted": false,
            "account": [
                "name": "Payments", "organizationalUnits": [["id": "ou-1", "name": "Workloads"], ["id": "ou-2"]],
            ],
            "principalAccount": ["id": "999988887777", "inOrganization": false],
            "publicAccessBlock": ["BlockPublicAcls": true, "IgnorePublicAcls": true],
            "sources": [
                ["type": "S3_ACCESS_POINT", "accessPointArn": "arn:aws:s3:us-east-1:123456789012:accesspoint/ap"]
            ],
            "resourceControlPolicyRestriction": "APPLICABLE",
        ]
        let body = message(try toldCase("AWS::S3::Bucket", "arn:aws:s3:::b", adding: [("context", context)])).body
        for text in [
            "Tags: Environment=development", "Aliases: alias/DevelopmentKey", "Managed by: the account itself",
            "Age: 1 day\n", "Encrypted: no", "Account: 123456789012 (Payments, in Workloads, in ou-2)",
            "Its account 999988887777 is not in your organization.", "off are BlockPublicPolicy, RestrictPublicBuckets",
            "Granted by: an access point arn:aws:s3:us-east-1:123456789012:accesspoint/ap",
            "aws s3control get-access-point-policy --account-id 123456789012 --name ap --region us-east-1",
            "Access Analyzer did not count it",
        ] {
            #expect(body.contains(text), "\(text) is not in\n\(body)")
        }
        // The sources say that it is neither the policy nor the ACL.
        #expect(!body.contains("get-bucket-policy") && !body.contains("get-bucket-acl"))
    }

    @Test func whatIsHugeIsBounded() throws {
        let long = String(repeating: "é\u{202E}\n", count: 40_000)
        let many = (0..<60_000).map { ("key\($0)", JSON.string("v")) }
        let input = try toldCase(
            "AWS::S3::Bucket",
            "arn:aws:s3:::b",
            finding: [
                ("actions", .array((0..<50_000).map { .string("s3:Get\($0)") })), ("error", .string(long)),
                ("condition", .object(JSONObject(many.map { ($0.0, .array([.string(long), .string(long)])) }))),
            ],
            adding: [
                ("context", ["tags": .object(JSONObject(many)), "description": .string(long)]),
                (
                    "decision",
                    [
                        "action": "NOTIFY", "rule": .string(long), "owner": .string(long), "reason": .string(long),
                        "reasons": .array(Array(repeating: .string(long), count: 1000)),
                    ]
                ),
            ]
        )
        let message = message(input)
        #expect(message.body.utf8.count <= Message.longestBody)
        #expect(message.body.contains("Finding id: \(findingID(7))"))
        #expect(!message.body.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test func severalFindingsAreOneMessageWithTheFactsOfEach() throws {
        let arn = "arn:aws:s3:::b"
        let cases = try (0..<3).map { number in
            try toldCase(
                "AWS::S3::Bucket",
                arn,
                finding: [
                    ("id", .string(findingID(number))), ("principal", ["AWS": .string(outsider(number))]),
                    ("isPublic", .bool(number == 2)),
                ],
                adding: [("context", ["unavailable": [["what": "tags", "why": .string("reason \(number)")]]])]
            )
        }
        let packed = Message.pack(cases, KnownResourceGuide(), now: messageTime)
        #expect(packed.map(\.range) == [0..<3])
        let message = try #require(packed.first).message
        #expect(message.subject == "OPEN CRITICAL: 3 findings, S3 bucket b (123456789012)")
        #expect(message.severity == .critical)
        #expect(message.body.hasPrefix("Gatehouse has 3 findings about one resource"))
        for number in 0..<3 {
            for text in [
                "Finding id: \(findingID(number))\n", outsider(number), "reason \(number)",
                "Finding \(number + 1) of 3",
            ] {
                #expect(message.body.contains(text))
            }
        }
        // The public one comes first.
        let places = try (0..<3).map {
            try #require(message.body.firstRange(of: "Finding id: \(findingID($0))")).lowerBound
        }
        #expect(places[2] < places[0] && places[0] < places[1])
        #expect(message.body.components("get-bucket-acl") == 1)
    }

    @Test func whatDoesNotFitIntoOneMessageIsSplitAndLosesNothing() throws {
        let reason = String(repeating: "because ", count: 50)
        let cases = try (0..<120).map { number in
            try toldCase(
                Resource.key.type,
                Resource.key.arn,
                finding: [("id", .string(findingID(number)))],
                adding: [
                    ("decision", ["action": "NOTIFY", "reasons": .array(Array(repeating: .string(reason), count: 30))])
                ]
            )
        }
        let packed = Message.pack(cases, KnownResourceGuide(), now: messageTime)
        #expect(packed.count > 1)
        #expect(packed.flatMap { Array($0.range) } == Array(0..<120))
        for (message, range) in packed {
            #expect(message.body.utf8.count <= Message.longestBody)
            for number in range { #expect(message.body.contains("Finding id: \(findingID(number))\n")) }
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
