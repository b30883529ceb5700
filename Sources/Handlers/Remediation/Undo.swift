import AWSClient
import Findings
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// Takes our change for one finding back from one resource, in every mode.
struct Undo<R: Remedy> {
    let findingID: String
    let input: RollbackInput
    /// What the finding is about, where a case or Access Analyzer said it.
    let known: ClosedAccess?
    let type: ResourceType
    let remedy: R
    let environment: HandlerEnvironment

    private var mode: String { environment.settings.mode.rawValue }

    /// The input as a case with what came of it.
    func run() async throws(HandlerError) -> JSONObject {
        let aws = try await environment.caller(for: remedy.account, partition: remedy.partition)
        return try await environment.journal.withLease(on: remedy.resource) { (lease) async throws(HandlerError) in
            try await run(
                ChangeRun(findingID: findingID, remedy: remedy, aws: aws, lease: lease, environment: environment)
            )
        }
    }

    private func run(_ run: ChangeRun<R>) async throws(HandlerError) -> JSONObject {
        let first: TaggedState<R.State>
        let asked = environment.instant()
        switch try await run.read() {
        case .read(let state): first = state
        case .unusable(let why): return result(nil, refused(why))
        case .gone: return result(nil, refused("The \(remedy.words) does not exist: there is nothing to take out."))
        }
        var closed: ClosedAccess?
        let end = try await run.run(from: first, asked: asked) { (now) async throws(HandlerError) in
            closed = remedy.closedAccess(ofFinding: findingID, in: now.state)
            return try step(now.state, closed)
        }
        switch end {
        case .over(let outcome): return result(closed, outcome)
        case .gone: return result(closed, refused("The \(remedy.words) no longer exists."))
        case .refused(let why): return result(closed, refused(why))
        case .unmodifiable(let why):
            return result(closed, refused("\(R.service) does not let us edit \(remedy.name): \(why)"))
        }
    }

    private func step(_ state: R.State, _ closed: ClosedAccess?) throws(HandlerError) -> ChangeRun<R>.Step {
        switch remedy.undo(finding: findingID, known, in: state) {
        case .refused(let why): return .over(refused(why))
        case .conflict(let why): return .over(Outcome(.conflict, why, mode: mode))
        case .edit(let edit):
            let change = edit.change(by: remedy)
            guard !environment.isDryRun else {
                return .over(Outcome(.observed, edit.planned + compared, mode: mode, changes: [change]))
            }
            let summary = "\(edit.done)\(compared) \(OutcomeWords.undone)"
            let outcome = Outcome(.rolledBack, summary, mode: mode, changes: [change])
            try result(closed, outcome).checkSize()
            return .edit(edit, outcome)
        }
    }

    private var compared: String {
        known == nil ? " Access Analyzer could not tell what the finding was about, so nothing was compared." : ""
    }

    private func refused(_ why: String) -> Outcome {
        Outcome(.refused, why, mode: mode)
    }

    private func result(_ closed: ClosedAccess?, _ outcome: Outcome) -> JSONObject {
        input.result(outcome, finding: findingID, type, of: remedy, closed)
    }
}

extension RollbackInput {
    /// The input with a `finding` that says what is known, so that the result is a case, and the outcome.
    fileprivate func result(
        _ outcome: Outcome,
        finding id: String,
        _ type: ResourceType,
        of remedy: some Remedy,
        _ closed: ClosedAccess?
    ) -> JSONObject {
        guard finding == nil else { return result(outcome) }
        var finding = JSONObject([
            ("id", .string(id)), ("kind", .string(FindingKind.externalAccess.rawValue)),
            ("status", "UNKNOWN"), ("resource", .string(remedy.resource)),
            ("resourceType", .string(type.name)), ("accountId", .string(remedy.account)),
        ])
        if let analyzerARN { finding["analyzerArn"] = .string(analyzerARN.description) }
        if let closed, let principal = closed.principal {
            let (key, value) = principal.element
            finding["principal"] = .object(JSONObject([(key, .string(value))]))
            finding["actions"] = .array(closed.actions.map(JSON.string))
        }
        var known = json
        known["finding"] = .object(finding)
        known["outcome"] = .object(outcome.json)
        return known
    }

    /// The input with the outcome.
    func result(_ outcome: Outcome) -> JSONObject {
        var result = json
        result["outcome"] = .object(outcome.json)
        return result
    }
}
