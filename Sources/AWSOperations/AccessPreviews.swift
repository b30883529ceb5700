package import AWSClient
import Basics
package import LosslessJSON

/// Asks Access Analyzer what it would find if a resource were configured so.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAccessPreview.html
package struct CreateAccessPreview: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "CreateAccessPreview"
    package static let isWrite = true
    package let region: Region
    /// The ARN of an account analyzer of the resource's account and region.
    package let analyzerARN: String
    /// The resource's ARN.
    package let resource: String
    /// One member that names the type: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Configuration.html
    package let configuration: JSON

    package init(analyzerARN: String, resource: String, configuration: JSON, region: Region) {
        self.analyzerARN = analyzerARN
        self.resource = resource
        self.configuration = configuration
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "PUT",
            path: "/access-preview",
            body: [
                "analyzerArn": .string(analyzerARN),
                "configurations": .object(JSONObject([(resource, configuration)])),
            ]
        )
    }

    /// The preview's id.
    package func output(from response: WireResponse) throws(AWSError) -> String {
        guard let id = try response.json()["id"]?.string else {
            throw response.unreadable("the answer lacks the preview's id")
        }
        return id
    }
}

/// How far a preview is.
package struct AccessPreviewState: Sendable, Equatable {
    /// `CREATING`, `COMPLETED` or `FAILED`.
    package let status: String
    /// Why it failed, in AWS's own word; `nil` where it did not.
    package let reason: String?

    package init(status: String, reason: String?) {
        self.status = status
        self.reason = reason
    }
}

/// Reads how far a preview is.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetAccessPreview.html
package struct GetAccessPreview: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "GetAccessPreview"
    package static let isWrite = false
    package let region: Region
    package let analyzerARN: String
    package let id: String

    package init(id: String, analyzerARN: String, region: Region) {
        self.id = id
        self.analyzerARN = analyzerARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(
            method: "GET",
            path: "/access-preview/\(PercentEncoding.segment(id))",
            query: [("analyzerArn", analyzerARN)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> AccessPreviewState {
        let preview = try response.json()["accessPreview"]
        guard let status = preview?["status"]?.string else { throw response.unreadable("the answer lacks the status") }
        return AccessPreviewState(status: status, reason: preview?["statusReason"]?["code"]?.string)
    }
}

/// One finding that would be there after a change.
package struct PreviewedFinding: Sendable, Equatable {
    /// The id of the finding that is there now; `nil` for a new one.
    package let existingID: String?
    /// `NEW`, `CHANGED` or `UNCHANGED`.
    package let changeType: String
    /// As it would be: `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    package let status: String
    /// As Access Analyzer writes it: `resource`, `principal`, `action`, `condition`.
    package let json: JSON

    package init?(_ json: JSON) {
        guard let changeType = json["changeType"]?.string, let status = json["status"]?.string else { return nil }
        existingID = json["existingFindingId"]?.string
        self.changeType = changeType
        self.status = status
        self.json = json
    }
}

/// A page of what would be found.
package struct PreviewedFindingPage: Sendable {
    package let findings: [PreviewedFinding]
    /// Where the next page starts; `nil` on the last one.
    package let nextToken: String?

    package init(findings: [PreviewedFinding], nextToken: String?) {
        self.findings = findings
        self.nextToken = nextToken
    }
}

/// Lists what would be found, a page at a time.
///
/// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAccessPreviewFindings.html
package struct ListAccessPreviewFindings: AWSOperation {
    package static let service = AWSService.accessAnalyzer
    package static let name = "ListAccessPreviewFindings"
    package static let isWrite = false
    package let region: Region
    package let analyzerARN: String
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
        var body = JSONObject([("analyzerArn", .string(analyzerARN))])
        if let nextToken { body["nextToken"] = .string(nextToken) }
        return .restJSON(
            method: "POST",
            path: "/access-preview/\(PercentEncoding.segment(id))",
            body: .object(body)
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> PreviewedFindingPage {
        let json = try response.json()
        guard let list = json["findings"]?.array else { throw response.unreadable("the answer lacks findings") }
        var findings: [PreviewedFinding] = []
        for element in list {
            guard let finding = PreviewedFinding(element) else {
                throw response.unreadable("a finding in the answer lacks changeType or status")
            }
            findings.append(finding)
        }
        return PreviewedFindingPage(findings: findings, nextToken: json["nextToken"]?.string)
    }
}
