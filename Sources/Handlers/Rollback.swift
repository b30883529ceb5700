import AWSClient
import AWSOperations
import Basics
import Findings
import Ledger
import Logging
package import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Takes our change for a finding back, in every mode; never more than what is ours.
package struct RollbackRun: Sendable {
    let input: RollbackInput
    let environment: HandlerEnvironment
    private let askedBy: String?
    private let findingID: String

    /// - Parameter askedBy: the ARN of who asked, where that is not who runs it.
    package init(_ input: RollbackInput, _ environment: HandlerEnvironment, askedBy: String? = nil) {
        self.input = input
        self.environment = environment
        self.askedBy = askedBy
        findingID = input.hyphenatedFindingID
    }

    /// The input as a case with what came of it; with a ledger, people are told.
    package func run() async throws(HandlerError) -> JSONObject {
        let result = try await undone()
        guard environment.ledger != nil, !environment.isDryRun else { return result }
        let told = try await Notification.ofRollback(result, environment)
        // The finding is open again, and to be looked at when the cool-down is over.
        if let answer = try? Case(.object(told)), answer.outcome?.status == .rolledBack {
            await environment.recordWord(on: answer)
        }
        return told
    }

    private func undone() async throws(HandlerError) -> JSONObject {
        let recorded = try await RecordedChanges(ofFinding: findingID, resource: input.resource, environment)
        let (resource, known, owner) = try await lookedUp(recorded)
        guard let resource else {
            return refused(
                "No analyzer that was asked knows the finding \(findingID): name the resource's ARN."
            )
        }
        if let name = ARN(resource)?.partition, Partition(rawValue: name) == nil {
            return refused(Partition.unsupported(name))
        }
        guard let arn = ARN(resource),
            let place = ChangedResource(
                arn,
                account: owner,
                region: input.region ?? recorded.region ?? environment.region?.name
            ),
            let (type, remedies) = KnownResourceTypes.remedies(for: place)
        else {
            guard input.resource == nil || input.finding != nil else {
                throw HandlerError(
                    InvalidEvent(
                        "resource",
                        "'\(resource.printable(limit: 200))' is not the ARN of a resource that this version changes"
                    )
                )
            }
            return refused(
                "The finding is about a resource that this version does not change: nothing to undo."
            )
        }
        guard Deny.sid(forFinding: findingID) != nil else {
            throw HandlerError(InvalidEvent("findingId", "'\(findingID.prefix(200))' is not the id of a finding"))
        }
        return try await undo(known, type, remedies, recorded)
    }

    /// Takes back what the ledger or the case tells of, the last first; without either, what can be told as ours.
    private func undo(
        _ known: ClosedAccess?,
        _ type: ResourceType,
        _ remedies: [any Remedy],
        _ recorded: RecordedChanges
    ) async throws(HandlerError) -> JSONObject {
        var results: [UndoResult] = []
        let recordedSteps = recorded.steps(remedies)
        for step in recordedSteps.isEmpty ? steps(remedies) : recordedSteps {
            let result = try await undo(known, type, step)
            // Beside what a case tells of there need not be more of ours.
            if step.change == nil, !results.isEmpty, result.isNothing { continue }
            results.append(result)
            guard result.letsGoOn else { break }
        }
        var result = results.count > 1 ? UndoResult(results) : results[0]
        let isUnmarked = recorded.all.contains { change in
            remedies.contains { $0.operation == change.operation && !$0.leavesMark }
        }
        // Perhaps somebody else has just undone it.
        let now =
            result.isNothing || isUnmarked
            ? try await RecordedChanges(ofFinding: findingID, resource: input.resource, environment) : recorded
        if result.isNothing || isUnmarked, let earlier = now.undoneEarlier(environment) {
            result = UndoResult(earlier, known)
        } else if result.outcome.status == .refused, recordedSteps.isEmpty {
            if environment.ledger != nil, remedies.contains(where: { !$0.leavesMark }) {
                result = result.adding(OutcomeWords.notInLedger)
            } else if remedies.count > 1, remedies.contains(where: { !$0.leavesMark }), input.changes.isEmpty {
                result = result.adding(OutcomeWords.inCaseAlone)
            }
        }
        if !recordedSteps.isEmpty { result.closed = result.closed ?? known }
        return input.result(result, finding: findingID, type, of: remedies[0])
    }

    private func steps(_ remedies: [any Remedy]) -> [UndoStep] {
        // Where there is a ledger, it alone says what we changed: a case may be made up.
        let told = environment.ledger == nil ? input.changes : []
        let steps = told.reversed().compactMap { change in
            remedies.first { $0.operation == change.operation && $0.resource == change.resource }.map { remedy in
                let earlier = EarlierChange(operation: change.operation, before: change.before, after: change.after)
                return UndoStep(remedy: remedy, change: earlier)
            }
        }
        // Without a ledger nothing tells whether sessions were ended: they are looked for where they would be.
        if steps.isEmpty, environment.ledger == nil, environment.settings.revokesSessions {
            return remedies.reversed().filter { $0.leavesMark }.map { UndoStep(remedy: $0, change: nil) }
        }
        // The case of a retry does not tell of the Deny that an earlier attempt has added.
        let tellsOfAll = steps.contains { $0.remedy.operation == remedies[0].operation } || !remedies[0].leavesMark
        return steps.isEmpty || !tellsOfAll ? steps + [UndoStep(remedy: remedies[0], change: nil)] : steps
    }

    private func undo(
        _ known: ClosedAccess?,
        _ type: ResourceType,
        _ step: UndoStep
    ) async throws(HandlerError) -> UndoResult {
        try await undo(known, type, step, step.remedy)
    }

    private func undo(
        _ known: ClosedAccess?,
        _ type: ResourceType,
        _ step: UndoStep,
        _ remedy: some Remedy
    ) async throws(HandlerError) -> UndoResult {
        let undo = Undo(
            findingID: findingID,
            known: known,
            change: step.change,
            about: known?.about ?? JSONObject(),
            askedBy: askedBy,
            remedy: remedy,
            environment: environment,
            check: { (result) throws(HandlerError) in
                try input.result(result, finding: findingID, type, of: remedy).checkSize()
            }
        )
        return try await undo.run()
    }

    private func refused(_ why: String) -> JSONObject {
        input.result(Outcome(.refused, why, mode: environment.settings.mode.rawValue))
    }

    /// The resource, and what the finding is about: from the input, else the ledger, else from Access Analyzer.
    private func lookedUp(
        _ recorded: RecordedChanges
    ) async throws(HandlerError) -> (resource: String?, known: ClosedAccess?, owner: String?) {
        if let last = recorded.all.last {
            return (last.resource, recorded.access, last.about["accountId"]?.string ?? input.finding?.accountID)
        }
        if let finding = input.finding {
            let known = ClosedAccess(principal: finding.principals.first, actions: finding.actions)
            return (input.resource, known, finding.accountID)
        }
        guard let found = try await record() else { return (input.resource, nil, nil) }
        let resource = found.resource.map(\.normalised)
        guard input.resource == nil || resource == input.resource else { return (input.resource, nil, nil) }
        let known = ClosedAccess(principal: found.principals.first, actions: found.actions ?? [])
        return (resource, known, found.ownerAccount)
    }

    private func record() async throws(HandlerError) -> FindingRecord? {
        do throws(HandlerError) {
            return try await FindingSearch(environment: environment).finding(findingID, of: input.analyzerARN)
        } catch {
            // With the resource's ARN what is ours is found all the same; it only cannot be compared.
            guard input.resource != nil else { throw error }
            // What passes by itself must not keep an edited statement from being seen.
            switch error.kind {
            case .throttled, .serviceUnavailable, .deadlineExceeded: throw error
            default: break
            }
            environment.logger.warning("the finding could not be read", metadata: ["why": .string(error.message)])
            return nil
        }
    }
}

extension RollbackInput {
    /// The finding's id as AWS writes it: a UUID typed without hyphens gets them back, everything else stays as typed.
    package var hyphenatedFindingID: String {
        let bytes = Array(findingID.utf8)
        guard bytes.count == 32, bytes.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            // As AWS writes its ids.
            return bytes.count == 36 && bytes.count(where: { $0 == UInt8(ascii: "-") }) == 4
                ? findingID.lowercasedASCII : findingID
        }
        let ends = [0, 8, 12, 16, 20, 32]
        let parts = zip(ends, ends.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
        return parts.joined(separator: "-").lowercasedASCII
    }
}
