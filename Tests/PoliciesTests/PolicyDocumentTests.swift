import LosslessJSON
import Policies
import TestSupport
import Testing

@Suite struct PolicyDocumentTests {
    private let zone = ZoneOfTrust(account: "123456789012")

    private func deny(_ finding: String, _ name: String) throws -> Deny {
        try Deny.planned(
            finding: finding,
            principal: Principal(key: "AWS", value: "arn:aws:iam::999988887777:user/\(name)"),
            actions: ["sts:AssumeRole"],
            conditionKeys: [],
            zone: zone,
            dialect: .trustPolicy
        )
    }

    /// One object in the place of a list becomes a list and comes back, in whatever order several Denies are taken out.
    @Test(arguments: [
        #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},"Version":"2012-10-17"}"#,
        #"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#,
    ])
    func undoGivesBackWhatWasThere(_ text: String) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            var document = try PolicyDocument(text: text)
            let denies = try (0..<4).map { try deny("f\($0)", "u\($0)") }
            for deny in denies { document = try document.appending(deny.statement) }
            #expect(document.statements.compactMap { Deny(recognising: $0.json, .trustPolicy) } == denies)
            for deny in denies.shuffled(using: &random) {
                let index = try #require(document.index(ofSid: deny.sid))
                document = try document.removing(at: index)
            }
            #expect(document.text == text)
        }
    }

    @Test func somebodysStatementIsNoMark() throws {
        let text =
            #"{"Statement":[{"Effect":"Deny","Sid":"Theirs","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#
        let document = try PolicyDocument(text: text)
        let after = try document.appending(try deny("f", "u").statement)
        #expect(try after.removing(at: 1).text == text)
    }

    @Test func whatIAMTakesOnlyAsAnEscapeIsWrittenAsOne() throws {
        let text =
            #"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","#
            + #""Condition":{"StringEquals":{"aws:PrincipalTag/Team":"\u65e5\ud83d\ude00\u00e9"}}}]}"#
        let document = try PolicyDocument(text: text)
        #expect(document.hasOnlyLegalCharacters)
        #expect(document.text == text.replacing(#"\u00e9"#, with: "\u{E9}"))
        #expect(document.size == document.text.unicodeScalars.count)
        #expect(try PolicyDocument(text: document.text) == document)
    }

    @Test func whomNoDenyIsAboutTakesNoTimeToProve() throws {
        let services = (0..<600).map { #""s\#($0).amazonaws.com""# }.joined(separator: ",")
        let statements = (0..<600).map { index in
            #"{"Effect":"Allow","Principal":{"Service":[\#(services)]},"Action":"sts:A\#(String(index, radix: 2))"}"#
        }
        let document = try PolicyDocument(text: #"{"Statement":[\#(statements.joined(separator: ","))]}"#)
        let principal = Principal(key: "AWS", value: "arn:aws:iam::999988887777:user/Alice")
        #expect(try ProvenEdit(try deny("f", "Alice"), document, principal, zone).after.statements.count == 601)
    }

    @Test func aProofThatWouldTakeMinutesIsRefused() throws {
        let identities = (0..<600).map { #""\#(String($0, radix: 16))""# }.joined(separator: ",")
        let statements = (0..<600).map { index in
            #"{"Effect":"Allow","Principal":{"CanonicalUser":[\#(identities)]},"Action":"s3:A\#(String(index, radix: 2))"}"#
        }
        let document = try PolicyDocument(text: #"{"Statement":[\#(statements.joined(separator: ","))]}"#)
        let dialect = PolicyDialect(
            name: "bucket policy",
            services: ["s3"],
            resource: .granted(otherwise: ["arn:aws:s3:::reports"]),
            defaultQuota: 20 << 10
        )
        let access = try GrantedAccess(
            .account("999988887777"),
            ["s3:GetObject"],
            condition: JSONObject(),
            in: document,
            zone: zone,
            dialect: dialect
        )
        let denies = try Deny.planned(
            finding: "a5018210-97c4-46c4-9456-0295898377b6",
            access,
            actions: ["s3:GetObject"],
            conditionKeys: [],
            in: document,
            zone: zone,
            dialect: dialect
        )
        #expect {
            try ProvenEdit(adding: denies, to: document, against: access, zone: zone, dialect: dialect)
        } throws: { error in
            "\(error)".hasPrefix("the document is too large to prove")
        }
    }

    @Test(arguments: [
        (["sts:*"], ["sts:AssumeRole", "sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession"], true),
        (["sts:AssumeRole", "sts:AssumeRoleWithSAML", "s3:GetObject"], ["sts:AssumeRole"], true),
        (["sts:TagSession"], ["sts:TagSession"], false),
    ])
    func everybodyIsDeniedWhatAWSPrincipalsDo(_ actions: [String], _ denied: [String], _ staysOpen: Bool) {
        #expect(Deny.deniable(actions, of: .everyone, .trustPolicy) == denied)
        #expect((Deny.staysOpen(actions, of: .everyone) != nil) == staysOpen)
        let account = Principal.account("999988887777")
        #expect(Deny.deniable(actions, of: account, .trustPolicy) == actions.filter { $0.hasPrefix("sts:") })
        #expect(Deny.staysOpen(actions, of: account) == nil)
    }

    @Test func noFormNamesABareStar() throws {
        for target: Deny.Target in [
            .identity("arn:aws:iam::999988887777:user/Alice"), .account("999988887777"),
            .everyoneOutside(["123456789012"]),
        ] {
            let deny = Deny(sid: "Gatehouse1", target: target, actions: ["sts:AssumeRole"], organization: nil)
            #expect(deny.statement["Principal"] == ["AWS": "*"])
            // What earlier versions wrote is still ours.
            var old = deny.statement
            old["Principal"] = "*"
            #expect(Deny(recognising: old, .trustPolicy) == deny)
        }
    }

    @Test func keysThatDifferByCaseAreAnEdit() throws {
        var statement = try deny("f", "Alice").statement
        statement["Condition"] = [
            "ArnEquals": [
                "aws:PrincipalARN": "arn:aws:iam::999988887777:user/Bob",
                "aws:PrincipalArn": "arn:aws:iam::999988887777:user/Alice",
            ]
        ]
        #expect(Deny(recognising: statement, .trustPolicy) == nil)
    }
}
