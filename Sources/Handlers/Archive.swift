import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies

/// Archives one finding, after Access Analyzer has confirmed that it is as reported.
struct Archiving {
    let `case`: Case
    let decision: Decision
    let environment: HandlerEnvironment

    private var finding: Finding { `case`.finding }
    private var mode: String { environment.settings.mode.rawValue }

    /// The case with what came of it.
    static func run(
        _ input: Case,
        _ decision: Decision,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        var result = input
        result.conclude(try await Archiving(case: input, decision: decision, environment: environment).run())
        return result
    }

    private func run() async throws(HandlerError) -> Outcome {
        let analyzer = try AnalyzerEndpoint(of: finding)
        let answer = await analyzer.currentRecord(of: finding, environment.aws)
        switch try FindingRecheck(of: finding, answer, mode: mode, check: FindingCheck.init(wholeOf:_:)) {
        case .over(let outcome, _): return outcome
        case .asReported: break
        }
        guard environment.settings.mode != .observe, !environment.isDryRun else {
            if environment.settings.mode != .observe { environment.listener?(.wouldBe(.archived)) }
            return outcome(.observed, "would be archived", analyzer)
        }
        let planned = outcome(.archived, "was archived", analyzer)
        var whole = `case`
        whole.conclude(planned)
        try whole.json.checkSize()
        if let pause = try await environment.pauseOfChanges() { return Outcome(.refused, pause.sentence, mode: mode) }
        var isLost = false
        do throws(AWSError) {
            try await environment.aws.call(
                UpdateFindings(
                    ids: [finding.id],
                    status: FindingStatus.archived.name,
                    analyzerARN: analyzer.arn.description,
                    region: analyzer.region
                )
            )
        } catch {
            if error.meansNoFinding { return .findingIsGone(mode: mode) }
            // The answer was lost: whether the finding is archived shows when it is read again.
            guard error.outcomeUnknown else { throw HandlerError(error) }
            isLost = true
        }
        return try await confirmed(planned, analyzer, isLost: isLost)
    }

    /// Reads the finding until Access Analyzer has it as something else than ACTIVE.
    private func confirmed(
        _ planned: Outcome,
        _ analyzer: AnalyzerEndpoint,
        isLost: Bool
    ) async throws(HandlerError) -> Outcome {
        for pause in ReadBackSchedule.pauses(isLost: isLost) {
            if pause > .zero { try await environment.wait(pause, for: "the status of the finding \(finding.id)") }
            let answer = await analyzer.currentRecord(of: finding, environment.aws)
            if case .success(let record) = answer, FindingStatus(record.status) == .archived,
                FindingCheck(identityOf: finding, record) == .confirmed
            {
                return planned
            }
            switch try FindingRecheck(of: finding, answer, mode: mode, check: FindingCheck.init(statusOf:_:)) {
            case .over(let outcome, _): return outcome
            case .asReported: break
            }
        }
        let what = isLost ? "the answer to UpdateFindings was lost" : "UpdateFindings was answered"
        throw HandlerError(
            .serviceUnavailable,
            "\(what) for the finding \(finding.id), but Access Analyzer has it as ACTIVE: it was not carried out, it is late, "
                + "or somebody made the finding active again; a retry finds out"
        )
    }

    private func outcome(
        _ status: Outcome.Status,
        _ verb: String,
        _ analyzer: AnalyzerEndpoint
    ) -> Outcome {
        let before: JSON = ["status": .string(FindingStatus.active.name)]
        let after: JSON = ["status": .string(FindingStatus.archived.name)]
        let reasons = decision.grounds.map { $0.text.printable(limit: 500) }
        let reason = reasons.isEmpty ? "." : ": \(reasons.joined(separator: " "))"
        return Outcome(
            status,
            "The finding \(verb), as the rule \(decision.rule.printable(limit: 200)) says\(reason)",
            mode: mode,
            changes: [
                Outcome.Change(
                    resource: finding.resource.description,
                    operation: "access-analyzer:UpdateFindings",
                    before: before,
                    after: after,
                    diff: UnifiedDiff.text(before.text(.pretty), after.text(.pretty))
                )
            ],
            rollback: status == .archived
                ? Outcome.Rollback(findingID: finding.id, command: analyzer.reopenCommand(finding.id)) : nil
        )
    }
}

extension AnalyzerEndpoint {
    /// What to type to make an archived finding active again.
    fileprivate func reopenCommand(_ finding: String) -> String {
        "aws accessanalyzer update-findings --analyzer-arn \(arn.description.shellQuoted) "
            + "--ids \(finding.shellQuoted) --status ACTIVE --region \(arn.region.shellQuoted)"
    }
}
