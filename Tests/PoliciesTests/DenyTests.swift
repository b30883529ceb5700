import LosslessJSON
import Policies
import TestSupport
import Testing

private let ours = "123456789012"

@Suite struct DenyTests {
    /// Principals as findings and documents name them, inside and outside.
    static let values: [(String, String)] = [
        ("AWS", "999988887777"), ("AWS", "arn:aws:iam::999988887777:root"),
        ("AWS", "arn:aws:iam::999988887777:user/Alice"),
        ("AWS", "arn:aws:iam::999988887777:user/Bob"), ("AWS", "arn:aws:iam::999988887777:role/x/Deployer"),
        ("AWS", "arn:aws:sts::999988887777:assumed-role/Deployer/s1"), ("AWS", "*"), ("AWS", ours),
        ("AWS", "arn:aws:iam::\(ours):user/Olga"), ("AWS", "arn:aws:iam::\(ours):role/Operator"),
        ("AWS", "arn:aws:sts::\(ours):assumed-role/Operator/s"), ("AWS", "arn:aws:iam::210987654321:root"),
        ("Service", "ec2.amazonaws.com"), ("Service", "lambda.amazonaws.com"), ("Federated", "accounts.google.com"),
        ("Federated", "arn:aws:iam::\(ours):saml-provider/Corp"),
        ("Federated", "arn:aws:iam::999988887777:oidc-provider/token.example.com"),
    ]

    static func document(_ random: inout SeededRandom) -> String {
        let count = Int.random(in: 1...6, using: &random)
        let statements = (0..<count).map { _ -> String in
            let (key, value) = values.randomElement(using: &random) ?? ("AWS", "*")
            let principal = Bool.random(using: &random) ? #"{"\#(key)":"\#(value)"}"# : #"{"\#(key)":["\#(value)"]}"#
            let action =
                [#""sts:AssumeRole""#, #"["sts:AssumeRole","sts:TagSession"]"#, #""sts:*""#]
                .randomElement(using: &random) ?? "\"*\""
            let condition =
                ["", #","Condition":{}"#, #","Condition":{"NumericLessThan":{"sts:DurationSeconds":3.60e3}}"#]
                .randomElement(using: &random) ?? ""
            let effect = Int.random(in: 0..<6, using: &random) == 0 ? "Deny" : "Allow"
            return #"{"Effect":"\#(effect)","Principal":\#(principal),"Action":\#(action)\#(condition)}"#
        }
        let list = count == 1 ? statements[0] : "[\(statements.joined(separator: ","))]"
        return #"{"Version":"2012-10-17","Statement":\#(list),"Id":"kept"}"#
    }

    @Test(arguments: 1...8)
    func whatIsPlannedIsProven(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let before = try PolicyDocument(text: Self.document(&random))
            let (key, value) = Self.values.randomElement(using: &random) ?? ("AWS", "*")
            let principal = Principal(key: key, value: value)
            let zone = ZoneOfTrust(
                account: ours,
                trustedAccounts: Bool.random(using: &random) ? ["210987654321"] : [],
                organization: Bool.random(using: &random) ? "o-a1b2c3d4e5" : nil
            )
            let actions = Bool.random(using: &random) ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"]
            guard
                let deny = try? Deny.planned(
                    finding: "f-\(seed)",
                    principal: principal,
                    actions: actions,
                    conditionKeys: [],
                    zone: zone,
                    dialect: .trustPolicy
                )
            else {
                #expect(zone.contains(principal) || key == "Service")
                continue
            }
            let edit = try ProvenEdit(deny, before, principal, zone)
            // Denied, and denied once only.
            #expect(edit.after.denies(principal, actions, zone: zone))
            #expect(throws: PolicyError.self) {
                try ProvenEdit(deny, edit.after, principal, zone)
            }
            // Nobody inside and no service is touched, whatever the document says of them.
            for (key, value) in Self.values {
                let other = Principal(key: key, value: value)
                guard zone.contains(other) || key == "Service" else { continue }
                for action in actions {
                    let request = AccessRequest(principal: other, action: action)
                    #expect(edit.after.evaluate(request) == before.evaluate(request), "\(value)")
                }
            }
            // What was there stays, in order and spelling, and comes back when ours is taken out.
            #expect(Array(edit.after.statements.dropLast()) == before.statements)
            #expect(edit.after.json.keys == before.json.keys)
            let back = try edit.after.removing(at: edit.after.statements.count - 1)
            #expect(back == before)
            #expect(back.text == before.text)
            #expect(Deny(recognising: edit.after.statements[before.statements.count].json, .trustPolicy) == deny)
        }
    }

