import AWSClient
import AWSOperations
import Basics
import Findings
import Handlers
import Logging
import LosslessJSON
import SimulatedAccount
import Synchronization
import Testing

/// Nothing is gone because something on the way says 404: the real client, with answers of proxies, wrong paths and other
/// services in the place of AWS's.
@Suite struct GoneTests {
    /// What stands in a service's place.
    enum Stranger: String, CaseIterable, CustomTestStringConvertible {
        case empty, html, gone, unknownOperation, xmlOfAnother, jsonOfAnother, headerAlone

        var testDescription: String { rawValue }

        var response: WireResponse {
            switch self {
            case .empty: WireResponse(status: 404)
            case .html:
                WireResponse(
                    status: 404,
                    headers: ["content-type": "text/html"],
                    body: Array("<html><head><title>404 Not Found</title></head></html>".utf8)
                )
            case .gone: WireResponse(status: 410)
            case .unknownOperation:
                WireResponse(
                    status: 404,
                    headers: ["x-amzn-errortype": "UnknownOperationException"],
                    body: Array("{}".utf8)
                )
            case .xmlOfAnother:
                WireResponse(status: 404, body: Array("<Error><Code>NoSuchBucket</Code></Error>".utf8))
            case .jsonOfAnother:
                WireResponse(status: 404, body: Array(#"{"__type":"NotFoundException","message":"m"}"#.utf8))
            case .headerAlone:
                WireResponse(
                    status: 404,
                    headers: ["x-amzn-errortype": "ResourceNotFoundException"],
                    body: Array("<html>".utf8)
                )
            }
        }
    }

    /// The finding and the role as AWS answers them, but for one operation.
    private struct World: HTTPTransport {
        let replaced: String
        let answer: WireResponse
        let seen = Seen()

        final class Seen: Sendable {
            let operations = Mutex<[String]>([])
        }

        func send(_ exchange: HTTPExchange) async throws(TransportError) -> WireResponse {
            let operation = Self.operation(exchange)
            seen.operations.withLock { $0.append(operation) }
            return operation == replaced ? answer : Self.answer(operation)
        }

        private static func operation(_ exchange: HTTPExchange) -> String {
            let form = String(decoding: exchange.body, as: UTF8.self)
            if form.hasPrefix("Action=") { return String(form.dropFirst(7).prefix { $0 != "&" }) }
            if exchange.target.hasPrefix("/findingv2/") { return "GetFindingV2" }
            if exchange.target.hasPrefix("/finding/") { return "GetFinding" }
            if exchange.target.hasPrefix("/resource/scan") { return "StartResourceScan" }
            return exchange.method == "PUT" ? "UpdateFindings" : "ListFindings"
        }

        private static func answer(_ operation: String) -> WireResponse {
            let finding =
                #"{"id":"\#(findingID(0))","status":"ACTIVE","resource":"\#(roleARN)","resourceType":"AWS::IAM::Role","#
                + #""principal":{"AWS":"\#(outsider(0))"},"action":["sts:AssumeRole"],"condition":{},"isPublic":false}"#
            let trust =
                #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(outsider(0))"},"#
                + #""Action":"sts:AssumeRole"}]}"#
            let text =
                switch operation {
                case "GetFinding": "{\"finding\":\(finding)}"
                case "GetFindingV2": finding
                case "ListFindings": #"{"findings":[]}"#
                case "GetRole":
                    "<GetRoleResponse><GetRoleResult><Role><Arn>\(roleARN)</Arn><RoleName>Audit</RoleName><Path>/</Path>"
                        + "<AssumeRolePolicyDocument>\(trust)</AssumeRolePolicyDocument></Role></GetRoleResult>"
                        + "</GetRoleResponse>"
                case "AssumeRole":
                    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S"
                        + "</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
                        + "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
                case "UpdateAssumeRolePolicy": "<UpdateAssumeRolePolicyResponse/>"
                default: "{}"
                }
            return WireResponse(status: 200, body: Array(text.utf8))
        }
    }

    private func environment(_ world: World, isMember: Bool) throws -> HandlerEnvironment {
        let client = AWSClient(
            configuration: try AWSConfiguration(environment: ["AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"]),
            transport: world,
            credentials: StaticCredentials(Credentials(accessKeyID: "A", secretAccessKey: "S")),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        var environment = HandlersTests.environment(try HandlersTests.world(outsiders: 1), aws: client)
        if isMember {
            environment.settings.memberRole = "Member"
            environment.ownAccount = OwnAccount(
                invokedFunctionARN: "arn:aws:lambda:us-east-1:111122223333:function:gatehouse"
            )
            environment.member = { account, _ in
                client.with(
                    credentials: AWSClient.assumedRole(
                        "arn:aws:iam::\(account):role/Member",
                        sessionName: "gatehouse",
                        externalID: nil,
                        region: Partition.aws.globalRegion,
                        base: client
                    )
                )
            }
        }
        return environment
    }

    private static let archiving: (String, JSON) = ("decision", ["action": "ARCHIVE", "rule": "r", "reasons": []])
    private static let resolving: (String, JSON) = ("decision", ["action": "RESOLVE", "rule": "r", "reasons": []])
    private static let resolved: (String, JSON) = ("outcome", ["status": "RESOLVED", "summary": "", "mode": "enforce"])

    private func input(_ handler: HandlerName) throws -> [UInt8] {
        let extra: [(String, JSON)] =
            switch handler {
            case .archive: [Self.archiving]
            case .verify: [Self.resolving, Self.resolved]
            default: [Self.resolving]
            }
        return JSON.object(try bareCase(0, adding: extra).json).serialized()
    }

    private static let cases: [(HandlerName, String, isMember: Bool)] = [
        (.resolve, "GetFinding", false), (.respond, "GetFinding", false), (.archive, "GetFinding", false),
        (.verify, "GetFinding", false), (.archive, "UpdateFindings", false), (.resolve, "ListFindings", false),
        (.resolve, "GetRole", false), (.respond, "GetRole", false), (.resolve, "UpdateAssumeRolePolicy", false),
        (.resolve, "AssumeRole", true), (.respond, "AssumeRole", true),
    ]

    @Test(arguments: cases, Stranger.allCases)
    func aStrangersWordIsAnError(_ case: (HandlerName, String, isMember: Bool), _ stranger: Stranger) async throws {
        let (handler, operation, isMember) = `case`
        let world = World(replaced: operation, answer: stranger.response)
        let bytes = try input(handler)
        let error = await #expect(throws: HandlerError.self) {
            try await handler.run(bytes, environment(world, isMember: isMember))
        }
        // A readable error of some service is not worth a retry; what nobody can read is.
        let isReadable =
            stranger == .unknownOperation && !["GetRole", "UpdateAssumeRolePolicy", "AssumeRole"].contains(operation)
            || stranger == .jsonOfAnother && ["GetFinding", "UpdateFindings", "ListFindings"].contains(operation)
            || stranger == .xmlOfAnother && ["GetRole", "UpdateAssumeRolePolicy", "AssumeRole"].contains(operation)
        #expect(error?.kind == (isReadable ? .internalError : .serviceUnavailable), "\(String(describing: error))")
        #expect(world.seen.operations.withLock { $0.contains(operation) })
        #expect(error?.message.contains(operation) == true)
    }

    @Test func theServicesOwnErrorMeansThatItIsGone() async throws {
        let finding = WireResponse(
            status: 404,
            headers: ["x-amzn-errortype": "ResourceNotFoundException"],
            body: Array(#"{"message":"no such finding"}"#.utf8)
        )
        let role = WireResponse(
            status: 404,
            body: Array("<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>".utf8)
        )
        for (handler, operation, answer, expected) in [
            (.resolve, "GetFinding", finding, "IGNORED"), (.archive, "GetFinding", finding, "IGNORED"),
            (.archive, "UpdateFindings", finding, "IGNORED"), (.resolve, "GetRole", role, "ALREADY_RESOLVED"),
            (.resolve, "UpdateAssumeRolePolicy", role, "ALREADY_RESOLVED"),
            (.verify, "GetFinding", finding, "RESOLVED"),
        ] as [(HandlerName, String, WireResponse, String)] {
            let world = World(replaced: operation, answer: answer)
            let answer = try JSON.parse(
                try await handler.run(input(handler), environment(world, isMember: false))
            )
            let status = handler == .verify ? answer["verification"]?["status"] : answer["outcome"]?["status"]
            #expect(status?.string == expected, "\(handler) \(operation)")
        }
    }

    /// A member role's answer about itself says nothing about the role of the finding.
    @Test func whatAssumeRoleSaysIsNotAboutTheRole() async throws {
        let none = WireResponse(
            status: 404,
            body: Array("<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>".utf8)
        )
        let world = World(replaced: "AssumeRole", answer: none)
        let bytes = try input(.resolve)
        let error = await #expect(throws: HandlerError.self) {
            try await HandlerName.resolve.run(bytes, environment(world, isMember: true))
        }
        #expect(error?.message.hasPrefix("STS AssumeRole: NoSuchEntity") == true)
    }
}

/// An analyzer that is not there says nothing about its findings.
@Suite struct AnalyzerGoneTests {
    @Test(arguments: [("Analyzer", 404), ("FINDING", 500)])
    func isNoEndOfAFinding(_ type: String, _ status: Int) async throws {
        let simulated = try world(outsiders: 1)
        var gone = AWSError(
            kind: .notFound,
            service: "AccessAnalyzer",
            operation: "GetFinding",
            code: "ResourceNotFoundException",
            message: "not found",
            status: status
        )
        gone.resourceType = type
        let error = gone
        let stub = StubCaller(caller: simulated.caller()) { (operation) async throws(AWSError) in
            guard operation is GetFinding else { return nil }
            throw error
        }
        await #expect(throws: HandlerError.self) {
            try await resolve(try bareCase(0), environment(simulated, aws: stub))
        }
        #expect(simulated.calls.filter(\.isWrite).isEmpty)
    }
}
