package import AWSClient
import LosslessJSON

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
