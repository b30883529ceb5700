import AWSSigning
import Basics
import LosslessJSON
import Messages

/// An answer of the approval page, as a function URL gives it on.
struct HTTPAnswer {
    let status: Int
    let html: String
    /// The methods that there are; `nil` where that is not the point.
    let allow: String?

    init(_ status: Int, html: String) {
        self.status = status
        self.html = html
        allow = nil
    }

    init(_ status: Int, _ notice: Notice, allow: String? = nil) {
        self.status = status
        html = notice.page(status: status).html
        self.allow = allow
    }

    /// No script, no picture and no frame, whatever a text from outside would be: only our own style.
    private static let policy =
        "default-src 'none'; style-src 'sha256-\(String(base64: SHA256.digest(of: Array(PageStyle.text.utf8))))'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    private static let headers: [(String, String)] = [
        ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"),
        ("content-security-policy", policy), ("x-frame-options", "DENY"), ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex, nofollow"),
        ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ]

    /// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
    var response: JSONObject {
        let headers = Self.headers + (allow.map { [("allow", $0)] } ?? [])
        return JSONObject([
            ("statusCode", .int(status)),
            ("headers", .object(JSONObject(headers.map { ($0.0, JSON.string($0.1)) }))),
            ("body", .string(html)), ("isBase64Encoded", .bool(false)),
        ])
    }
}
