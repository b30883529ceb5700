import AWSClient
import Basics
import LosslessJSON

/// An archive rule of an analyzer.
struct ArchiveRule: Sendable, Equatable {
    let name: String
    let filter: ArchiveFilter
    let createdAt: String?
    let updatedAt: String?
}

/// Lists an analyzer's archive rules, a page at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListArchiveRules.html
struct ListArchiveRules: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "ListArchiveRules"
    static let isWrite = false
    let region: Region
    /// The analyzer's name.
    let analyzer: String
    /// The page to read; `nil` for the first.
    let nextToken: String?

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "GET",
            path: "/analyzer/\(PercentEncoding.segment(analyzer))/archive-rule",
            query: nextToken.map { [(name: "nextToken", value: $0)] } ?? []
        )
    }

    func output(from response: WireResponse) throws(AWSError) -> (rules: [ArchiveRule], next: String?) {
        let json = try response.json()
        guard let list = json["archiveRules"]?.array else { throw response.unreadable("the answer lacks archiveRules") }
        var rules: [ArchiveRule] = []
        for element in list {
            guard let name = element["ruleName"]?.string, let filter = ArchiveFilter(element["filter"]) else {
                throw response.unreadable("an archive rule in the answer lacks its name or a filter that can be read")
            }
            rules.append(
                ArchiveRule(
                    name: name,
                    filter: filter,
                    createdAt: element["createdAt"]?.string,
                    updatedAt: element["updatedAt"]?.string
                )
            )
        }
        return (rules, json["nextToken"]?.string)
    }
}

/// Makes an archive rule; it is applied to findings from then on. `ConflictException` where there is one of that name.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateArchiveRule.html
struct CreateArchiveRule: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "CreateArchiveRule"
    static let isWrite = true
    let region: Region
    /// The analyzer's name.
    let analyzer: String
    let rule: String
    let filter: ArchiveFilter

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "PUT",
            path: "/analyzer/\(PercentEncoding.segment(analyzer))/archive-rule",
            body: ["ruleName": .string(rule), "filter": filter.json]
        )
    }

    func output(from response: WireResponse) throws(AWSError) {}
}

/// Puts other criteria into an archive rule.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_UpdateArchiveRule.html
struct UpdateArchiveRule: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "UpdateArchiveRule"
    static let isWrite = true
    let region: Region
    /// The analyzer's name.
    let analyzer: String
    let rule: String
    let filter: ArchiveFilter

    func wireRequest() throws(AWSError) -> WireRequest {
        let analyzer = PercentEncoding.segment(analyzer)
        return .restJSON(
            method: "PUT",
            path: "/analyzer/\(analyzer)/archive-rule/\(PercentEncoding.segment(rule))",
            body: ["filter": filter.json]
        )
    }

    func output(from response: WireResponse) throws(AWSError) {}
}

/// Has an archive rule archive the findings that are there; the answer comes before that is done.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ApplyArchiveRule.html
struct ApplyArchiveRule: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "ApplyArchiveRule"
    static let isWrite = true
    let region: Region
    let analyzerARN: String
    let rule: String

    func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "PUT",
            path: "/archive-rule",
            body: ["analyzerArn": .string(analyzerARN), "ruleName": .string(rule)]
        )
    }

    func output(from response: WireResponse) throws(AWSError) {}
}

/// The ids of the findings that criteria match, a page at a time: of external access, or of any kind.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindingsV2.html
struct ListMatchingFindings: AWSOperation {
    static let service = AWSService.accessAnalyzer
    static let name = "ListFindingsV2"
    static let isWrite = false
    let region: Region
    let analyzerARN: String
    let filter: ArchiveFilter
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`; `nil` for every one.
    let status: String?
    /// The page to read; `nil` for the first.
    let nextToken: String?

    func wireRequest() throws(AWSError) -> WireRequest {
        var criteria = filter.json.object ?? JSONObject()
        if let status { criteria["status"] = ["eq": [.string(status)]] }
        var body = JSONObject([("analyzerArn", .string(analyzerARN)), ("filter", .object(criteria))])
        if let nextToken { body["nextToken"] = .string(nextToken) }
        return .restJSON(method: "POST", path: "/findingv2", body: .object(body))
    }

    func output(from response: WireResponse) throws(AWSError) -> (ids: [String], next: String?) {
        let json = try response.json()
        guard let list = json["findings"]?.array else { throw response.unreadable("the answer lacks findings") }
        return (list.compactMap { $0["id"]?.string }, json["nextToken"]?.string)
    }
}
