import AWSClient
import AWSOperations
import Basics
import Findings
import Policies

/// An analyzer, and the region that it is asked in, always with our own credentials.
struct AnalyzerEndpoint: Sendable {
    let arn: ARN
    let region: Region

    init(_ arn: ARN) throws(HandlerError) {
        self.arn = arn
        do {
            region = try Region(arn.region)
        } catch {
            throw HandlerError(.invalidEvent, "the analyzer \(arn): \(error.message)")
        }
    }

    /// The analyzer to ask about a finding.
    init(of finding: Finding) throws(HandlerError) {
        guard let arn = finding.analyzerARN else {
            throw HandlerError(.invalidEvent, "finding.analyzerArn: is missing, so the finding cannot be read again")
        }
        try self.init(arn)
    }

    /// A finding as Access Analyzer has it now, by the operation that knows its kind.
    func currentRecord(of finding: Finding, _ aws: any AWSCaller) async -> Result<FindingRecord, AWSError> {
        await Result { () async throws(AWSError) in
            guard finding.kind != .externalAccess else {
                return try await aws.call(GetFinding(id: finding.id, analyzerARN: arn.description, region: region))
            }
            return try await aws.call(GetFindingV2(id: finding.id, analyzerARN: arn.description, region: region))
                .completeRecord
        }
    }

    /// Every ARCHIVED finding of a resource: what people have called intended.
    func archivedFindings(of resource: String, _ aws: any AWSCaller) async throws(AWSError) -> [FindingRecord] {
        let findings = try await aws.everyPage(of: ListFindings.self) { (token) async throws(AWSError) in
            let page = try await aws.call(
                ListFindings(
                    analyzerARN: arn.description,
                    resource: resource,
                    status: FindingStatus.archived.name,
                    nextToken: token,
                    region: region
                )
            )
            return (page.findings, page.nextToken)
        }
        return findings.filter { record in
            FindingStatus(record.status) == .archived
                && record.resource.map { $0.normalised.hasSameBytes(as: resource) } ?? true
        }
    }
}

extension AWSError {
    /// Access Analyzer itself says that it does not have the finding. Nothing else means that: not what a proxy, another
    /// service or another call says, and not that it does not have the analyzer.
    var meansNoFinding: Bool {
        let code = "ResourceNotFoundException"
        guard resourceType.map({ $0.lowercasedASCII.holds("finding") }) ?? true else { return false }
        return isAnswer(code, to: GetFinding.self) || isAnswer(code, to: GetFindingV2.self)
            || isAnswer(code, to: UpdateFindings.self)
    }
}
