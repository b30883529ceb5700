import AWSSigning
import Basics

/// What stays the same in all attempts of one call.
struct PreparedCall: Sendable {
    let service: AWSService
    let operation: String
    let isWrite: Bool
    let endpoint: Endpoint
    let request: WireRequest
    let canonicalQuery: String
    let payloadHash: String
    /// The whole path with the endpoint's prefix.
    let path: String

    init<Operation: AWSOperation>(_ operation: Operation, configuration: AWSConfiguration) throws(AWSError) {
        service = Operation.service
        self.operation = Operation.name
        isWrite = Operation.isWrite
        endpoint = try configuration.endpoint(
            of: Operation.service,
            in: operation.region,
            label: operation.hostLabel
        )
        request = try operation.wireRequest()
        try PreparedCall.check(request)
        canonicalQuery = CanonicalQuery.text(request.query)
        payloadHash = SHA256.hexadecimal(of: request.body)
        path = endpoint.url.pathPrefix + request.path
    }

    private var signable: SignableRequest {
        SignableRequest(
            method: request.method,
            host: endpoint.url.authority,
            path: path,
            canonicalQuery: canonicalQuery,
            headers: request.headers.fields.map { ($0.name, $0.value) },
            payloadHash: payloadHash
        )
    }

    /// The signed exchange of one attempt.
    func exchange(
        credentials: Credentials,
        signer: SignatureV4,
        date: Timestamp,
        deadline: ContinuousClock.Instant
    ) -> HTTPExchange {
        var headers = request.headers
        let added = signer.headers(
            for: signable,
            credentials: SigningCredentials(
                accessKeyID: credentials.accessKeyID,
                secretAccessKey: credentials.secretAccessKey,
                sessionToken: credentials.sessionToken
            ),
            scope: SigningScope(
                region: endpoint.signingRegion,
                service: service.signingName,
                isS3: service.signsPathAsSent
            ),
            date: date
        )
        headers.append("host", endpoint.url.authority)
        for (name, value) in added { headers.append(name, value) }
        headers.append("user-agent", "gatehouse/\(Release.version)")
        return HTTPExchange(
            method: request.method,
            endpoint: endpoint.url,
            target: canonicalQuery.isEmpty ? path : "\(path)?\(canonicalQuery)",
            headers: headers,
            body: request.body,
            deadline: deadline,
            bodyLimit: AWSClient.bodyLimit
        )
    }

    /// What an operation makes of its input must be able to stand in a request line and in header fields.
    private static func check(_ request: WireRequest) throws(AWSError) {
        let path = request.path.utf8
        let isPath =
            path.first == UInt8(ascii: "/")
            && path.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard isPath else {
            throw AWSError(kind: .rejected, message: "the request's path '\(request.path)' is not percent-encoded")
        }
        for field in request.headers.fields where !field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw AWSError(kind: .rejected, message: "the request's header \(field.name) holds a control character")
        }
    }
}
