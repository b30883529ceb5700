import Basics
import Findings
import Glibc
import LosslessJSON
import Messages
import Policies
import ResourceTypes
import Testing

@testable import Handlers

/// What a message has people paste.
@Suite struct StepsMessageTests {
    private func lines(_ input: Case) -> [String] {
        message(input).body.split(separator: "\n").map(String.init)
    }

    @Test(
        arguments: [
            ("{\"isPublic\":true,\"principal\":{\"AWS\":\"*\"}}", "{\"tags\":{}}", 40, "the access is public"),
            ("{}", "{\"tags\":{\"Data Classification\":\"Confidential\"}}", 40, "calls the data sensitive"),
            ("{}", "{\"tags\":{}}", 60, "the risk is 60 of 100"), ("{}", "{\"tags\":{}}", nil, "no risk score"),
            ("{}", "{\"unavailable\":[{\"what\":\"tags\",\"why\":\"AccessDenied\"}]}", 40, "its tags are not known"),
            ("{}", "{}", 40, "its tags are not known"),
        ] as [(String, String, Int?, String)]
    )
    func noRuleIsGivenThatSilencesPublicOrSensitiveAccess(
        _ finding: String,
        _ context: String,
        _ risk: Int?,
        _ why: String
    ) throws {
        let changes = try JSON.parse(Array(finding.utf8)).object?.members.map { ($0.key, $0.value) } ?? []
        var decision = JSONObject([("action", "NOTIFY"), ("rule", "default")])
        if let risk { decision["risk"] = .int(risk) }
        let input = try toldCase(
            "AWS::S3::Bucket",
            "arn:aws:s3:::b",
            finding: changes,
            adding: [("decision", .object(decision)), ("context", try JSON.parse(Array(context.utf8)))]
        )
        let body = message(input).body
        #expect(!body.contains("\"ARCHIVE\""), "\(body)")
        #expect(body.contains("add a rule with owner, reason and expires") && body.contains(why), "\(body)")
    }

    /// What takes away more than the finding says so, stands last, and what it takes was saved by then.
    @Test(arguments: resources.map(\.type))
    func whatTakesAllAwaySavesFirst(_ type: String) throws {
        let arn = try #require(resources.first { $0.type == type }).arn
        guard type != "AWS::IAM::User" else { return }
        for isPublic in [true, false] {
            let lines = lines(try toldCase(type, arn, finding: [("isPublic", .bool(isPublic))]))
            for (index, line) in lines.enumerated() where line.contains("delete-") || line.contains("put-") {
                #expect(lines[..<index].contains { $0.contains("-before.json") }, "\(line)")
                guard line.contains("delete-") else { continue }
                #expect(line.contains("This removes EVERY statement, also access you intend: aws "), "\(line)")
                #expect(lines[..<index].contains { $0.contains("policy-after.json") }, "\(line)")
            }
        }
        let deleting = [
            "AWS::SecretsManager::Secret", "AWS::ECR::Repository", "AWS::DynamoDB::Table", "AWS::DynamoDB::Stream",
        ]
        let isThere = lines(try toldCase(type, arn)).contains { $0.contains("delete-") }
        #expect(isThere == deleting.contains(type))
    }

    @Test(arguments: ["aws-service-role/support.amazonaws.com", "aws-reserved/sso.amazonaws.com"])
    func aRoleOfAWSsOwnIsNotToBeEdited(_ path: String) throws {
        let input = try toldCase(
            "AWS::IAM::Role",
            "arn:aws:iam::123456789012:role/\(path)/Own",
            finding: [("actions", ["sts:AssumeRole"])],
            adding: [
                ("outcome", ["status": "PROTECTED", "summary": "The role Own was not changed: only AWS may edit it."])
            ]
        )
        let body = message(input).body
        #expect(body.contains("- Delete it through its service if it is not needed; otherwise open an AWS case.\n"))
        #expect(!body.contains("update-assume-role-policy") && !body.contains("only they may change it"))
    }

    @Test func observeModeSaysHowToAct() throws {
        let input = try toldCase(
            "AWS::IAM::Role",
            roleARN,
            adding: [("outcome", ["status": "OBSERVED", "summary": "A Deny would be added."])]
        )
        let body = message(input).body
        #expect(body.contains("deploy/install --mode enforce (stack parameter Mode=enforce)"))
        #expect(!body.contains("GATEHOUSE_MODE"))
    }

