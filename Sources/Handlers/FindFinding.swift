import AWSClient
import AWSOperations
import Policies

/// Asks the analyzers of the region, or the one that is named, for an external access finding by its id.
///
/// - Returns: the first analyzer's answer that knows it; `nil` when none does.
func findFinding(
    _ id: String,
    analyzer: ARN?,
    _ environment: HandlerEnvironment
) async throws(HandlerError) -> FindingRecord? {
    let analyzers: [ARN]
    if let analyzer {
        analyzers = [analyzer]
    } else {
        guard let region = environment.region else {
            throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region of the analyzer")
        }
        analyzers = try await mapped { () async throws(AWSError) in
            try await externalAccessAnalyzers(region, environment.aws)
        }
    }
    for analyzer in analyzers {
        let region = try region(of: analyzer)
        do throws(AWSError) {
            return try await environment.aws.call(
                GetFinding(id: id, analyzerARN: analyzer.description, region: region)
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

private func externalAccessAnalyzers(_ region: Region, _ aws: any AWSCaller) async throws(AWSError) -> [ARN] {
    let analyzers = try await everyPage(.accessAnalyzer, ListAnalyzers.name) { (token) async throws(AWSError) in
        let page = try await aws.call(ListAnalyzers(nextToken: token, region: region))
        return (page.analyzers, page.nextToken)
    }
    return analyzers.filter { ["ACCOUNT", "ORGANIZATION"].contains($0.type) }.compactMap { ARN($0.arn) }
}

/// A UUID typed without hyphens gets them back; everything else stays as typed.
func hyphenated(_ id: String) -> String {
    let bytes = Array(id.utf8)
    guard bytes.count == 32, bytes.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return id }
    let ends = [0, 8, 12, 16, 20, 32]
    return zip(ends, ends.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }.joined(separator: "-")
}
