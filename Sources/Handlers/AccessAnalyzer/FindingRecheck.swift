import AWSClient
import AWSOperations
import Findings

/// How the finding of a case stands now, by Access Analyzer's own word.
enum FindingRecheck {
    /// As the case says.
    case asReported(FindingRecord)
    /// It needs nothing, or is not as the case says; and whether a change of ours may be why.
    case over(Outcome, mayBeOurDoing: Bool)

    /// Judges an answer of Access Analyzer. Throws when it could not be asked.
    ///
    /// - Parameter check: what of the finding must be as the case says.
    init(
        of finding: Finding,
        _ answer: Result<FindingRecord, AWSError>,
        mode: String,
        check: (Finding, FindingRecord) -> FindingCheck
    ) throws(HandlerError) {
        let record: FindingRecord
        switch answer {
        case .success(let answered): record = answered
        case .failure(let error) where error.meansNoFinding:
            self = .over(.findingIsGone(mode: mode), mayBeOurDoing: true)
            return
        case .failure(let error): throw HandlerError(error)
        }
        switch check(finding, record) {
        case .confirmed: self = .asReported(record)
        case .over(let why):
            self = .over(.needsNothing(why, mode: mode), mayBeOurDoing: FindingStatus(record.status) == .resolved)
        case .different(let how):
            let what = "\(Outcome.staleOpening): \(how)."
            self = .over(Outcome(.refused, what, mode: mode), mayBeOurDoing: false)
        }
    }
}

extension Outcome {
    /// The outcome for a finding that is over.
    static func needsNothing(_ why: String, mode: String) -> Outcome {
        Outcome(.ignored, "The finding needs nothing: \(why).", mode: mode)
    }

    /// The same when Access Analyzer no longer has it.
    static func findingIsGone(mode: String) -> Outcome {
        needsNothing("Access Analyzer no longer has it", mode: mode)
    }
}
