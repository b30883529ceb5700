package import AWSClient
import Basics
package import LosslessJSON

/// Reads an external access finding as it is now.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFinding.html
package struct GetFinding: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "GetFinding"
    package static let isWrite = false
    package let region: Region
    /// The analyzer's ARN.
    package let analyzerARN: String
    /// The finding's id.
    package let id: String

    package init(id: String, analyzerARN: String, region: Region) {
        self.id = id
        self.analyzerARN = analyzerARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "GET",
            path: "/finding/\(PercentEncoding.segment(id))",
            query: [("analyzerArn", analyzerARN)],
            body: nil
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> FindingRecord {
        guard let finding = try response.json()["finding"], let record = FindingRecord(finding) else {
            throw response.unreadable("the answer lacks a finding with id and status")
        }
        return record
    }
}

/// Reads a finding of any kind as it is now, one page of its details.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html
package struct GetFindingV2: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "GetFindingV2"
    package static let isWrite = false
    package let region: Region
    /// The analyzer's ARN.
    package let analyzerARN: String
    /// The finding's id.
    package let id: String
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(id: String, analyzerARN: String, nextToken: String? = nil, region: Region) {
        self.id = id
        self.analyzerARN = analyzerARN
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var query = [(name: "analyzerArn", value: analyzerARN)]
        if let nextToken { query.append((name: "nextToken", value: nextToken)) }
        return .restJSON(method: "GET", path: "/findingv2/\(PercentEncoding.segment(id))", query: query, body: nil)
    }

    package func output(from response: WireResponse) throws(AWSError) -> FindingV2 {
        let json = try response.json()
        guard let record = FindingRecord(json) else {
            throw response.unreadable("the answer lacks a finding's id and status")
        }
        return FindingV2(
            record: record,
            findingType: json["findingType"]?.string,
            details: json["findingDetails"]?.array ?? [],
            nextToken: json["nextToken"]?.string,
            updatedAt: json["updatedAt"]?.string,
            analyzedAt: json["analyzedAt"]?.string
        )
    }
}

/// One page of findings.
package struct FindingPage: Sendable, Equatable {
    /// The findings of the page.
    package let findings: [FindingRecord]
    /// Where the next page starts; `nil` on the last one.
    package let nextToken: String?
    /// The same findings with everything that AWS says of them.
    package let listed: [JSON]

    package init(findings: [FindingRecord], nextToken: String?, listed: [JSON] = []) {
        self.findings = findings
        self.nextToken = nextToken
        self.listed = listed
    }
}

/// Lists external access findings in one status, a page at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindings.html
package struct ListFindings: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "ListFindings"
    package static let isWrite = false
    package let region: Region
    /// The analyzer's ARN.
    package let analyzerARN: String
    /// The resource's ARN; `nil` for every resource.
    package let resource: String?
    /// The account that owns the resources; `nil` for every account that the analyzer sees.
    package let ownerAccount: String?
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    package let status: String
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(
        analyzerARN: String,
        resource: String?,
        ownerAccount: String? = nil,
        status: String,
        nextToken: String? = nil,
        region: Region
    ) {
        self.analyzerARN = analyzerARN
        self.resource = resource
        self.ownerAccount = ownerAccount
        self.status = status
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var filter = JSONObject()
        if let resource { filter["resource"] = ["eq": [.string(resource)]] }
        if let ownerAccount { filter["resourceOwnerAccount"] = ["eq": [.string(ownerAccount)]] }
        filter["status"] = ["eq": [.string(status)]]
        var body = JSONObject([("analyzerArn", .string(analyzerARN)), ("filter", .object(filter))])
        if let nextToken { body["nextToken"] = .string(nextToken) }
        return .restJSON(method: "POST", path: "/finding", query: [], body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) -> FindingPage {
        let json = try response.json()
        guard let list = json["findings"]?.array else { throw response.unreadable("the answer lacks findings") }
        var findings: [FindingRecord] = []
        for element in list {
            guard let record = FindingRecord(element) else {
                throw response.unreadable("a finding in the answer lacks id or status")
            }
            findings.append(record)
        }
        return FindingPage(findings: findings, nextToken: json["nextToken"]?.string, listed: Array(list))
    }
}

