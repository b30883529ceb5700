import Basics
import Findings
import Ledger
import LosslessJSON
import Policies

/// What people have said about a change that needs somebody's approval.
enum ApprovalStanding {
    /// Nobody is asked, or somebody is: what would be done has to be planned first.
    ///
    /// - Parameter last: which request people were asked last, and how it stands; empty for none.
    case undecided(last: String)
    case approved(ApprovalRequest)
    /// It was decided against, or nobody decided in time.
    case over(Outcome)

    /// Reads it from the ledger alone: a case may say anything.
    init(of input: Case, _ ledger: Ledger, mode: String) async throws(HandlerError) {
        do throws(LedgerError) {
            self = try await Self.read(input.finding, ledger, mode)
        } catch {
            throw HandlerError(error)
        }
    }

    private static func read(
        _ finding: Finding,
        _ ledger: Ledger,
        _ mode: String
    ) async throws(LedgerError) -> ApprovalStanding {
        let request = try await ledger.request(ofFinding: finding.id)
        // Of the finding that it was asked for, and of nothing else.
        let isOurs = request?.access == Ledger.name(ofAccess: finding.access)
        if let request, isOurs, request.state == .approved { return .approved(request) }
        if let left = try await leftOpen(finding, ledger, mode) { return .over(left) }
        if let request, isOurs, request.isOpen, ledger.now() >= request.until {
            guard try await ledger.end(request, as: .lapsed) else {
                return try await read(finding, ledger, mode)
            }
            return .over(Outcome(.deniedApproval, request.lapsedSentence, mode: mode))
        }
        return .undecided(last: request?.standing ?? "")
    }
}

extension ApprovalStanding {
    /// The outcome where somebody has decided to leave the access open, and that still holds.
    static func leftOpen(
        _ finding: Finding,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Outcome? {
        guard let ledger = environment.ledger else { return nil }
        let mode = environment.settings.mode.rawValue
        return try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await leftOpen(finding, ledger, mode)
        }
    }

    private static func leftOpen(
        _ finding: Finding,
        _ ledger: Ledger,
        _ mode: String
    ) async throws(LedgerError) -> Outcome? {
        let rejection = try await ledger.rejection(
            of: finding.resource.description,
            principal: finding.principalJSON,
            actions: finding.actions,
            condition: finding.condition
        )
        return rejection.map { Outcome(.deniedApproval, $0.sentence, mode: mode) }
    }
}

extension Finding {
    /// What a finding says is open, whatever its id: a role is reported by every region.
    var access: JSON {
        [
            .string(kind.rawValue), .string(resource.description), principalJSON,
            .array(actions.sorted().map(JSON.string)), .object(condition),
        ]
    }
}

extension Rejection {
    fileprivate var sentence: String {
        let why = reason.map { " (\($0.printable(limit: 500)))" } ?? ""
        return
            "\(by.printable(limit: 300)) decided on \(at.extended) to leave the access open\(why), so nothing was changed; "
            + "nobody is asked again before \(until.extended) (GATEHOUSE_COOL_DOWN_DAYS)."
    }
}

extension ApprovalRequest {
    fileprivate var lapsedSentence: String {
        "From \(askedAt.extended) to \(until.extended) \(Outcome.lapsedWords) about the change, so nothing was changed; "
            + "the next event or sweep asks again."
    }
}
