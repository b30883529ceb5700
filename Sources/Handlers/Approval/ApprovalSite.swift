import AWSClient
import AWSSigning
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages
import ResourceTypes

/// The page where people decide: shows a request to whoever has its link, and records what they decide.
///
/// It answers every request, and changes no resource.
struct ApprovalSite {
    private let environment: HandlerEnvironment

    init(_ environment: HandlerEnvironment) {
        self.environment = environment
    }

    private static let tokenField = "token"

    func answer(_ event: JSON) async -> JSONObject {
        let answer = await page(event)
        return answer.response
    }

    // MARK: What is asked

    private func page(_ event: JSON) async -> HTTPAnswer {
        let request: FunctionURLRequest
        do throws(FunctionURLRequest.Unusable) {
            // Elsewhere there is nothing, whatever comes with it.
            if let path = event["rawPath"]?.string, path != "/" { return HTTPAnswer(404, .notFound) }
            if let method = event["requestContext"]?["http"]?["method"]?.string, !["GET", "POST"].contains(method) {
                return HTTPAnswer(405, .wrongMethod, allow: "GET, POST")
            }
            request = try FunctionURLRequest(event)
        } catch {
            return error == .tooLarge ? HTTPAnswer(413, .tooLarge) : HTTPAnswer(400, .unusable)
        }
        guard let fields = request.method == "POST" ? request.bodyFields : request.queryFields,
            let token = fields[Self.tokenField], !token.isEmpty
        else { return HTTPAnswer(400, .unusable) }
        do throws(HandlerError) {
            guard let key = try await environment.approvalKey.key(environment.access) else {
                throw HandlerError(
                    .invalidConfiguration,
                    "GATEHOUSE_APPROVAL_KEY is not set: the page needs what signs links"
                )
            }
            guard let known = ApprovalToken(token, key: key) else { return HTTPAnswer(403, .notSigned) }
            guard request.method == "POST" else { return try await show(known, token, request.userARN) }
            return try await decide(known, fields, request.userARN)
        } catch {
            environment.logger.error(
                "a request of the approval page failed",
                metadata: ["errorType": .string(error.type), "why": .string(error.message)]
            )
            return HTTPAnswer(500, .failed)
        }
    }

    /// The request that a token is of; `nil` where that is no longer known.
    private func request(of token: ApprovalToken) async throws(HandlerError) -> ApprovalRequest? {
        guard let ledger = environment.ledger else {
            throw HandlerError(.invalidConfiguration, "GATEHOUSE_LEDGER_TABLE is not set: the page needs the ledger")
        }
        let request = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.request(ofFinding: token.findingID)
        }
        guard let request, request.id == token.requestID, request.knows(nonce: token.nonce) else { return nil }
        return request
    }

    // MARK: Showing

    private func show(
        _ known: ApprovalToken,
        _ token: String,
        _ userARN: String?
    ) async throws(HandlerError) -> HTTPAnswer {
        guard let request = try await request(of: known) else { return HTTPAnswer(410, .unknown) }
        if let over = over(request) { return over }
        return HTTPAnswer(200, html: try page(of: request, token, userARN))
    }

    private func page(
        of request: ApprovalRequest,
        _ token: String,
        _ userARN: String?
    ) throws(HandlerError) -> String {
        let input = try HandlerError.decoding { () throws(InvalidEvent) in try Case(.object(request.case)) }
        let changes = (request.changes.array ?? []).map { change in
            RequestPage.Change(
                operation: change["operation"]?.string ?? "",
                resource: change["resource"]?.string ?? "",
                diff: change["diff"]?.string ?? ""
            )
        }
        let shown = RequestPage.Request(
            summary: request.summary,
            changes: changes,
            proof: request.proof,
            until: request.until,
            asked: request.topic.map { "Everybody who gets the messages of \($0)." } ?? "",
            coolDownDays: request.coolDownDays ?? environment.settings.coolDownDays
        )
        return RequestPage(input, KnownResourceGuide(), shown, token: token, user: userARN).html
    }

    /// The answer for a request that nobody can decide any more; `nil` for one that somebody can.
    private func over(_ request: ApprovalRequest) -> HTTPAnswer? {
        switch request.state {
        case .open: environment.now() < request.until ? nil : HTTPAnswer(410, .tooLate(until: request.until))
        case .lapsed: HTTPAnswer(410, .tooLate(until: request.until))
        case .outdated: HTTPAnswer(410, .unknown)
        case .approved, .rejected, .done: HTTPAnswer(409, .decided(request, handedOn: nil))
        }
    }

    // MARK: Deciding

    private func decide(
        _ known: ApprovalToken,
        _ fields: FormFields,
        _ userARN: String?
    ) async throws(HandlerError) -> HTTPAnswer {
        guard let form = ApprovalForm(fields, userARN: userARN) else { return HTTPAnswer(400, .unusable) }
        guard let request = try await request(of: known) else { return HTTPAnswer(410, .unknown) }
        if let over = over(request) { return over }
        switch try await environment.decide(request, isApproval: form.isApproval, form.decider) {
        case .over(let current): return over(current) ?? HTTPAnswer(410, .unknown)
        case .tooLate(let current): return HTTPAnswer(410, .tooLate(until: current.until))
        case .recorded(let decided):
            environment.logger.notice(
                "a request was decided",
                metadata: [
                    "findingId": .string(decided.findingID), "decision": .string(decided.state.rawValue),
                    "by": .string(decided.decision?.who ?? ""),
                ]
            )
            let handed = await HandingOn.run(decided, environment)
            return HTTPAnswer(200, .decided(decided, handedOn: handed, place: environment.commandPlace))
        }
    }
}
