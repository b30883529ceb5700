import AWSClient
import Basics
import LosslessJSON
import Policies
import ResourceTypes
import TestSupport
import Testing

private let own = "123456789012"
private let trusted = "222233334444"
private let other = "999988887777"
private let partner = "111122223333"
private let canonical = String(repeating: "a", count: 64)

/// Random policies of every type: whatever Deny is planned and proven, a naive evaluator finds that it closes the access and
/// changes nothing for anybody else.
@Suite struct ResourcePolicyTests {
    /// One type's ARN, and actions and resources that its policies name.
    struct Kind: Sendable, CustomTestStringConvertible {
        let arn: String
        let actions: [String]
        var resources: [String] = []
        /// What is asked for.
        var objects: [String] = []

        var testDescription: String { arn }
        var asked: [String] { objects.isEmpty ? [arn] : objects }
    }

    static let kinds: [Kind] = [
        Kind(
            arn: "arn:aws:s3:::reports",
            actions: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            resources: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*", "arn:aws:s3:::reports/shared/*", "*"],
            objects: ["arn:aws:s3:::reports", "arn:aws:s3:::reports/a", "arn:aws:s3:::reports/shared/a"]
        ),
        Kind(arn: "arn:aws:sqs:us-east-1:\(own):orders", actions: ["sqs:SendMessage", "sqs:ReceiveMessage"]),
        Kind(arn: "arn:aws:sns:us-east-1:\(own):news", actions: ["sns:Publish", "sns:Subscribe"]),
        Kind(
            arn: "arn:aws:kms:us-east-1:\(own):key/11112222-3333-4444-5555-666677778888",
            actions: ["kms:Decrypt", "kms:CreateGrant"],
            resources: ["*"]
        ),
        Kind(
            arn: "arn:aws:secretsmanager:us-east-1:\(own):secret:db-AbCdEf",
            actions: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
            resources: ["*", "arn:aws:secretsmanager:us-east-1:\(own):secret:db-AbCdEf"]
        ),
        Kind(arn: "arn:aws:ecr:us-east-1:\(own):repository/web", actions: ["ecr:BatchGetImage", "ecr:PutImage"]),
        Kind(arn: "arn:aws:dynamodb:us-east-1:\(own):table/Orders", actions: ["dynamodb:GetItem", "dynamodb:Query"]),
        Kind(
            arn: "arn:aws:elasticfilesystem:us-east-1:\(own):file-system/fs-0123456789abcdef0",
            actions: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        ),
        Kind(
            arn: "arn:aws:lambda:us-east-1:\(own):function:report",
            actions: ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]
        ),
        Kind(
            arn: "arn:aws:s3express:us-east-1:\(own):bucket/fast--use1-az4--x-s3",
            actions: ["s3express:CreateSession"]
        ),
    ]

    /// Debug builds look at fewer; `swift test -c release` at 100,000 and more.
    private static var rounds: Int {
        #if DEBUG
        150
        #else
        12_000
        #endif
    }

    @Test(arguments: kinds)
    func closesTheAccessAndNothingElse(_ kind: Kind) async throws {
        let remedy = try #require(kind.remedy)
        var random = SeededRandom(seed: UInt64(kind.arn.utf8.count))
        var (planned, compared) = (0, 0)
        for _ in 0..<Self.rounds {
            let policy = RandomPolicy(kind, isS3: remedy.dialect.knowsCanonicalUsers, &random)
            let document = try PolicyDocument(text: policy.text)
            let access = policy.access()
            guard remedy.conclusion(on: access, in: PolicyState(document)) == nil,
                case .edit(let edit) = try await remedy.plan(
                    closing: access,
                    in: PolicyState(document),
                    sparing: [],
                    NobodyToAsk()
                )
            else { continue }
            planned += 1
            compared += policy.judge(edit.before.document, edit.after.document, access)
        }
        print("\(kind.arn): \(planned) Denies proven of \(Self.rounds) documents, \(compared) requests compared")
        #expect(planned > Self.rounds / 20)
    }
}

extension ResourcePolicyTests.Kind {
    fileprivate var remedy: (any PolicyRemedy)? {
        guard let arn = ARN(arn), let region = try? Region("us-east-1") else { return nil }
        let resource = ChangedResource(arn, partition: .aws, account: own, region: region)
        return KnownResourceTypes.remedies(for: resource)?.remedies.first as? any PolicyRemedy
    }
}

/// A proof asks nobody; the grants of a key are told where that is permitted, which it is not here.
private struct NobodyToAsk: AWSCaller {
    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        throw AWSError(kind: .accessDenied, message: "a plan asked \(Operation.name)")
    }
}

/// A policy made by chance, and everybody who may ask.
private struct RandomPolicy {
    let kind: ResourcePolicyTests.Kind
    let text: String
    private let principal: Principal
    private let actions: [String]
    private let zone: ZoneOfTrust
    /// The finding's; empty for most.
    private let condition: JSONObject

    init(_ kind: ResourcePolicyTests.Kind, isS3: Bool, _ random: inout SeededRandom) {
        self.kind = kind
        var principals = [
            #""*""#, #"{"AWS":"*"}"#, #"{"AWS":"arn:aws:iam::\#(other):root"}"#, #"{"AWS":"\#(own)"}"#,
            #"{"AWS":"arn:aws:iam::\#(other):role/Reader"}"#, #"{"AWS":["\#(partner)","\#(other)"]}"#,
            #"{"AWS":"arn:aws:iam::\#(partner):user/Eve"}"#, #"{"Service":"cloudtrail.amazonaws.com"}"#,
            #"{"AWS":"arn:aws:iam::\#(trusted):role/Audit"}"#, #"{"AWS":"\#(own)","Service":"events.amazonaws.com"}"#,
        ]
        if isS3 { principals.append(#"{"CanonicalUser":"\#(canonical)"}"#) }
        let conditions = [
            #"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
            #"{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#,
            #"{"StringEquals":{"aws:SourceAccount":"\#(own)"}}"#, #"{"StringEquals":{"AWS:SourceOwner":"\#(own)"}}"#,
            #"{"StringEquals":{"aws:PrincipalAccount":"\#(partner)"}}"#, #"{"Bool":{"aws:SecureTransport":"false"}}"#,
            #"{"StringNotEquals":{"aws:PrincipalAccount":"\#(own)"}}"#, #"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        ]
        let service = kind.actions[0].split(separator: ":")[0]
        var statements: [String] = []
        for index in 0..<Int.random(in: 1...4, using: &random) {
            func pick(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
            let isDeny = Int.random(in: 0..<8, using: &random) == 0
            var parts = [
                #""Sid":"S\#(index)""#, #""Effect":"\#(isDeny ? "Deny" : "Allow")""#,
                #""Principal":\#(pick(principals))"#,
            ]
            let whole = Int.random(in: 0..<5, using: &random) == 0
            parts.append(#""Action":"\#(whole ? "\(service):*" : pick(kind.actions))""#)
            let resources = kind.resources.isEmpty ? [kind.arn] : kind.resources
            // Repositories' policies have no Resource.
            if service != "ecr" { parts.append(#""Resource":"\#(pick(resources))""#) }
            if isDeny || Int.random(in: 0..<4, using: &random) == 0 {
                parts.append(#""Condition":\#(pick(conditions))"#)
            }
            statements.append("{\(parts.joined(separator: ","))}")
        }
        text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
        var findings: [Principal] = [
            .everyone, .account(other), Principal(key: "AWS", value: "arn:aws:iam::\(other):role/Reader"),
        ]
        if isS3 { findings.append(.canonicalUser(canonical)) }
        principal = findings.randomElement(using: &random) ?? .everyone
        actions = Bool.random(using: &random) ? kind.actions : [kind.actions.randomElement(using: &random) ?? ""]
        let isByEndpoint = Int.random(in: 0..<3, using: &random) == 0
        condition = JSONObject(isByEndpoint ? [("aws:SourceVpce", "vpce-1")] : [])
        zone = ZoneOfTrust(
            account: own,
            trustedAccounts: Bool.random(using: &random) ? [trusted] : [],
            organization: Bool.random(using: &random) ? "o-a1b2c3d4e5" : nil
        )
    }

    func access() -> ReportedAccess {
        ReportedAccess(
            findingID: "a5018210-97c4-46c4-9456-0295898377b6",
            principal: principal,
            actions: actions,
            condition: condition,
            conditionKeys: [],
            zone: zone
        )
    }

    // MARK: Who asks

    private static func callers() -> [NaiveCaller] {
        let names = ["root", "user/Alice", "role/Reader", "role/Audit", "user/Eve"]
        var callers = [own, trusted, other, partner].flatMap { account in
            names.map { NaiveCaller.identity("arn:aws:iam::\(account):\($0)", account: account) }
        }
        callers += [.anonymous(), .service("cloudtrail.amazonaws.com"), .service("events.amazonaws.com")]
        var user = NaiveCaller.identity("arn:aws:iam::333344445555:root", account: "333344445555")
        user.names.append("CanonicalUser \(canonical)")
        callers.append(user)
        var member = NaiveCaller.identity("arn:aws:iam::444455556666:role/Member", account: "444455556666")
        member.context["aws:principalorgid"] = "o-a1b2c3d4e5"
        callers.append(member)
        // The same by a way of their own.
        var byEndpoint = NaiveCaller.identity("arn:aws:iam::\(other):user/Alice", account: other)
        byEndpoint.context["aws:sourcevpce"] = "vpce-1"
        return callers + [byEndpoint]
    }

    /// Whether the finding is about the caller.
    private func isMeant(_ caller: NaiveCaller) -> Bool {
        let arn = caller.context["aws:principalarn"]
        switch principal {
        case .everyone:
            guard caller.context["aws:principalisawsservice"] != "true" else { return false }
            if let organization = zone.organization, caller.context["aws:principalorgid"] == organization {
                return false
            }
            return caller.account.map { !zone.accounts.contains($0) } ?? true
        case .account(let id): return caller.account == id
        case .canonicalUser(let id): return caller.names.contains("CanonicalUser \(id)")
        default: return arn == principal.element.value
        }
    }

    /// Whether a statement is of the finding's condition.
    private func isFindings(_ statement: Statement) -> Bool {
        let own = statement.json["Condition"]?["StringEquals"]?["aws:SourceVpce"]?.string
        return condition.isEmpty ? statement.json["Condition"] == nil : own == "vpce-1"
    }

    /// Whether what the finding is about can be told from other ways of the same principal.
    private func isToldApart(_ document: PolicyDocument) -> Bool {
        principal != .everyone
            && document.statements.contains { $0.gives(actions, to: principal) && isFindings($0) }
    }

    /// Whether a statement lets the caller in by another name than the finding's, or by a way of everybody's own: such
    /// callers are spared as a whole.
    private func isNamedOtherwise(_ caller: NaiveCaller, _ document: PolicyDocument) -> Bool {
        document.statements.contains { statement in
            guard statement.effect == .allow else { return false }
            let hasOwnWay = statement.json["Condition"] != nil && !isFindings(statement)
            if hasOwnWay, statement.principals.contains(.everyone) { return true }
            if hasOwnWay, statement.principals.contains(principal), caller.context["aws:sourcevpce"] != nil {
                return true
            }
            return statement.principals.contains { named in
                named != principal && named != .everyone
                    && caller.names.contains { $0 == "\(named.element.key) \(named.element.value)" }
            }
        }
    }

    /// Compares every request; gives how many it compared.
    func judge(_ before: PolicyDocument, _ after: PolicyDocument, _ access: ReportedAccess) -> Int {
        let (old, new) = (before.statements.map(\.json), after.statements.map(\.json))
        var compared = 0
        for var caller in Self.callers() {
            if principal == .everyone, text.contains("elasticfilesystem") {
                // Whoever comes by the network cannot be told apart, and is left alone; nobody else is.
                caller.context["elasticfilesystem:accessedviamounttarget"] = isMeant(caller) ? "false" : "true"
            }
            for action in kind.actions {
                for resource in kind.asked {
                    let naive = NaiveEvaluator(caller: caller, action: action, resource: resource)
                    guard let was = naive.isAllowed(by: old), let now = naive.isAllowed(by: new) else { continue }
                    compared += 1
                    let what = "\(caller.names.last ?? "") \(action) \(resource): \(text) for \(principal) \(zone)"
                    guard isMeant(caller), actions.contains(action) else {
                        #expect(was == now, "\(what)")
                        continue
                    }
                    guard was else {
                        #expect(!now, "\(what)")
                        continue
                    }
                    // What another finding's statement gives, on another resource or in another way, is that finding's matter.
                    let ways = before.statements.filter {
                        $0.gives([action], to: principal) && naive.isMeant(by: $0.json) == true
                    }
                    let mine = ways.filter(isFindings)
                    if mine.isEmpty, !ways.isEmpty, isToldApart(before) { #expect(now, "\(what)") }
                    if !mine.isEmpty, mine.count == ways.count, !isNamedOtherwise(caller, before) {
                        #expect(!now, "\(what)")
                    }
                }
            }
        }
        return compared
    }
}
