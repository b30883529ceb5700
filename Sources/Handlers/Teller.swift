import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Tells each thing once, and not more in an hour than people can read. Needs a ledger.
struct Teller {
    private let ledger: Ledger
    private let environment: HandlerEnvironment

    /// `nil` where there is no ledger, and where nothing is sent.
    init?(_ environment: HandlerEnvironment) {
        guard let ledger = environment.ledger, !environment.isDryRun else { return nil }
        self.ledger = ledger
        self.environment = environment
    }

    /// The right to tell of a case; `nil` where somebody has told already.
    func claim(_ input: Case) async throws(HandlerError) -> TellingClaim? {
        let finding = input.finding
        let answer: TellingAnswer
        do throws(LedgerError) {
            let request = try await request(input)
            if input.outcome?.status == .awaitingApproval, request == nil {
                environment.logger.info(
                    "nobody is asked any more: it was decided meanwhile",
                    metadata: ["findingId": .string(finding.id)]
                )
                environment.listener?(.notTold("it was decided meanwhile"))
                return nil
            }
            answer = try await ledger.claim(try await telling(input, request))
        } catch {
            throw HandlerError(error)
        }
        switch answer {
        case .send(let claim): return claim
        case .sent(let time):
            environment.listener?(.notTold("they were told on \(time.extended)"))
            environment.logger.info(
                "nobody is told again",
                metadata: [
                    "findingId": .string(finding.id), "what": .string(input.toldAs), "toldAt": .string(time.extended),
                ]
            )
            return nil
        case .busy:
            throw HandlerError(
                .resourceBusy,
                "another invocation is about to tell of the access to \(finding.resource): a retry finds out whether it did"
            )
        }
    }

    private func telling(_ input: Case, _ request: String?) async throws(LedgerError) -> Telling {
        let finding = input.finding
        let isOfChange =
            switch input.outcome?.status {
            case .resolved, .alreadyResolved, .rolledBack: true
            default: false
            }
        let change = isOfChange ? try await ledger.lastChangeID(ofFinding: finding.id) : nil
        return Telling(
            access: finding.access,
            what: input.toldAs,
            occurrence: change ?? request ?? (input.json["finding"]?["updatedAt"]?.string ?? "") + input.refusal,
            findingID: finding.id,
            // A new change is told, whatever was told of the one before.
            isReportedByEveryRegion: change == nil && finding.resourceType.arnService == "iam"
        )
    }

    /// The id of the request that an outcome is about; of one that waits, while nobody has decided.
    private func request(_ input: Case) async throws(LedgerError) -> String? {
        switch input.outcome?.status {
        case .awaitingApproval:
            try await ledger.pendingRequest(forAccess: input.finding.access).flatMap { $0.isOpen ? $0.id : nil }
        case .deniedApproval: try await ledger.request(ofFinding: input.finding.id)?.id
        default: nil
        }
    }

    /// Sends a message about cases of which nobody was told; gives the cases' `notification`, null where messages are held
    /// back.
    func send(
        _ message: Message,
        about cases: [(case: Case, claim: TellingClaim)]
    ) async throws(HandlerError) -> JSON {
        do throws(HandlerError) {
            let notification = try await sent(message, about: cases.map(\.case))
            await settle(cases.map(\.claim), wereTold: notification != .null)
            return notification
        } catch {
            await settle(cases.map(\.claim), wereTold: false)
            throw error
        }
    }

    /// Nothing was sent: the next one may try at once.
    func giveBack(_ claim: TellingClaim) async {
        await settle([claim], wereTold: false)
    }

    private func sent(_ message: Message, about cases: [Case]) async throws(HandlerError) -> JSON {
        let limit = environment.settings.maxMessagesPerHour
        let ledger = ledger
        let allowance = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.countMessage(limit: limit)
        }
        do throws(HandlerError) {
            return try await send(message, about: cases, allowance)
        } catch {
            do throws(LedgerError) {
                try await ledger.uncountMessage(allowance)
            } catch {
                environment.logger.warning(
                    "a message that was not sent stays counted",
                    metadata: ["why": .string("\(error)")]
                )
            }
            throw error
        }
    }

    private func send(
        _ message: Message,
        about cases: [Case],
        _ allowance: MessageAllowance
    ) async throws(HandlerError) -> JSON {
        guard allowance != .send, let first = cases.first, !cases.contains(where: \.isToldAlways) else {
            return try await Publishing.send(message, environment)
        }
        guard allowance == .holdBack else {
            let now = environment.now().secondsSinceEpoch
            let end = Timestamp(secondsSinceEpoch: now - now % 3600 + 3600)
            let limit = environment.settings.maxMessagesPerHour
            let notice = Message(heldBackAfter: limit, of: first, until: end, place: environment.commandPlace)
            _ = try await Publishing.send(notice, environment)
            return .null
        }
        environment.listener?(.notTold("as many messages as an hour may have were sent: \(message.subject)"))
        environment.logger.warning("a message was held back", metadata: ["subject": .string(message.subject)])
        return .null
    }

    /// What cannot be recorded is told once more by a retry, rather than not at all.
    private func settle(_ claims: [TellingClaim], wereTold: Bool) async {
        for claim in claims {
            do throws(LedgerError) {
                if wereTold { try await ledger.told(claim) } else { try await ledger.notTold(claim) }
            } catch {
                environment.logger.warning(
                    "whether somebody was told could not be recorded",
                    metadata: ["why": .string("\(error)")]
                )
            }
        }
    }
}
