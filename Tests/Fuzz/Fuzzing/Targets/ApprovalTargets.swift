import AWSClient
import AWSSigning
import Basics
import Dispatch
import Handlers
import Ledger
import Logging
import LosslessJSON
import Synchronization

private let keys = [
    #""rawPath""#, #""/""#, #""rawQueryString""#, #""requestContext""#, #""http""#, #""method""#, #""GET""#, #""POST""#,
    #""headers""#, #""content-type""#, #""application/x-www-form-urlencoded""#, #""body""#, #""isBase64Encoded""#,
    "true",
    #""authorizer""#, #""iam""#, #""userArn""#, #""taskToken""#, #""case""#, #""outcome""#, #""AWAITING_APPROVAL""#,
    #""status""#, #""approval""#, #""last""#, #""proof""#, #""changes""#, #""preview""#, #""CONFIRMED""#,
    #""PRINCIPAL""#,
    #""decision=approve&name=A""#, #""decision=reject&name=%3Cscript%3E""#, #""token=a.b""#, #""<script>""#,
    #""id""#, #""findingId""#, #""state""#, #""OPEN""#, #""APPROVED""#, #""until""#, #""askedAt""#, #""digest""#,
    #""2026-11-22T08:40:00Z""#, #""nonces""#, #""function""#, #""endedAt""#, #""result""#, #""summary""#, #""access""#,
]

private let tokenWords = [
    ".", "..", "=", "-", "_", "+", "/", "e30", "eyJmaW5kaW5nIjoi", "A", "AA", "AAAA", "%2E", "\u{212A}",
    "&decision=approve",
]

/// A world with one request that waits, the same for every input.
private struct Waiting: Sendable {
    static let key = "a-key-of-forty-characters-for-the-fuzzer"
    static let finding = "00000000-0000-0000-0000-000000000001"
    static let nonce = "0123456789abcdef0123456789abcdef"
    static let now = Timestamp(secondsSinceEpoch: 1_795_250_400)

    private static let reported: JSON = [
        "id": .string(finding), "kind": "ExternalAccess", "status": "ACTIVE",
        "resource": "arn:aws:iam::123456789012:role/Audit", "resourceType": "AWS::IAM::Role",
        "accountId": "123456789012", "region": "us-east-1",
        "principal": ["AWS": "arn:aws:iam::999988887777:user/Alice"], "actions": ["sts:AssumeRole"],
        "condition": [:], "isPublic": false, "isDeleted": false,
    ]

    let store = MemoryStore()
    let environment: HandlerEnvironment

    init() {
        var settings = Settings()
        settings.mode = .enforce
        settings.approvalKey = .inline(Self.key)
        let environment = HandlerEnvironment(
            settings: settings,
            aws: Unreachable(),
            member: { _, _ in Unreachable() },
            ownAccount: OwnAccount(),
            region: try? Region("us-east-1"),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() },
            now: { Self.now },
            pause: { _ in }
        )
        self.environment = environment.with(Ledger(store, now: { Self.now }, random: { 1 }))
    }

    /// The token of the request's link.
    static func token(_ requestID: String) -> String {
        ApprovalToken(findingID: finding, requestID: requestID, nonce: nonce).signed(HMAC(key: Array(key.utf8)))
    }

    /// The status of the page's answer to a form.
    func status(_ method: String, query: String, body: String) async -> Int? {
        let event: JSON = [
            "rawPath": "/", "rawQueryString": .string(query), "body": .string(body), "isBase64Encoded": false,
            "headers": ["content-type": "application/x-www-form-urlencoded"],
            "requestContext": ["http": ["method": .string(method)]],
        ]
        let page = try? await HandlerName.approve.run(event.serialized(), environment)
        return page.flatMap { try? JSON.parse($0) }?["statusCode"]?.int
    }

    /// Asks about a change.
    func ask() async -> ApprovalRequest? {
        guard let ledger = environment.ledger else { return nil }
        let request = ApprovalRequest(
            id: "20261121T084000Z-0000000000000001",
            findingID: Self.finding,
            case: JSONObject([("finding", Self.reported)]),
            access: ["a"],
            summary: "A Deny would be added.",
            changes: [],
            bound: [],
            proof: ["Nobody else is denied."],
            askedAt: Self.now,
            hours: 24,
            coolDownDays: 14,
            asker: ApprovalRequest.Asker()
        )
        guard case .recorded(let asked)? = try? await ledger.ask(request, after: nil) else { return nil }
        return try? await ledger.add(nonce: Self.nonce, sentTo: "arn:aws:sns:us-east-1:123456789012:t", to: asked)
    }
}

/// AWS from here.
private struct Unreachable: AWSCaller {
    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        throw AWSError(
            kind: .accessDenied,
            service: Operation.service.id,
            operation: Operation.name,
            message: "none here"
        )
    }
}

/// Whether an event is a function URL's request, however broken.
private func isOfPage(_ json: JSON?) -> Bool {
    guard let json, json["taskToken"] == nil, json["case"] == nil else { return false }
    return ["requestContext", "rawPath", "routeKey", "rawQueryString"].contains { json[$0] != nil }
}

