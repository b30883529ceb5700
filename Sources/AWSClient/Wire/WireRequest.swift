import AWSSigning
import Basics
package import LosslessJSON

/// What a service writes its errors in.
package enum ErrorForm: Sendable, Hashable {
    /// An element `Error` with a `Code`.
    case xml
    /// An object.
    case json
}

/// A request as an operation knows it: everything but host, date and signature.
package struct WireRequest: Sendable {
    /// The HTTP method.
    package var method: String
    /// The path from `/` on, each segment percent-encoded already.
    package var path: String
    /// The query's names and values, not encoded yet.
    package var query: [(name: String, value: String)]
    /// Header fields beside host, date, length and authorization.
    package var headers: WireHeaders
    /// The body, empty for none.
    package var body: [UInt8]
    /// What the protocol writes its errors in.
    package var errorForm: ErrorForm

    /// A request of these parts.
    package init(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        headers: WireHeaders = [:],
        body: [UInt8] = [],
        errorForm: ErrorForm = .json
    ) {
        self.errorForm = errorForm
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The query protocol (IAM, STS, SNS, RDS, EC2): a form with `Action` and `Version`, answered in XML.
    package static func query(
        action: String,
        version: String,
        parameters: [(name: String, value: String)] = []
    ) -> WireRequest {
        var body: [UInt8] = []
        body.reserveCapacity(64 + parameters.reduce(0) { $0 + $1.name.utf8.count + 2 * $1.value.utf8.count })
        PercentEncoding.append(name: "Action", value: action, to: &body)
        PercentEncoding.append(name: "Version", value: version, to: &body)
        for (name, value) in parameters {
            PercentEncoding.append(name: name, value: value, to: &body)
        }
        return WireRequest(
            method: "POST",
            path: "/",
            headers: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"],
            body: body,
            errorForm: .xml
        )
    }

    /// The rest-json protocol (Access Analyzer, Lambda, EFS).
    package static func restJSON(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        body: JSON? = nil
    ) -> WireRequest {
        WireRequest(
            method: method,
            path: path,
            query: query,
            headers: body == nil ? [:] : ["content-type": "application/json"],
            body: body?.serialized() ?? []
        )
    }

    /// The json protocol in version `1.0` or `1.1` (DynamoDB, SQS, KMS, SSM); `target` is `Service_Date.Operation`.
    package static func json(version: String, target: String, body: JSON) -> WireRequest {
        WireRequest(
            method: "POST",
            path: "/",
            headers: ["content-type": "application/x-amz-json-\(version)", "x-amz-target": target],
            body: body.serialized()
        )
    }

    /// The rest-xml protocol (S3).
    package static func restXML(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        contentType: String? = nil
    ) -> WireRequest {
        var headers: WireHeaders = [:]
        if let contentType { headers.append("content-type", contentType) }
        return WireRequest(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            errorForm: .xml
        )
    }
}
