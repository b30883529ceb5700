import AWSClient
package import AWSOperations
import Policies

/// Finds an external access finding of which only the id is known.
struct FindingSearch {
    let environment: HandlerEnvironment

    /// Asks one analyzer, or every one of the region, for the finding.
    ///
    /// - Returns: the answer of the first analyzer that knows it; `nil` when none does.
    func finding(_ id: String, of analyzer: ARN?) async throws(HandlerError) -> FindingRecord? {
        let analyzers = if let analyzer { [analyzer] } else { try await externalAccessAnalyzers() }
        for analyzer in analyzers {
            let endpoint = try AnalyzerEndpoint(analyzer)
            do throws(AWSError) {
                return try await environment.aws.call(
                    GetFinding(id: id, analyzerARN: analyzer.description, region: endpoint.region)
                )
            } catch {
                // An id that an analyzer cannot have is one that it does not know.
                guard error.meansNoFinding || error.isAnswer("ValidationException", to: GetFinding.self) else {
                    throw HandlerError(error)
                }
            }
        }
        return nil
    }

    private func externalAccessAnalyzers() async throws(HandlerError) -> [ARN] {
        try await analyzers().filter(\.isOfExternalAccess).compactMap { ARN($0.arn) }
    }

    /// Every analyzer of our account in a region; `nil` for the function's own.
    func analyzers(in given: Region? = nil) async throws(HandlerError) -> [Analyzer] {
        guard let region = given ?? environment.region else {
            throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region of the analyzer")
        }
        let aws = environment.aws
        return try await HandlerError.mapping { () async throws(AWSError) in
            try await aws.everyPage(of: ListAnalyzers.self) { (token) async throws(AWSError) in
                let page = try await aws.call(ListAnalyzers(nextToken: token, region: region))
                return (page.analyzers, page.nextToken)
            }
        }
    }
}

extension Analyzer {
    /// Whether it is of external access; the others are of unused or internal access.
    package var isOfExternalAccess: Bool { ["ACCOUNT", "ORGANIZATION"].contains(type) }
}
