package import AWSClient
package import Basics
import LosslessJSON

/// Lists a function's tags.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html
package struct ListFunctionTags: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "ListTags"
    package static let isWrite = false
    package let region: Region
    /// The function's ARN without version or alias, which have no tags.
    package let functionARN: String

    package init(functionARN: String, region: Region) {
        self.functionARN = functionARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/2017-03-31/tags/\(PercentEncoding.segment(functionARN))")
    }

    package func output(from response: WireResponse) throws(AWSError) -> TagPage {
        TagPage(try response.tags(map: try response.member("Tags")))
    }
}

/// One version of a layer.
package struct LayerVersion: Sendable, Equatable {
    /// Its number.
    package let version: Int
    /// What its publisher wrote about it.
    package let description: String?
    /// When it was published.
    package let createdAt: Timestamp?

    package init(version: Int, description: String?, createdAt: Timestamp?) {
        self.version = version
        self.description = description
        self.createdAt = createdAt
    }
}

/// One page of a layer's versions, the newest first.
package struct LayerVersionPage: Sendable, Equatable {
    /// The versions of the page.
    package let versions: [LayerVersion]
    /// Where the next page starts; `nil` on the last one.
    package let nextMarker: String?

    package init(versions: [LayerVersion], nextMarker: String?) {
        self.versions = versions
        self.nextMarker = nextMarker
    }
}

/// Lists a layer's versions, a page at a time. Unlike GetLayerVersion it gives no way to the layer's code.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html
package struct ListLayerVersions: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "ListLayerVersions"
    package static let isWrite = false
    package let region: Region
    /// The layer's ARN without a version.
    package let layerARN: String
    /// The page to read; `nil` for the first.
    package let marker: String?

    package init(layerARN: String, marker: String?, region: Region) {
        self.layerARN = layerARN
        self.marker = marker
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var query = [(name: "MaxItems", value: "50")]
        if let marker { query.append((name: "Marker", value: marker)) }
        return .restJSON(
            method: "GET",
            path: "/2018-10-31/layers/\(PercentEncoding.segment(layerARN))/versions",
            query: query
        )
    }

    package func output(from response: WireResponse) throws(AWSError) -> LayerVersionPage {
        let json = try response.json()
        guard let list = json["LayerVersions"]?.array else {
            throw response.unreadable("the answer lacks LayerVersions")
        }
        var versions: [LayerVersion] = []
        for element in list {
            guard let version = element["Version"]?.int else {
                throw response.unreadable("a layer version in the answer has no number")
            }
            versions.append(
                LayerVersion(
                    version: version,
                    description: element["Description"]?.string,
                    createdAt: try response.time(element["CreatedDate"])
                )
            )
        }
        return LayerVersionPage(
            versions: versions,
            nextMarker: json["NextMarker"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        )
    }
}

/// Reads the whole policy of a function. `ResourceNotFoundException` when it has none, or there is no function.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_GetResourcePolicy.html
package struct GetFunctionPolicy: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "GetResourcePolicy"
    package static let isWrite = false
    package let region: Region
    /// The function's ARN.
    package let functionARN: String

    package init(functionARN: String, region: Region) {
        self.functionARN = functionARN
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .restJSON(method: "GET", path: "/2026-07-09/resource-policy/\(PercentEncoding.segment(functionARN))")
    }

    package func output(from response: WireResponse) throws(AWSError) -> ResourcePolicy {
        try response.policy("Policy", revision: try response.json()["RevisionId"]?.string)
    }
}

/// Replaces the whole policy of a function, where it is still of that revision.
///
/// https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
package struct PutFunctionPolicy: AWSOperation {
    package static let service = AWSService.lambda
    package static let name = "PutResourcePolicy"
    package static let isWrite = true
    package let region: Region
    /// The function's ARN.
    package let functionARN: String
    /// The whole document.
    package let policy: String
    /// The revision to replace; `nil` for any.
    package let revision: String?

    package init(functionARN: String, policy: String, revision: String?, region: Region) {
        self.functionARN = functionARN
        self.policy = policy
        self.revision = revision
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        var body = JSONObject([("Policy", .string(policy))])
        if let revision { body["RevisionId"] = .string(revision) }
        return .restJSON(
            method: "PUT",
            path: "/2026-07-09/resource-policy/\(PercentEncoding.segment(functionARN))",
            body: .object(body)
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