    @Test func aSnapshotsPlaceholderIsExplained() throws {
        for type in ["AWS::EC2::Snapshot", "AWS::RDS::DBSnapshot"] {
            let arn = try #require(resources.first { $0.type == type }).arn
            let body = message(try toldCase(type, arn, finding: [("principal", ["CanonicalUser": "79a59df9"])])).body
            #expect(body.contains("ACCOUNT_ID\n") || body.contains("ACCOUNT_ID --"), "\(body)")
            #expect(body.contains("See with whom it is shared (ACCOUNT_ID below is one of these): aws "))
            #expect(!message(try toldCase(type, arn)).body.contains("ACCOUNT_ID"))
        }
    }

    @Test func inABatchNoCommandCanBeTakenForAnotherFindings() throws {
        let cases = try (0..<3).map { number in
            try toldCase(
                "AWS::S3::Bucket",
                "arn:aws:s3:::b",
                finding: [
                    ("id", .string(findingID(number))),
                    ("principal", ["AWS": .string(number == 1 ? "*" : outsider(number))]),
                    ("isPublic", .bool(number == 1)),
                ],
                adding: [("context", ["unavailable": [["what": "tags", "why": "AccessDenied: no"]]])]
            )
        }
        let body = try #require(Message.pack(cases, KnownResourceGuide(), now: messageTime).first).message.body
        // The public one is the first.
        let order = [1, 0, 2]
        let parts = body.split(separator: "\nFinding ").filter {
            $0.hasPrefix("1 of") || $0.hasPrefix("2 of") || $0.hasPrefix("3 of")
        }
        #expect(parts.count == 3)
        for (place, number) in order.enumerated() {
            let archiving = "aws accessanalyzer update-findings --analyzer-arn \(analyzer) --ids \(findingID(number)) "
            let at = try #require(body.firstRange(of: archiving)).lowerBound
            let heading = try #require(body.firstRange(of: "\nFinding \(place + 1). If the access is intended:\n"))
                .lowerBound
            #expect(heading < at)
            if place < 2 {
                let next = try #require(body.firstRange(of: "\nFinding \(place + 2) of 3\n")).lowerBound
                #expect(at < next)
            }
        }
        let block = "Block Public Access does not take this away"
        #expect(body.split(separator: block, omittingEmptySubsequences: false).count - 1 == 2)
        // What is the same for all is said once.
        #expect(body.split(separator: "AccessDenied: no", omittingEmptySubsequences: false).count - 1 == 1)
        #expect(body.contains("\nAll 3 findings. If it is not intended:\n"))
    }

    @Test func inABatchWhatIsOpenComesBeforeWhatIsBlocked() throws {
        let done: (String, JSON) = ("outcome", ["status": "RESOLVED", "summary": "Done."])
        let low: (String, JSON) = ("decision", ["action": "NOTIFY", "rule": "r", "risk": 0])
        let cases = [
            try toldCase("AWS::IAM::Role", roleARN, adding: [low, done]),
            try toldCase("AWS::IAM::Role", roleARN, adding: [low]),
        ]
        let told = try #require(Message.pack(cases, KnownResourceGuide(), now: messageTime).first).message
        #expect(told.subject == "OPEN LOW: 2 findings, role Audit (123456789012)")
    }

    private func undone(_ analyzerAccount: String) throws -> String {
        let rollback: JSON = [
            "findingId": .string(findingID(7)),
            "command": .string(RollbackCommand.text(finding: findingID(7), resource: roleARN, region: "eu-west-1")),
        ]
        let input = try toldCase(
            "AWS::IAM::Role",
            roleARN,
            finding: [("analyzerArn", .string("arn:aws:access-analyzer:eu-west-1:\(analyzerAccount):analyzer/A"))],
            adding: [("outcome", ["status": "RESOLVED", "summary": "Done.", "rollback": rollback])]
        )
        return message(input).body
    }

