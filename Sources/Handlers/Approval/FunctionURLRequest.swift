import Basics
import LosslessJSON

/// A request to a Lambda function URL (payload format 2.0), as far as it is well formed. Everything in it is hostile.
///
/// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
struct FunctionURLRequest {
    let method: String
    let path: String
    /// Not decoded.
    let query: String
    let body: [UInt8]
    let contentType: String
    /// The ARN that Lambda itself has checked; `nil` where the URL asks for no signature.
    let userARN: String?

    /// Why a request cannot be used.
    enum Unusable: Error {
        /// It is not as Lambda sends it.
        case malformed
        case tooLarge
    }

    /// The largest query and the largest body, in bytes: what the page itself sends is a tenth of it.
    static let mostBytes = 16_384

    /// Whether an event is meant as one, however broken.
    static func isOne(_ json: JSON) -> Bool {
        guard json["taskToken"] == nil, json["case"] == nil else { return false }
        return ["requestContext", "rawPath", "routeKey", "rawQueryString"].contains { json[$0] != nil }
    }

    init(_ json: JSON) throws(Unusable) {
        let http = json["requestContext"]?["http"]
        guard let method = http?["method"]?.string, let path = json["rawPath"]?.string else { throw .malformed }
        self.method = method
        self.path = path
        query = try Self.text(json["rawQueryString"])
        contentType = try Self.header("content-type", json["headers"])
        userARN = json["requestContext"]?["authorizer"]?["iam"]?["userArn"]?.string
        let text = try Self.text(json["body"])
        guard query.utf8.count <= Self.mostBytes, text.utf8.count <= 2 * Self.mostBytes else { throw .tooLarge }
        switch json["isBase64Encoded"] {
        case .bool(true)?:
            guard let bytes = [UInt8](base64: text) else { throw .malformed }
            body = bytes
        case .bool(false)?, .null?, nil: body = Array(text.utf8)
        default: throw .malformed
        }
        guard body.count <= Self.mostBytes else { throw .tooLarge }
    }

    /// What may be left out.
    private static func text(_ json: JSON?) throws(Unusable) -> String {
        switch json {
        case .string(let text)?: return text
        case .null?, nil: return ""
        default: throw .malformed
        }
    }

    private static func header(_ name: String, _ headers: JSON?) throws(Unusable) -> String {
        switch headers {
        case .object(let headers)?:
            for member in headers.members where member.key.lowercasedASCII == name { return try text(member.value) }
            return ""
        case .null?, nil: return ""
        default: throw .malformed
        }
    }

    /// The query's fields; `nil` where it is not a form.
    var queryFields: FormFields? { FormFields(Array(query.utf8)) }

    /// The body's fields; `nil` where it is not a form.
    var bodyFields: FormFields? {
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
        guard String(decoding: type, as: UTF8.self).lowercasedASCII == "application/x-www-form-urlencoded" else {
            return nil
        }
        return FormFields(body)
    }
}

/// The fields of a form as browsers send it (`application/x-www-form-urlencoded`).
struct FormFields {
    private var values: [String: [String]] = [:]

    /// `nil` where a name or value is not percent-encoded UTF-8.
    init?(_ bytes: [UInt8]) {
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : []) else {
                return nil
            }
            values[name, default: []].append(value)
        }
    }

    /// The only value of a field; `nil` where there is none, or more than one.
    subscript(_ name: String) -> String? {
        guard let all = values[name], all.count == 1 else { return nil }
        return all[0]
    }

    /// Whether a field is there more than once.
    func isRepeated(_ name: String) -> Bool { (values[name]?.count ?? 0) > 1 }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                    return nil
                }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
