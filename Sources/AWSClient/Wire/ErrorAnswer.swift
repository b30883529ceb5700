import Basics
import LosslessJSON

/// What an answer of 300 and above says, whatever the protocol it is written in.
///
/// | protocol | code | message |
/// | --- | --- | --- |
/// | query, rest-xml | `Error/Code` at any of the usual places | `Error/Message` |
/// | rest-json | header `x-amzn-ErrorType`, else `__type` or `code` in the body | `message` or `Message` |
/// | json 1.0, 1.1 | `__type` or `code` in the body, else the header | `message` or `Message` |
///
/// Of a code like `com.amazonaws.sns#NotFound:http://…` the name in the middle counts.
package struct ErrorAnswer: Equatable {
    /// The error's name, such as `NoSuchEntity`.
    package internal(set) var code: String?
    var message: String?
    var requestID: String?
    /// The type of the resource that the error is about, where the service says it.
    private(set) var resourceType: String?
    /// The code of each action of a DynamoDB transaction that was cancelled.
    private(set) var cancellationReasons: [String] = []
    /// What the body is written in, when it reads as a service's error. Proxies answer in other forms, mostly HTML.
    private(set) var form: ErrorForm?

    /// Reads an answer; whatever is no error leaves all empty.
    package init(_ response: WireResponse) {
        requestID = ErrorAnswer.requestID(in: response.headers)
        let header = response.headers["x-amzn-errortype"].flatMap(ErrorAnswer.name(inCode:))
        let first = response.body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 && $0 < 0x80 }
        if first == UInt8(ascii: "<") {
            readXML(response.body)
        } else if first == UInt8(ascii: "{") {
            readJSON(response.body)
        }
        code = form == .xml ? code : header ?? code
    }

    /// AWS's id of a request, in any of the headers that services use.
    static func requestID(in headers: WireHeaders) -> String? {
        let id = headers["x-amzn-requestid"] ?? headers["x-amz-request-id"] ?? headers["x-amz-requestid"]
        guard let id, !id.isEmpty else { return nil }
        return String(id.prefix(128)).printable(limit: 2048)
    }

    private mutating func readXML(_ body: [UInt8]) {
        guard let root = try? XMLElement.parse(body) else { return }
        // <ErrorResponse><Error>, S3's <Error>, EC2's <Response><Errors><Error>.
        let error = root.name == "Error" ? root : root.first("Error") ?? root.at("Errors", "Error")
        code = error?.text(at: "Code").flatMap(ErrorAnswer.name(inCode:))
        if code != nil { form = .xml }
        message = error?.text(at: "Message") ?? error?.text(at: "message")
        let id = root.text(at: "RequestId") ?? root.text(at: "RequestID") ?? error?.text(at: "RequestId")
        if requestID == nil, let id, !id.isEmpty { requestID = String(id.prefix(128)).printable(limit: 2048) }
    }

    private mutating func readJSON(_ body: [UInt8]) {
        guard let json = try? JSON.parse(body) else { return }
        form = .json
        let named = json["__type"]?.string ?? json["code"]?.string ?? json["Code"]?.string
        code = named.flatMap(ErrorAnswer.name(inCode:))
        message = json["message"]?.string ?? json["Message"]?.string ?? json["errorMessage"]?.string
        resourceType = json["resourceType"]?.string
        let reasons = json["CancellationReasons"]?.array?.prefix(100) ?? []
        cancellationReasons = reasons.map { ($0["Code"]?.string ?? "None").printable(limit: 100) }
    }

    /// The name in a code: after the last `#`, before the first `:`, of letters, digits, `.`, `_` and `-`.
    static func name(inCode text: String) -> String? {
        let beforeColon = text.prefix { $0 != ":" }
        let name = beforeColon.split(separator: "#").last.map(String.init) ?? ""
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2E || byte == 0x5F || byte == 0x2D
        }
        return name.isEmpty || name.utf8.count > 128 || !isPlain ? nil : name
    }
}
