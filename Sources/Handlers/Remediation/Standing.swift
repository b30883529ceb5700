import AWSClient
import AWSOperations
import Basics
import Findings
import Policies

/// How the finding of a case stands now, by Access Analyzer's own word.
enum Standing {
    /// As the case says.
    case asReported(FindingRecord)
    /// It needs nothing, or is not as the case says.
    case over(Outcome)

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
            self = .over(.needsNothing("Access Analyzer no longer has it", mode: mode))
            return
        case .failure(let error): throw HandlerError(error)
        }
        switch check(finding, record) {
        case .confirmed: self = .asReported(record)
        case .over(let why): self = .over(.needsNothing(why, mode: mode))
        case .different(let how):
            let what = "\(Outcome.staleOpening): \(how)."
            self = .over(Outcome(.refused, what, mode: mode))
        }
    }
}

extension Outcome {
    /// The outcome for a finding that is over.
    static func needsNothing(_ why: String, mode: String) -> Outcome {
        Outcome(.ignored, "The finding needs nothing: \(why).", mode: mode)
    }
}

/// The analyzer to ask about a finding, and where it is.
func analyzer(of finding: Finding) throws(HandlerError) -> (arn: ARN, region: Region) {
    guard let analyzer = finding.analyzerARN else {
        throw HandlerError(.invalidEvent, "finding.analyzerArn: is missing, so the finding cannot be read again")
    }
    return (analyzer, try region(of: analyzer))
}

/// A finding as Access Analyzer has it now, by the operation that knows its kind.
func currentRecord(
    of finding: Finding,
    _ analyzer: (arn: ARN, region: Region),
    _ aws: any AWSCaller
) async -> Result<FindingRecord, AWSError> {
    let (arn, region) = (analyzer.arn.description, analyzer.region)
    return await Result { () async throws(AWSError) in
        guard finding.kind != .externalAccess else {
            return try await aws.call(GetFinding(id: finding.id, analyzerARN: arn, region: region))
        }
        return try await aws.call(GetFindingV2(id: finding.id, analyzerARN: arn, region: region)).completeRecord
    }
}

extension AWSError {
    /// Access Analyzer itself says that it does not have the finding. Nothing else means that: not what a proxy, another
    /// service or another call says, and not that it does not have the analyzer.
    var meansNoFinding: Bool {
        let code = "ResourceNotFoundException"
        guard resourceType.map({ $0.lowercasedASCII.contains("finding") }) ?? true else { return false }
        return isAnswer(code, to: GetFinding.self) || isAnswer(code, to: GetFindingV2.self)
            || isAnswer(code, to: UpdateFindings.self)
    }

    /// IAM itself says that it has no such role.
    var meansNoRole: Bool {
        isAnswer("NoSuchEntity", to: GetRole.self) || isAnswer("NoSuchEntity", to: UpdateAssumeRolePolicy.self)
    }
}
