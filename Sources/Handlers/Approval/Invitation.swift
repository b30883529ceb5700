import AWSClient
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Makes what a message needs for somebody to decide about a request.
struct Invitation {
    private let ledger: Ledger
    private let request: ApprovalRequest
    private let topic: String
    private let environment: HandlerEnvironment

    /// `nil` for a case that nobody has to decide about.
    init?(to input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) {
        guard input.outcome?.status == .awaitingApproval, let ledger = environment.ledger else { return nil }
        let access = input.finding.access
        let pending = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.pendingRequest(forAccess: access)
        }
        let message = Message(input, KnownResourceGuide(), now: environment.now())
        guard let pending, pending.isOpen, let topic = Publishing.topic(for: message, environment) else { return nil }
        self.ledger = ledger
        self.environment = environment
        request = pending
        self.topic = topic.arn.description
    }

    func made() async throws(HandlerError) -> ApprovalInvitation {
        let (link, why) = try await link()
        return ApprovalInvitation(
            link: link,
            whyNoLink: why,
            until: request.until,
            findingID: request.findingID,
            place: environment.commandPlace,
            topic: topic
        )
    }

    /// What passes by itself is an error, so that the retry sends the link; what does not must not keep people from being
    /// asked.
    private func link() async throws(HandlerError) -> (link: String?, why: String?) {
        guard let page = environment.settings.approvalURL else { return (nil, nil) }
        guard environment.settings.approvalKey != nil else { return (nil, "GATEHOUSE_APPROVAL_KEY is not set") }
        do throws(HandlerError) {
            guard let key = try await environment.approvalKey.key(environment.access) else { return (nil, nil) }
            let (ledger, request, topic) = (ledger, request, topic)
            let nonce = Ledger.randomID() + Ledger.randomID()
            _ = try await HandlerError.ofLedger { () async throws(LedgerError) in
                try await ledger.add(nonce: nonce, sentTo: topic, to: request)
            }
            let token = ApprovalToken(findingID: request.findingID, requestID: request.id, nonce: nonce)
            return ("\(page)?token=\(token.signed(key))", nil)
        } catch {
            switch error.kind {
            case .accessDenied, .invalidConfiguration: break
            default: throw error
            }
            environment.logger.error("a link could not be made", metadata: ["why": .string(error.message)])
            return (nil, error.message)
        }
    }
}

extension HandlerEnvironment {
    /// The arguments that name the ledger wherever a command is typed, with a space before each.
    var commandPlace: String {
        var place = ""
        if let table = settings.ledgerTable { place += " --ledger \(table.name.shellQuoted)" }
        if let region { place += " --region \(region.name.shellQuoted)" }
        return place
    }
}
