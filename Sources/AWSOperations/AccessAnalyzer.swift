package import AWSClient
package import LosslessJSON

/// A finding as GetFinding and ListFindings answer it. What AWS leaves out is `nil`.
package struct FindingRecord: Sendable, Equatable {
    /// The finding's id.
    package let id: String
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    package let status: String
    /// The resource's ARN.
    package let resource: String?
    /// Such as `AWS::IAM::Role`.
    package let resourceType: String?
    /// Who has the access, by kind of principal.
    package let principal: JSONObject?
    /// What they may do.
    package let actions: [String]?
    /// Under which conditions.
    package let condition: JSONObject?
    /// Why the resource could not be analysed.
    package let error: String?
    /// Such as `UnusedPermission`; only GetFindingV2 says it.
    package let findingType: String?
    /// The account that owns the resource, twelve digits.
    package let ownerAccount: String?
    /// Whether everybody has the access.
    package let isPublic: Bool?

    package init(
        id: String,
        status: String,
        resource: String?,
        resourceType: String?,
        principal: JSONObject?,
        actions: [String]?,
        condition: JSONObject?,
        error: String?,
        findingType: String? = nil,
        ownerAccount: String? = nil,
        isPublic: Bool? = nil
    ) {
        self.id = id
        self.status = status
        self.resource = resource
        self.resourceType = resourceType
        self.principal = principal
        self.actions = actions
        self.condition = condition
        self.error = error
        self.findingType = findingType
        self.ownerAccount = ownerAccount
        self.isPublic = isPublic
    }

    /// Reads a finding; `nil` when id or status are missing or a key has the wrong type.
    package init?(_ json: JSON) {
        guard let id = json["id"]?.string, let status = json["status"]?.string else { return nil }
        var actions: [String]?
        if let list = json["action"]?.array {
            actions = list.compactMap(\.string)
            guard actions?.count == list.count else { return nil }
        }
        self.init(
            id: id,
            status: status,
            resource: json["resource"]?.string,
            resourceType: json["resourceType"]?.string,
            principal: json["principal"]?.object,
            actions: actions,
            condition: json["condition"]?.object,
            error: json["error"]?.string,
            findingType: json["findingType"]?.string,
            ownerAccount: json["resourceOwnerAccount"]?.string,
            isPublic: json["isPublic"]?.bool
        )
    }
}

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
            path: "/finding/\(WireRequest.segment(id))",
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

/// A finding of any kind as GetFindingV2 answers it, with the details of one page.
package struct FindingV2: Sendable, Equatable {
    /// What all kinds have.
    package let record: FindingRecord
    /// Such as `UnusedPermission`.
    package let findingType: String?
    /// One object a detail, by its kind.
    package let details: [JSON]
    /// Where the next page starts; `nil` on the last one.
    package let nextToken: String?
    /// When Access Analyzer last changed it, as AWS writes it.
    package let updatedAt: String?
    /// When Access Analyzer last looked at the resource, as AWS writes it.
    package let analyzedAt: String?

    package init(
        record: FindingRecord,
        findingType: String?,
        details: [JSON],
        nextToken: String?,
        updatedAt: String? = nil,
        analyzedAt: String? = nil
    ) {
        self.record = record
        self.findingType = findingType
        self.details = details
        self.nextToken = nextToken
        self.updatedAt = updatedAt
        self.analyzedAt = analyzedAt
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
        return .restJSON(method: "GET", path: "/findingv2/\(WireRequest.segment(id))", query: query, body: nil)
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

    package init(findings: [FindingRecord], nextToken: String?) {
        self.findings = findings
        self.nextToken = nextToken
    }
}

/// Lists external access findings of one resource in one status, a page at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindings.html
package struct ListFindings: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "ListFindings"
    package static let isWrite = false
    package let region: Region
    /// The analyzer's ARN.
    package let analyzerARN: String
    /// The resource's ARN.
    package let resource: String
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    package let status: String
    /// The page to read; `nil` for the first.
    package let nextToken: String?

    package init(analyzerARN: String, resource: String, status: String, nextToken: String? = nil, region: Region) {
        self.analyzerARN = analyzerARN
        self.resource = resource
        self.status = status
        self.nextToken = nextToken
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([
            ("analyzerArn", .string(analyzerARN)),
            (
                "filter",
                ["resource": ["eq": [.string(resource)]], "status": ["eq": [.string(status)]]]
            ),
        ])
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
        return FindingPage(findings: findings, nextToken: json["nextToken"]?.string)
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