    @Test(arguments: [("PRESENT", true), ("GONE", false)])
    func whatIsGoneCannotBeTakenBack(_ change: String, _ isThere: Bool) throws {
        let input = try toldCase(
            "AWS::IAM::Role",
            roleARN,
            adding: [
                (
                    "outcome",
                    [
                        "status": "RESOLVED", "summary": "Done.",
                        "rollback": ["findingId": .string(findingID(7)), "command": "gatehouse rollback it"],
                    ]
                ), ("verification", ["status": "STILL_ACTIVE", "attempt": 20, "change": .string(change)]),
            ]
        )
        #expect(message(input).body.contains("gatehouse rollback") == isThere)
        #expect(message(input).body.contains("- Whether our change is there: ") == true)
    }

    @Test func whatIsNotOursIsNotLookedFor() throws {
        let input = try toldCase(
            "AWS::IAM::Role",
            roleARN,
            adding: [
                ("outcome", ["status": "ALREADY_RESOLVED", "summary": "Another statement denies it."]),
                ("verification", ["status": "STILL_ACTIVE", "attempt": 20]),
            ]
        )
        #expect(!message(input).body.contains("our Deny"))
    }

    @Test func theWaysBackSayWhereAndWithWhoseCredentials() throws {
        let own = try undone(account)
        #expect(
            own.contains(
                "\ngatehouse rollback \(findingID(7)) --resource \(roleARN) --region eu-west-1\n"
                    + "(with credentials of account 123456789012)\n"
            )
        )
        #expect(own.contains("\nTo undo it (if the access is intended, add an archive rule FIRST):\n"))
        #expect(own.contains("pasted into AWS CloudShell of account 123456789012:\naws iam update-assume-role-policy"))
        let member = try undone("999999999999")
        #expect(member.contains("(with credentials of account 999999999999, the analyzer's, and GATEHOUSE_MEMBER_ROLE"))
        #expect(
            member.contains("pasted into AWS CloudShell of account 123456789012:\naws iam update-assume-role-policy")
        )
        #expect(member.contains("pasted into AWS CloudShell of account 999999999999:\naws lambda invoke"))
    }

    /// The function's name is looked up by the inner command; the payload is one argument, and JSON.
    @Test(arguments: ["bash", "dash"])
    func theFunctionIsInvokedWithTheFinding(_ shell: String) throws {
        let line = try #require(try undone(account).split(separator: "\n").first { $0.hasPrefix("aws lambda invoke") })
        let aws = "aws() { if [ $1 = cloudformation ]; then echo rollback-function; else printf '%s\\n' \"$@\"; fi; }"
        let arguments = try output(of: "\(aws); \(line)", shell).split(separator: "\n").map(String.init)
        #expect(
            arguments == [
                "lambda", "invoke", "--function-name", "rollback-function", "--cli-binary-format", "raw-in-base64-out",
                "--payload", "{\"findingId\":\"\(findingID(7))\",\"resource\":\"\(roleARN)\"}", "--region", "eu-west-1",
                "/dev/stdout",
            ]
        )
    }

    /// What the query makes of a document is `Tests/Integration/test_undo.py`'s to see: JMESPath's merge keeps all keys.
    @Test(arguments: ["bash", "dash"])
    func theUndoByTheAWSCommandLineKeepsEveryKey(_ shell: String) throws {
        let role = try #require(RoleARN("arn:aws:iam::123456789012:role/-odd"))
        let line = TrustPolicyUndo(role, finding: findingID(7)).command
        let aws =
            "aws() { if [ $2 = get-role ]; then for last; do :; done; echo \"got $last\"; else printf '%s\\n' \"$@\"; fi; }"
        let arguments = try output(of: "\(aws); \(line)", shell).split(separator: "\n").map(String.init)
        let sid = try #require(Deny.sid(forFinding: findingID(7)))
        let document = "Role.AssumeRolePolicyDocument"
        #expect(
            arguments == [
                "iam", "update-assume-role-policy", "--role-name=-odd", "--policy-document",
                "got merge(\(document),\(document).{Statement:Statement[?Sid!=`\"\(sid)\"`]})",
            ]
        )
    }

    private func output(of script: String, _ shell: String) throws -> String {
        let pipe = try #require(popen("\(shell) -c \(script.shellQuoted)", "r"))
        defer { pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, pipe)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
