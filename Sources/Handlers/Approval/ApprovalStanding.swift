import Basics
import Findings
import Ledger
import LosslessJSON
import Policies

/// What people have said about a change that needs somebody's approval.
enum ApprovalStanding {
    /// Nobody is asked, or somebody is: what would be done has to be planned first.
    ///
    /// - Parameters:
    ///   - last: which request people were asked last, and how it stands; empty for none.
    ///   - form: how the Deny that they are asked about names whom it denies; `nil` for none.
    case undecided(last: String, form: Deny.Form?)
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
        return .undecided(last: request?.standing ?? "", form: request.flatMap { isOurs && $0.isOpen ? $0.form : nil })
    }
}

extension ApprovalStanding {
    /// The request of a finding that somebody has agreed to and that is not carried out yet.
    static func approvedRequest(
        for finding: Finding,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> ApprovalRequest? {
        guard let ledger = environment.ledger else { return nil }
        let request = try await HandlerError.ofLedger { () async throws(LedgerError) in
            try await ledger.request(ofFinding: finding.id)
        }
        guard let request, request.state == .approved, request.access == Ledger.name(ofAccess: finding.access) else {
            return nil
        }
        return request
    }

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
            condition: finding.orderedCondition
        )
        return rejection.map { Outcome(.deniedApproval, $0.sentence, mode: mode) }
    }
}

extension Finding {
    /// What a finding says is open, whatever its id: a role is reported by every region.
    var access: JSON {
        [
            .string(kind.rawValue), .string(resource.description), principalJSON,
            .array(actions.sorted().map(JSON.string)), .object(orderedCondition),
        ]
    }

    /// The conditions in one order: Access Analyzer gives them in any.
    var orderedCondition: JSONObject {
        JSONObject(
            condition.members.map { ($0.key, $0.value) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        )
    }
}

extension ApprovalRequest {
    /// How the Deny that was shown names whom it denies, where Access Analyzer has confirmed a form.
    var form: Deny.Form? {
        guard let preview = try? Case(.object(self.case)).preview, preview.status == .confirmed else { return nil }
        return preview.form
    }
}

extension Rejection {
    fileprivate var sentence: String {
        let why = reason.map { " (\($0.printable(limit: 500)))" } ?? ""
        return
            "Rejected by \(by.printable(limit: 300)) on \(at.extended), who leaves the access open\(why), so nothing was changed; "
            + "nobody is asked again before \(until.extended) (GATEHOUSE_COOL_DOWN_DAYS)."
    }
}

extension ApprovalRequest {
    fileprivate var lapsedSentence: String {
        "\(Outcome.lapsedOpening) from \(askedAt.extended) to \(until.extended) about the change, so nothing was changed; "
            + "the next event or sweep asks again."
    }
}