/// Waits for asynchronous work; targets are looked at one by one.
func result<T: Sendable>(of work: @escaping @Sendable () async -> T) throws(Breach) -> T {
    let done = DispatchSemaphore(value: 0)
    let answer = Mutex<T?>(nil)
    Task.detached {
        let value = await work()
        answer.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    guard let value = answer.withLock({ $0 }) else { throw Breach("nothing came of it") }
    return value
}

extension FuzzTarget {
    /// What the approval page and the workflow hand to `approve`; `TOKEN` stands for the link's.
    static let approve = FuzzTarget("approve", .json, words: keys) { (input) throws(Breach) in
        let text = String(decoding: input, as: UTF8.self)
        let answer = try result {
            () async -> (Result<[UInt8], HandlerError>, before: [LedgerItem], after: [LedgerItem]) in
            let world = Waiting()
            guard let request = await world.ask() else {
                return (.failure(HandlerError(.internalError, "not asked")), [], [])
            }
            let event = Array(text.replacing(every: "TOKEN", with: Waiting.token(request.id)).utf8)
            let before = world.store.all
            let result: Result<[UInt8], HandlerError>
            do throws(HandlerError) {
                result = .success(try await HandlerName.approve.run(event, world.environment))
            } catch {
                result = .failure(error)
            }
            return (result, before, world.store.all)
        }
        try hold(!answer.before.isEmpty, "nobody was asked")
        let isSame = answer.before.count == answer.after.count && answer.before.allSatisfy(answer.after.contains)
        switch answer.0 {
        case .failure(let error):
            let json = try? JSON.parse(Array(text.utf8))
            try hold(!isOfPage(json), "a request of the page ends in an error: \(error.message)")
            try hold(
                !error.message.isEmpty && !error.message.holds(Waiting.nonce),
                "an error without words, or with a token"
            )
            return false
        case .success(let bytes):
            guard let json = try? JSON.parse(bytes) else { throw Breach("the answer is no JSON") }
            guard let status = json["statusCode"]?.int else { return true }
            let known = [200, 400, 403, 404, 405, 409, 410, 413, 500]
            try hold(known.contains(status), "a status that nobody knows: \(status)")
            let body = json["body"]?.string ?? ""
            try hold(body.hasPrefix("<!doctype html>") && !body.holds("<script"), "a page that is none of ours")
            try hold(json["headers"]?["content-security-policy"]?.string != nil, "a page without its policy")
            try hold(isSame || status == 200, "something was recorded, and the answer is \(status)")
            try hold(isSame || text.holds("TOKEN"), "something was recorded without a link")
            return status == 200
        }
    }

    /// What comes as a link's token: the very text that was mailed decides, and nothing else does.
    static let token = FuzzTarget("token", .text, words: tokenWords) { (input) throws(Breach) in
        let text = String(decoding: input, as: UTF8.self)
        let field = "token=\(PercentEncoding.encode(text))"
        let seen = try result { () async -> (right: String, shown: Int?, decided: Int?, isSame: Bool)? in
            let world = Waiting()
            guard let request = await world.ask() else { return nil }
            let before = world.store.all
            let shown = await world.status("GET", query: field, body: "")
            let decided = await world.status("POST", query: "", body: "\(field)&decision=reject&name=A")
            let after = world.store.all
            let isSame = before.count == after.count && before.allSatisfy(after.contains)
            return (Waiting.token(request.id), shown, decided, isSame)
        }
        guard let seen else { throw Breach("nobody was asked") }
        let isRight = text.utf8.elementsEqual(seen.right.utf8)
        try hold(seen.isSame != isRight, "the wrong token decides, or the right one does not")
        for status in [seen.shown, seen.decided] {
            guard let status else { throw Breach("the page does not answer") }
            try hold(isRight ? status == 200 : [400, 403, 413].contains(status), "a token is answered by \(status)")
        }
        // Of the form of a token.
        return text.utf8.count { $0 == UInt8(ascii: ".") } == 1
    }

    /// Requests as the ledger may hold them: read, shown to people, and on the page.
    static let request = FuzzTarget("request", .json, words: keys) { (input) throws(Breach) in
        guard let data = (try? JSON.parse(input))?.object else { return false }
        let shown = try result { () async -> (request: ApprovalRequest, status: Int?)? in
            let world = Waiting()
            let item = LedgerItem(LedgerKey("APPROVAL#\(Waiting.finding)", "REQUEST"), data)
            _ = try? world.store.write([.put(item, if: .any)])
            guard let request = try? await world.environment.ledger?.request(ofFinding: Waiting.finding) else {
                return nil
            }
            let event: JSON = [
                "rawPath": "/", "rawQueryString": .string("token=\(Waiting.token(request.id))"),
                "requestContext": ["http": ["method": "GET"]],
            ]
            let page = try? await HandlerName.approve.run(event.serialized(), world.environment)
            return (request, page.flatMap { try? JSON.parse($0) }?["statusCode"]?.int)
        }
        guard let shown else { return false }
        try hold(shown.status != nil, "the page does not answer")
        let text = shown.request.shown
        try hold(text["taskToken"] == nil && text["nonces"] == nil, "people are shown what only the program may know")
        return true
    }
}
