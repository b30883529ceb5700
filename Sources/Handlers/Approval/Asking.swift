import AWSClient
import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Policies

/// Asks people about a change: records what they are shown, once for an access.
struct Asking {
    let ledger: Ledger
    let environment: HandlerEnvironment

    /// `nil` where there is no ledger, and where nothing is recorded.
    init?(_ environment: HandlerEnvironment) {
        guard let ledger = environment.ledger, !environment.isDryRun else { return nil }
        self.ledger = ledger
        self.environment = environment
    }

    /// A request is one item of DynamoDB, which holds 400 KB.
    private static let mostBytes = 300_000

    /// The case with the outcome that says who is asked, and until when; `nil` where somebody has decided since the change was
    /// planned.
    ///
    /// - Parameter asker: who goes on once it is decided.
    func ask(about input: Case, _ asker: ApprovalRequest.Asker) async throws(HandlerError) -> Case? {
        guard let outcome = input.outcome, outcome.status == .awaitingApproval else { return input }
        var result = input
        do throws(LedgerError) {
            guard let request = request(input, outcome, asker) else {
                result.conclude(tooLarge)
                return result
            }
            guard var standing = try await recorded(request, outcome) else { return nil }
            if asker.taskToken != nil, standing.asker != asker {
                if standing.isOpen {
                    standing = try await handOver(standing, to: asker)
                } else if standing.findingID == input.finding.id {
                    return nil
                } else {
                    // It is about to be carried out, and nobody will end this task.
                    await release(asker, with: input.json)
                }
            }
            result.conclude(words(standing, outcome, input))
        } catch {
            throw HandlerError(error)
        }
        return result
    }

    /// The request that is pending now: this one, or an earlier one that shows the same; `nil` where somebody has decided.
    private func recorded(
        _ request: ApprovalRequest,
        _ outcome: Outcome
    ) async throws(LedgerError) -> ApprovalRequest? {
        var last: String?
        if case .isAwaited(_, let standing)? = outcome.approval { last = standing }
        var outdated: ApprovalRequest?
        for _ in 0..<3 {
            // Perhaps somebody has decided about the same access under another finding's id.
            guard try await !isRejected(request) else { return nil }
            switch try await ledger.ask(request, after: last, replacing: outdated) {
            case .overtaken: return nil
            case .recorded(let new):
                if let outdated { await release(outdated.asker, with: outdated.case) }
                return new
            case .pending(let known):
                // What is decided is carried out by whoever goes on with it; what shows another change is asked anew. That of
                // another finding always shows another one, by its Sid, and closes the same access.
                let isOther = known.findingID == request.findingID && known.digest != request.digest
                guard known.isOpen, isOther || ledger.now() >= known.until else { return known }
                outdated = known
            }
        }
        throw .lost("the request for the finding \(request.findingID) is being written by others")
    }

    private func isRejected(_ request: ApprovalRequest) async throws(LedgerError) -> Bool {
        guard let finding = try? Case(.object(request.case)).finding else { return false }
        return try await ledger.rejection(
            of: finding.resource.description,
            principal: finding.principalJSON,
            actions: finding.actions,
            condition: finding.orderedCondition
        ) != nil
    }

    private func request(
        _ input: Case,
        _ outcome: Outcome,
        _ asker: ApprovalRequest.Asker
    ) -> ApprovalRequest? {
        for json in [input.asked(withContext: true), input.asked(withContext: false)] {
            let request = ApprovalRequest(
                id: ledger.newChangeID(),
                findingID: input.finding.id,
                case: json,
                access: input.finding.access,
                summary: outcome.summary,
                changes: .array(outcome.changes.map(Self.shown)),
                bound: .array(outcome.changes.map(\.bound)),
                proof: outcome.proof,
                askedAt: ledger.now(),
                hours: environment.settings.approvalHours,
                coolDownDays: environment.settings.coolDownDays,
                asker: asker
            )
            if JSON.object(request.shown).serialized().count < Self.mostBytes { return request }
        }
        return nil
    }

    /// A change as people are shown it: the difference is made of the documents, whatever a case calls it.
    private static func shown(_ change: Outcome.Change) -> JSON {
        [
            "resource": .string(change.resource), "operation": .string(change.operation), "before": change.before,
            "after": change.after,
            "diff": .string(UnifiedDiff.text(change.before.text(.pretty), change.after.text(.pretty))),
        ]
    }

    private var tooLarge: Outcome {
        Outcome(
            .refused,
            "The finding and the change are too large to be asked about (\(Self.mostBytes) bytes): decide it by hand.",
            mode: environment.settings.mode.rawValue
        )
    }

    private func words(_ request: ApprovalRequest, _ outcome: Outcome, _ input: Case) -> Outcome {
        let other =
            request.findingID == input.finding.id
            ? "" : " (asked for the finding \(request.findingID.printable(limit: 200)), which is about the same access)"
        let stands =
            request.state == .approved
            ? "The change is approved\(other) and about to be made"
            : "It can be decided until \(request.until.extended)\(other)"
        var result = Outcome(
            .awaitingApproval,
            "\(stands): \(outcome.summary)",
            mode: outcome.mode,
            changes: outcome.changes
        )
        result.proof = outcome.proof
        result.approval = outcome.approval
        return result
    }

    // MARK: Workflows

    /// The newest execution goes on with a request; the one before ends, and tells nobody.
    private func handOver(
        _ request: ApprovalRequest,
        to asker: ApprovalRequest.Asker
    ) async throws(LedgerError) -> ApprovalRequest {
        let handed = try await ledger.hand(request, to: asker)
        await release(request.asker, with: request.case)
        return handed
    }

    /// Where that fails, the execution ends by its own time-out.
    private func release(_ asker: ApprovalRequest.Asker, with input: JSONObject) async {
        guard let token = asker.taskToken, let region = asker.place(environment) else { return }
        var json = input
        json["outcome"] = .object(
            Outcome(
                .awaitingApproval,
                "Another run of the workflow goes on with the request.",
                mode: environment.settings.mode.rawValue
            ).json
        )
        do throws(HandlerError) {
            try await HandingOn.endTask(token, with: json, region, environment)
        } catch {
            environment.logger.warning(
                "a workflow's earlier execution goes on waiting",
                metadata: [
                    "findingId": input["finding"]?["id"]?.string.map { .string($0) } ?? "",
                    "why": .string(error.message),
                ]
            )
        }
    }
}

extension ApprovalRequest.Asker {
    /// The region that its task waits in.
    func place(_ environment: HandlerEnvironment) -> Region? {
        region.flatMap { try? Region($0) } ?? environment.region
    }
}

extension Case {
    /// What of a case is kept with a request: all that says what it is about, and nothing that was done.
    fileprivate func asked(withContext: Bool) -> JSONObject {
        var kept = JSONObject()
        for key in ["finding", "context", "decision", "preview"] where key != "context" || withContext {
            if let value = json[key] { kept[key] = value }
        }
        return kept
    }
}