    static let forms: [Deny] = [
        .identity("arn:aws:iam::999988887777:user/Alice"), .account("999988887777"),
        .session("arn:aws:sts::999988887777:assumed-role/R/s"), .federated("accounts.google.com"),
        .everyoneOutside([ours]), .everyoneOutside([ours, "210987654321"]),
    ].map { Deny(sid: "Gatehouse1", target: $0, actions: ["sts:AssumeRole"], organization: nil) }

    @Test(arguments: forms)
    func anEditedStatementIsNotOurs(_ deny: Deny) {
        #expect(Deny(recognising: deny.statement, .trustPolicy) == deny)
        let edits: [(inout JSONObject) -> Void] = [
            { $0["Note"] = "x" }, { $0["Effect"] = "Allow" }, { $0["Sid"] = "Mine" }, { $0["Action"] = "s3:*" },
            { $0["Action"] = [] }, { $0["Principal"] = ["AWS": "111122223333"] }, { $0["Principal"] = nil },
            { $0["Condition"] = ["IpAddress": ["aws:SourceIp": "192.0.2.1"]] },
        ]
        for edit in edits {
            var statement = deny.statement
            edit(&statement)
            // One that names somebody else is of our forms, and not this one.
            let recognised = Deny(recognising: statement, .trustPolicy)
            #expect(recognised?.deniesTheSame(as: deny) != true, "\(JSON.object(statement).text())")
        }
    }

    @Test func scalarsAndListsOfOneAreTheSame() throws {
        for deny in Self.forms {
            let text = JSON.object(deny.statement).text().replacing(#""sts:AssumeRole""#, with: #"["sts:AssumeRole"]"#)
            let statement = try #require(try JSON.parse(text: text).object)
            #expect(Deny(recognising: statement, .trustPolicy) == deny)
        }
    }

    /// A path may hold what is a wildcard in an ARN condition; StringEquals takes it as it is.
    @Test(arguments: ["user/a*b/c", "role/a?b/c", "user/$/x"])
    func wildcardsInAPathAreTakenAsTheyAre(_ resource: String) throws {
        let arn = "arn:aws:iam::999988887777:\(resource)"
        let principal = Principal(key: "AWS", value: arn)
        let zone = ZoneOfTrust(account: ours)
        let deny = try Deny.planned(
            finding: "1",
            principal: principal,
            actions: ["sts:AssumeRole"],
            conditionKeys: [],
            zone: zone,
            dialect: .trustPolicy
        )
        let neighbour = "arn:aws:iam::999988887777:user/aXb/c"
        let before = try PolicyDocument(
            text: #"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#
        )
        let edit = try ProvenEdit(deny, before, principal, zone)
        let request = AccessRequest(principal: Principal(key: "AWS", value: neighbour), action: "sts:AssumeRole")
        #expect(edit.after.evaluate(request).denied == .none)
    }

    @Test(arguments: [
        "arn:aws:iam::999988887777:user/${aws:username}/x", "arn:aws:sts::999988887777:assumed-role/R/*",
    ])
    func whatIsNotOneNameIsRefused(_ value: String) {
        #expect(throws: PolicyError.self) {
            try Deny.planned(
                finding: "1",
                principal: Principal(key: "AWS", value: value),
                actions: ["sts:AssumeRole"],
                conditionKeys: [],
                zone: ZoneOfTrust(account: ours),
                dialect: .trustPolicy
            )
        }
    }
}
