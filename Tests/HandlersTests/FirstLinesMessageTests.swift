import Findings
import LosslessJSON
import Messages
import Policies
import Testing

@testable import Handlers

/// What a person sees on a locked phone: the subject and the first four lines.
@Suite struct FirstLinesMessageTests {
    private func role(_ status: String, _ verification: JSON? = nil, summary: String = "It is so.") throws -> Case {
        var more: [(String, JSON)] = [
            ("decision", ["action": "RESOLVE", "rule": "strangers", "risk": 70]),
            ("outcome", ["status": .string(status), "summary": .string(summary), "mode": "enforce"]),
        ]
        if let verification { more.append(("verification", verification)) }
        let finding: [(String, JSON)] = [
            ("principal", ["AWS": "arn:aws:iam::999988887777:user/team/Alice"]), ("actions", ["sts:AssumeRole"]),
        ]
        return try toldCase("AWS::IAM::Role", roleARN, finding: finding, adding: more)
    }

    @Test(
        arguments: [
            (
                "RESOLVED", "{\"status\":\"RESOLVED\"}",
                "BLOCKED LOW: Alice of 999988887777 -> role Audit (123456789012)"
            ),
            ("RESOLVED", nil, "BLOCKED, NOT YET VERIFIED LOW: Alice of 999988887777 -> role Audit (123456789012)"),
            ("RESOLVED", "{\"status\":\"PENDING\"}", "BLOCKED, NOT YET VERIFIED LOW: Alice"),
            ("ALREADY_RESOLVED", nil, "BLOCKED, NOT YET VERIFIED LOW: Alice"),
            ("RESOLVED", "{\"status\":\"STILL_ACTIVE\",\"change\":\"PRESENT\"}", "BLOCKED, STILL LISTED HIGH: Alice"),
            ("RESOLVED", "{\"status\":\"STILL_ACTIVE\",\"change\":\"GONE\"}", "STILL OPEN HIGH: Alice"),
            (
                "RESOLVED", "{\"status\":\"STILL_ACTIVE\"}",
                "STILL OPEN HIGH: Alice of 999988887777 can assume role Audit"
            ),
            ("ROLLED_BACK", nil, "UNDONE MEDIUM: Alice of 999988887777 -> role Audit (123456789012)"),
            ("FAILED", nil, "UNKNOWN HIGH: Alice of 999988887777 can assume role Audit (123456789012) - check now"),
            ("CONFLICT", nil, "UNKNOWN HIGH: Alice"),
            ("REFUSED", nil, "OPEN HIGH: Alice of 999988887777 can assume role Audit (123456789012) - not blocked"),
            ("PROTECTED", nil, "OPEN HIGH: Alice of 999988887777 can assume role Audit (123456789012) - protected"),
            ("EXEMPT", nil, "OPEN HIGH: Alice"), ("OBSERVED", nil, "OPEN HIGH: Alice"),
            ("AWAITING_APPROVAL", nil, "OPEN HIGH: Alice"), ("DENIED_APPROVAL", nil, "OPEN MEDIUM: Alice"),
        ] as [(String, String?, String)]
    )
    func theSubjectSaysFirstHowTheAccessStands(_ status: String, _ verification: String?, _ words: String) throws {
        let json = try verification.map { try JSON.parse(Array($0.utf8)) }
        let told = message(try role(status, json))
        #expect(told.subject.hasPrefix(words), "\(told.subject)")
        let state = told.subject.prefix { $0 != ":" }.split(separator: " ").dropLast().joined(separator: " ")
        let first = try #require(told.body.split(separator: "\n").first)
        #expect(
            first.hasPrefix(state == "UNKNOWN" ? "UNKNOWN - CHECK NOW: " : state == "STILL OPEN" ? state : "\(state): ")
        )
        // Filters and whoever looks a message up go by the status.
        let sent = json?["status"] == "STILL_ACTIVE" ? "STILL_ACTIVE" : status
        #expect(told.attributes.contains { $0 == ("status", sent) })
        #expect(told.body.contains("\nGatehouse: \(status)"))
        #expect(told.body.contains("\nSeverity \(told.severity.rawValue). "))
    }

    @Test func theFirstFourLinesAreEnoughToAct() throws {
        let input = try toldCase(
            "AWS::S3::Bucket",
            "arn:aws:s3:::bank-statements",
            finding: [
                ("principal", ["AWS": "*"]), ("isPublic", true), ("actions", ["s3:GetObject"]),
                ("analyzerArn", "arn:aws:access-analyzer:us-east-1:999999999999:analyzer/Org"),
            ],
            adding: [
                ("context", ["tags": ["Environment": "Production"]]),
                ("decision", ["action": "NOTIFY", "rule": "public-access", "risk": 85]),
            ]
        )
        let told = message(input)
        #expect(told.subject == "OPEN CRITICAL: anyone can read S3 bucket bank-statements (123456789012)")
        let lines = told.body.split(separator: "\n", omittingEmptySubsequences: false).prefix(5).map(String.init)
        let bucket =
            "https://us-east-1.console.aws.amazon.com/s3/buckets/bank-statements?region=us-east-1&tab=permissions"
        let finding =
            "https://us-east-1.console.aws.amazon.com/access-analyzer/home?region=us-east-1#/findings/details/"
        #expect(
            lines == [
                "OPEN: anyone can read S3 bucket bank-statements (s3:GetObject), account 123456789012, production.",
                "Severity CRITICAL. Gatehouse changed nothing (rule public-access: NOTIFY).",
                "Do now: \(bucket) (sign in to account 123456789012) or the commands under \"If it is not intended, in "
                    + "account 123456789012\"",
                "Finding: \(finding)\(findingID(7)) (sign in to account 999999999999)", "",
            ]
        )
    }

    /// Whatever is long, the account stays, and the subject is what SNS takes.
    @Test(arguments: resources.map(\.type))
    func theAccountIsNeverCutOff(_ type: String) throws {
        let arn = try #require(resources.first { $0.type == type }).arn
        let long = String(repeating: "Long-Name", count: 7)
        let principals: [JSON] = [
            ["AWS": "*"], ["AWS": .string("arn:aws:iam::999988887777:user/\(long)")],
            ["AWS": .string("arn:aws:sts::999988887777:assumed-role/\(long)/s")],
            ["Federated": .string("arn:aws:iam::999988887777:saml-provider/\(long)é")],
            ["CanonicalUser": .string(long + long)], .null,
        ]
        let statuses = [nil, "RESOLVED", "ROLLED_BACK", "FAILED", "REFUSED", "AWAITING_APPROVAL"]
        for (principal, status) in principals.flatMap({ principal in statuses.map { (principal, $0) } }) {
            let name = type == "AWS::IAM::Role" ? long : long + long
            var outcome: [(String, JSON)] = [("decision", ["action": "NOTIFY", "risk": 90])]
            if let status { outcome.append(("outcome", ["status": .string(status), "summary": "It is so."])) }
            let kind: JSON = type == "AWS::IAM::User" ? "UnusedPermission" : "ExternalAccess"
            let resource = type == "AWS::IAM::Role" ? arn.dropLast("Audit".count) + name : arn + name
            let input = try toldCase(
                type,
                String(resource),
                finding: [("principal", principal), ("kind", kind)],
                adding: outcome
            )
            let subject = message(input).subject
            #expect(subject.utf8.count <= 99 && subject.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(subject)")
            #expect(subject.contains("(123456789012)"), "\(subject)")
        }
    }

    @Test func aKeyIsCalledByItsAlias() throws {
        let context: (String, JSON) = ("context", ["keyAliases": ["alias/Payments"], "tags": [:]])
        let input = try toldCase(
            Resource.key.type,
            Resource.key.arn,
            finding: [("actions", ["kms:Decrypt"])],
            adding: [context]
        )
        #expect(message(input).subject == "OPEN HIGH: account 999988887777 can use KMS key Payments (123456789012)")
    }

    @Test(arguments: ["REFUSED", "PROTECTED", "EXEMPT", "OBSERVED", "AWAITING_APPROVAL", "DENIED_APPROVAL"])
    func whatLeavesTheDoorOpenSaysSo(_ status: String) throws {
        let body = message(try role(status, summary: "Because of this.")).body
        #expect(body.components("The access is still open.") == 1, "\(body)")
        let told = message(try role(status, summary: "IAM said no; the access is still open.")).body
        #expect(told.components("The access is still open.") == 0)
    }

    @Test func aFindingThatHasChangedSaysNothingAboutTheAccess() throws {
        let body = message(try role("REFUSED", summary: "\(Outcome.staleOpening): it is for somebody else.")).body
        #expect(!body.contains("still open"))
        for status in ["RESOLVED", "ROLLED_BACK", "FAILED", "CONFLICT"] {
            #expect(!message(try role(status)).body.contains("The access is still open."))
        }
    }

    @Test func aRefusalByApprovalSaysWhoDecided() throws {
        let denied = message(try role("DENIED_APPROVAL", summary: "Bob rejected it: intended.")).body
        #expect(denied.contains("A person decided against the change. Bob rejected it: intended."))
        let late = message(try role("DENIED_APPROVAL", summary: "Nobody decided within 24 hours."))
        #expect(!late.body.contains("A person decided"))
        #expect(late.body.contains("The change was not made in time. Nobody decided within 24 hours."))
        #expect(late.severity == .high)
    }

    /// Whoever has just decided something is not called out of bed for it.
    @Test(arguments: ["ROLLED_BACK", "DENIED_APPROVAL"])
    func aPersonsDecisionIsNotCritical(_ status: String) throws {
        let open: [(String, JSON)] = [("isPublic", true), ("principal", ["AWS": "*"])]
        let outcome: (String, JSON) = ("outcome", ["status": .string(status), "summary": "Bob did it."])
        #expect(message(try toldCase("AWS::IAM::Role", roleARN, finding: open, adding: [outcome])).severity == .medium)
    }

    @Test func whatWasUndoneComesBack() throws {
        let lines = message(try role("ROLLED_BACK")).body.split(separator: "\n")
        #expect(
            lines[0].hasPrefix("UNDONE: Alice of 999988887777 can assume role Audit again (sts:AssumeRole), account")
        )
        #expect(lines[1].contains("Gatehouse blocks it again at the next finding unless a rule archives it."))
        let told = message(try role("ROLLED_BACK", summary: "Taken out. \(OutcomeWords.undone)")).body
        #expect(told.components(OutcomeWords.undone) == 1)
    }

    @Test func whatFailedSaysHowToCheck() throws {
        let body = message(try role("FAILED")).body
        let sid = try #require(Deny.sid(forFinding: findingID(7)))
        let check =
            "aws iam get-role --role-name Audit --query 'Role.AssumeRolePolicyDocument.Statement[?Sid==`\"\(sid)\"`]' --output json"
        #expect(body.split(separator: "\n")[2] == "Do now: check whether the change was made: \(check)")
        #expect(body.contains("- Whether our change is there: this prints our Deny (Sid \(sid)) where it is"))
    }

    @Test func nothingIsSaidTwice() throws {
        for status in ["REFUSED", "PROTECTED", "OBSERVED", "CONFLICT", "FAILED", "RESOLVED", "ROLLED_BACK"] {
            let lines = message(try role(status)).body.split(separator: "\n").map(String.init)
            let sentences = lines.prefix(2).flatMap { $0.components(separatedBy: ". ") }
            #expect(Set(sentences).count == sentences.count, "\(status): \(sentences)")
            #expect(lines.filter { $0.contains("Total risk: 70 of 100") }.count == 1)
        }
    }

    @Test func assumingARoleIsSaidInWords() throws {
        let open = message(try role("REFUSED")).body
        #expect(open.contains("\nAccess: can assume the role, and then do what the role may do\n"))
        // What is blocked is not said as if it were there.
        let blocked = message(try role("RESOLVED")).body
        #expect(blocked.contains("\nAccess (as reported): can assume the role"))
    }

    @Test func whatIsPublicAndBlockedIsNotSaidToBeOpen() throws {
        let finding: [(String, JSON)] = [
            ("isPublic", true), ("principal", ["AWS": "*"]), ("actions", ["sts:AssumeRole"]),
        ]
        let outcome: (String, JSON) = ("outcome", ["status": "RESOLVED", "summary": "Done."])
        let body = message(try toldCase("AWS::IAM::Role", roleARN, finding: finding, adding: [outcome])).body
        #expect(body.contains("\nPublic: yes (as Access Analyzer reported it)\n"))
        #expect(!body.contains("has this access"))
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }

    fileprivate func components(separatedBy text: String) -> [String] {
        split(separator: text).map(String.init)
    }
}
