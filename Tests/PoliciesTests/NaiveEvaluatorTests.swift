import LosslessJSON
import Policies
import TestSupport
import Testing

private let own = "123456789012"
private let other = "999988887777"

/// The evaluator may say that it cannot know. What it calls certain must be so for every request that it may mean.
@Suite struct NaiveEvaluatorTests {
    private struct Asked {
        let principal: Principal
        /// One of the callers that the principal may stand for.
        let caller: (inout SeededRandom) -> NaiveCaller
    }

    private static let alice = "arn:aws:iam::\(other):user/Alice"
    private static let session = "arn:aws:sts::\(other):assumed-role/Deployer/build"
    private static let deployer = "arn:aws:iam::\(other):role/x/Deployer"
    private static let provider = "arn:aws:iam::\(own):saml-provider/Corp"

    private static func anyDeployer(_ random: inout SeededRandom) -> NaiveCaller {
        let path = ["", "x/", "x/y/"].randomElement(using: &random) ?? ""
        return .session(session, role: "arn:aws:iam::\(other):role/\(path)Deployer", account: other)
    }

    private static func anyIdentity(of account: String, _ random: inout SeededRandom) -> NaiveCaller {
        let names = ["root", "user/Alice", "user/Bob", "role/Deployer", "role/x/Deployer", "user/\u{212A}elly"]
        return .identity("arn:aws:iam::\(account):\(names.randomElement(using: &random) ?? "root")", account: account)
    }

    private static func asked() -> [Asked] {
        [
            Asked(principal: Principal(key: "AWS", value: alice)) { _ in .identity(alice, account: other) },
            Asked(principal: Principal(key: "AWS", value: session)) { anyDeployer(&$0) },
            Asked(principal: .account(other)) { anyIdentity(of: other, &$0) },
            Asked(principal: .account(own)) { anyIdentity(of: own, &$0) },
            Asked(principal: .service("ec2.amazonaws.com")) { _ in .service("ec2.amazonaws.com") },
            Asked(principal: .federated(provider)) { .federated(provider, isAnonymous: Bool.random(using: &$0)) },
            Asked(principal: .everyone) { random in
                anyIdentity(of: [other, "111122223333"].randomElement(using: &random) ?? other, &random)
            },
        ]
    }

    private static let principals = [
        #""*""#, #"{"AWS":"*"}"#, #"{"AWS":"\#(other)"}"#, #"{"AWS":["arn:aws:iam::\#(other):root","\#(own)"]}"#,
        #"{"AWS":"\#(alice)"}"#, #"{"AWS":"\#(session)"}"#, #"{"AWS":"\#(deployer)"}"#,
        #"{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}"#, #"{"Federated":"\#(provider)"}"#,
        #"{"Odd":"x","AWS":"\#(own)"}"#,
    ]
    private static let operators = [
        "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "ArnEquals",
        "ArnNotEquals", "ArnLike", "ArnNotLike", "Bool", "NumericLessThan", "StringEqualsIfExists",
        "StringNotEqualsIfExists", "ArnLikeIfExists", "ArnNotEqualsIfExists", "BoolIfExists", "Null",
    ]
    private static let keys = [
        "aws:PrincipalArn", "AWS:principalarn", "aws:PrincipalAccount", "aws:PrincipalOrgID",
        "aws:PrincipalIsAWSService",
        "sts:ExternalId",
    ]
    private static let values = [
        #""\#(other)""#, #"["\#(own)","\#(other)"]"#, #""\#(alice)""#, #""arn:aws:iam::*:user/A*""#, #""true""#,
        "false",
        #""false""#, #""o-a1b2c3d4e5""#, #""*""#, #""arn:aws:iam::\#(other):role/*""#, "999988887777",
        #""arn:aws:iam::\#(other):user/Kelly""#, #""${aws:username}""#, #""arn:aws:iam::\#(other):user/\u212aelly""#,
    ]
    private static let actions = [
        #""Action":"s3:GetObject""#, #""Action":["s3:Put*","s3:List?ucket"]"#, #""Action":"*""#,
        #""NotAction":"s3:GetObject""#, #""NotAction":["s3:Put*"]"#, #""Action":"S3:getobject""#,
    ]
    private static let resources = [
        "", #","Resource":"*""#, #","Resource":"arn:aws:s3:::reports/*""#, #","NotResource":"arn:aws:s3:::reports/a*""#,
        #","Resource":["arn:aws:s3:::reports","arn:aws:s3:::other/*"]"#, #","NotResource":["arn:aws:s3:::reports"]"#,
    ]

    private static func statement(_ random: inout SeededRandom) -> String {
        func pick(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
        let effect = Bool.random(using: &random) ? "Allow" : "Deny"
        var text = #"{"Effect":"\#(effect)","Principal":\#(pick(principals)),\#(pick(actions))\#(pick(resources))"#
        let count = Int.random(in: 0...2, using: &random)
        if count > 0 {
            let tests = (0..<count).map { _ in #""\#(pick(operators))":{"\#(pick(keys))":\#(pick(values))}"# }
            // One object cannot hold an operator twice.
            text +=
                #","Condition":{\#(count == 2 && tests[0].prefix(9) == tests[1].prefix(9) ? tests[0] : tests.joined(separator: ","))}"#
        }
        return text + "}"
    }

    /// Debug builds look at fewer; `swift test -c release` at 100,000 and more.
    private static var rounds: Int {
        #if DEBUG
        2_000
        #else
        20_000
        #endif
    }

    @Test(arguments: 1...8)
    func whatIsCertainIsSo(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let everybody = Self.asked()
        var certain = 0
        for _ in 0..<Self.rounds {
            let text = Self.statement(&random)
            let document = try PolicyDocument(text: #"{"Statement":[\#(text)]}"#)
            guard let json = try JSON.parse(text: text).object, let asked = everybody.randomElement(using: &random)
            else {
                continue
            }
            let action = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"].randomElement(using: &random) ?? ""
            let resource =
                ["arn:aws:s3:::reports", "arn:aws:s3:::reports/a", "arn:aws:s3:::reports/b:c"].randomElement(
                    using: &random
                )
            var request = AccessRequest(principal: asked.principal, action: action, resource: resource)
            if asked.principal == .everyone {
                let zone = ZoneOfTrust(account: own, organization: Bool.random(using: &random) ? "o-a1b2c3d4e5" : nil)
                request = zone.outsideRequest(.everyone, action: action, on: resource)
            }
            let verdict = document.evaluate(request)
            let coverage = max(verdict.allowed, verdict.denied)
            guard coverage != .some else { continue }
            certain += 1
            for _ in 0..<6 {
                var caller = asked.caller(&random)
                // A role's name is unique in its account: when a Principal names it with a path, that is its path.
                if asked.principal == Principal(key: "AWS", value: Self.session), text.contains(Self.deployer) {
                    caller = .session(Self.session, role: Self.deployer, account: other)
                }
                caller.context["sts:externalid"] = [nil, "x", other].randomElement(using: &random) ?? nil
                let organizations = asked.principal == .everyone ? [nil, "o-other"] : [nil, "o-other", "o-a1b2c3d4e5"]
                if caller.account != nil {
                    caller.context["aws:principalorgid"] = organizations.randomElement(using: &random) ?? nil
                }
                let naive = NaiveEvaluator(caller: caller, action: action, resource: resource ?? "").isMeant(by: json)
                #expect(naive == (coverage == .every), "\(text) for \(caller), \(action), \(resource ?? "")")
            }
        }
        #expect(certain > Self.rounds / 3, "\(certain) certain answers of \(Self.rounds)")
    }
}
