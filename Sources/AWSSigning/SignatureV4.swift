package import Basics
import Synchronization

/// What a request is signed with.
package struct SigningCredentials: Sendable {
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?

    /// A key pair, with the token of temporary credentials.
    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String?) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// Whom a request is signed for.
package struct SigningScope: Sendable {
    let region: String
    let service: String
    let isS3: Bool

    /// `isS3` signs the path as it is sent, and sends the body's hash in `x-amz-content-sha256`.
    package init(region: String, service: String, isS3: Bool = false) {
        self.region = region
        self.service = service
        self.isS3 = isS3
    }
}

/// The parts of a request that its signature covers.
package struct SignableRequest: Sendable {
    var method: String
    var host: String
    var path: String
    var canonicalQuery: String
    var headers: [(name: String, value: String)]
    var payloadHash: String

    /// `path` is percent-encoded as it is sent, `canonicalQuery` comes from `CanonicalQuery`, `headers` are the fields
    /// beside host and those that signing adds, `payloadHash` is the body's SHA-256 in hexadecimal digits.
    package init(
        method: String,
        host: String,
        path: String,
        canonicalQuery: String = "",
        headers: [(name: String, value: String)] = [],
        payloadHash: String
    ) {
        self.method = method
        self.host = host
        self.path = path
        self.canonicalQuery = canonicalQuery
        self.headers = headers
        self.payloadHash = payloadHash
    }
}

/// Signs requests with AWS Signature Version 4 in the `Authorization` header. Keys that it derived are kept: they hold
/// for a day, a region and a service.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package final class SignatureV4: Sendable {
    private struct KeyName: Hashable {
        let secret: String
        let day: String
        let region: String
        let service: String
    }

    /// Several services in a few accounts; beyond it all are dropped, since old days' keys are of no use.
    private static let keptKeys = 32

    private let keys = Mutex<[KeyName: HMAC]>([:])

    /// A signer without keys.
    package init() {}

    /// The header fields to add to a request: date, token, the body's hash where the service wants it, authorization.
    package func headers(
        for request: SignableRequest,
        credentials: SigningCredentials,
        scope: SigningScope,
        date: Timestamp
    ) -> [(name: String, value: String)] {
        let moment = date.basic
        let day = String(moment.prefix(8))
        var added: [(name: String, value: String)] = [("x-amz-date", moment)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        if scope.isS3 { added.append(("x-amz-content-sha256", request.payloadHash)) }

        let canonical = CanonicalRequest(request, added: added, signsPathAsSent: scope.isS3)
        let credentialScope = "\(day)/\(scope.region)/\(scope.service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(moment)\n\(credentialScope)\n\(SHA256.hexadecimal(of: canonical.bytes))"
        let key = signingKey(secret: credentials.secretAccessKey, day: day, scope: scope)
        let signature = key.code(for: Array(text.utf8))
        added.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(credentialScope), "
                    + "SignedHeaders=\(canonical.signedHeaders), Signature=\(String(hexadecimal: signature))"
            )
        )
        return added
    }

    private func signingKey(secret: String, day: String, scope: SigningScope) -> HMAC {
        let name = KeyName(secret: secret, day: day, region: scope.region, service: scope.service)
        if let key = keys.withLock({ $0[name] }) { return key }
        var key = HMAC(key: Array("AWS4\(secret)".utf8))
        for part in [day, scope.region, scope.service, "aws4_request"] {
            key = HMAC(key: key.code(for: Array(part.utf8)))
        }
        keys.withLock { keys in
            if keys.count >= Self.keptKeys { keys.removeAll() }
            keys[name] = key
        }
        return key
    }
}

extension SHA256 {
    /// The SHA-256 of some bytes in lower-case hexadecimal digits.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        String(hexadecimal: digest(of: bytes))
    }
}

extension String {
    /// Bytes in lower-case hexadecimal digits.
    fileprivate init(hexadecimal bytes: some Sequence<UInt8>) {
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for byte in bytes {
            for half in [byte >> 4, byte & 15] {
                digits.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") + half - 10)
            }
        }
        self.init(decoding: digits, as: UTF8.self)
    }
}