/// Lists findings of any kind in one status, without their details, a page at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindingsV2.html
package struct ListFindingsV2: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "ListFindingsV2"
    package static let isWrite = false
    package let region: Region
    /// The analyzer's ARN.
    package let analyzerARN: String
    /// The account that owns the resources; `nil` for every account that the analyzer sees.
    package let ownerAccount: String?
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    package let status: String
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(
        analyzerARN: String,
        ownerAccount: String? = nil,
        status: String,
        nextToken: String?,
        region: Region
    ) {
        self.analyzerARN = analyzerARN
        self.ownerAccount = ownerAccount
        self.status = status
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var filter = JSONObject()
        if let ownerAccount { filter["resourceOwnerAccount"] = ["eq": [.string(ownerAccount)]] }
        filter["status"] = ["eq": [.string(status)]]
        var body = JSONObject([("analyzerArn", .string(analyzerARN)), ("filter", .object(filter))])
        if let nextToken { body["nextToken"] = .string(nextToken) }
        return .restJSON(method: "POST", path: "/findingv2", query: [], body: .object(body))
    }

    package func output(from response: WireResponse) throws(AWSError) -> FindingPage {
        let json = try response.json()
        guard let list = json["findings"]?.array else { throw response.unreadable("the answer lacks findings") }
        return FindingPage(findings: [], nextToken: json["nextToken"]?.string, listed: Array(list))
    }
}

/// An analyzer.
package struct Analyzer: Sendable, Equatable {
    /// Its ARN.
    package let arn: String
    /// `ACCOUNT`, `ORGANIZATION`, or a kind that watches unused or internal access.
    package let type: String
    /// `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`.
    package let status: String

    package init(arn: String, type: String, status: String) {
        self.arn = arn
        self.type = type
        self.status = status
    }
}

/// One page of analyzers.
package struct AnalyzerPage: Sendable, Equatable {
    /// The analyzers of the page.
    package let analyzers: [Analyzer]
    /// Where the next page starts; `nil` on the last one.
    package let nextToken: String?

    package init(analyzers: [Analyzer], nextToken: String?) {
        self.analyzers = analyzers
        self.nextToken = nextToken
    }
}

/// Lists the analyzers of a region, a page at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
package struct ListAnalyzers: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "ListAnalyzers"
    package static let isWrite = false
    package let region: Region
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(nextToken: String? = nil, region: Region) {
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        let query = nextToken.map { [(name: "nextToken", value: $0)] } ?? []
        return .restJSON(method: "GET", path: "/analyzer", query: query, body: nil)
    }

    package func output(from response: WireResponse) throws(AWSError) -> AnalyzerPage {
        let json = try response.json()
        guard let list = json["analyzers"]?.array else { throw response.unreadable("the answer lacks analyzers") }
        var analyzers: [Analyzer] = []
        for element in list {
            guard let arn = element["arn"]?.string, let type = element["type"]?.string else {
                throw response.unreadable("an analyzer in the answer lacks arn or type")
            }
            analyzers.append(Analyzer(arn: arn, type: type, status: element["status"]?.string ?? ""))
        }
        return AnalyzerPage(analyzers: analyzers, nextToken: json["nextToken"]?.string)
    }
}

/// Archives findings, or makes them active again.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_UpdateFindings.html
package struct UpdateFindings: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "UpdateFindings"
    package static let isWrite = true
    package let region: Region
    /// The analyzer's ARN.
    package let analyzerARN: String
    /// The findings' ids.
    package let ids: [String]
    /// `ACTIVE` or `ARCHIVED`.
    package let status: String

    package init(ids: [String], status: String, analyzerARN: String, region: Region) {
        self.ids = ids
        self.status = status
        self.analyzerARN = analyzerARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "PUT",
            path: "/finding",
            query: [],
            body: [
                "analyzerArn": .string(analyzerARN), "status": .string(status),
                "ids": .array(ids.map { .string($0) }),
            ]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Asks for one resource's policies to be analysed now; the answer comes before the analysis.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_StartResourceScan.html
package struct StartResourceScan: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "StartResourceScan"
    /// A second scan does what the first does.
    package static let isWrite = false
    package let region: Region
    /// The analyzer's ARN; it must be one for external access.
    package let analyzerARN: String
    /// The resource's ARN.
    package let resource: String
    /// The account that owns the resource, which a bucket's ARN does not say.
    package let ownerAccount: String

    package init(resource: String, ownerAccount: String, analyzerARN: String, region: Region) {
        self.resource = resource
        self.ownerAccount = ownerAccount
        self.analyzerARN = analyzerARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "POST",
            path: "/resource/scan",
            query: [],
            body: [
                "analyzerArn": .string(analyzerARN), "resourceArn": .string(resource),
                "resourceOwnerAccount": .string(ownerAccount),
            ]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
