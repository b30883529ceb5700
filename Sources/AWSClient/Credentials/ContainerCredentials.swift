import Basics
import LosslessJSON

/// Credentials that the container's host hands out over HTTP: ECS, EKS Pod Identity, Lambda SnapStart.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
package struct ContainerCredentials: Sendable {
    private static let attempts = 3
    private static let attemptTimeout = Duration.seconds(2)
    private static let bodyLimit = 1 << 16

    private let endpoint: EndpointURL
    private let target: String
    private let token: String?
    private let tokenFile: String?
    private let transport: any HTTPTransport

    /// The source that the environment names; nil when it names none. Throws `configuration` for a name that must not
    /// be asked: plain HTTP to anything but this host.
    package init?(environment: EnvironmentVariables, transport: any HTTPTransport) throws(AWSError) {
        let settings = Settings(environment)
        let setting: String
        let text: String
        if let relative = settings["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            setting = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
            guard relative.hasPrefix("/") else {
                throw .configuration(
                    "\(setting) is a text that is not shown here and does not begin with '/': it may be a path"
                )
            }
            text = "http://169.254.170.2\(relative)"
        } else if let full = settings["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            setting = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
            text = full
        } else {
            return nil
        }
        (endpoint, target) = try ContainerCredentials.split(text, setting: setting)
        guard endpoint.isSecure || ContainerCredentials.isHostItself(endpoint.host) else {
            throw .configuration(
                "\(setting) is \(EndpointURL.shown(text)): it may be https, or http to a loopback address, "
                    + "169.254.170.2, 169.254.170.23 or [fd00:ec2::23]"
            )
        }
        token = settings["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        tokenFile = settings["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
        self.transport = transport
    }

    /// Asks for fresh credentials, at most three times. Throws `unavailable` or `accessDenied` by the answer.
    package func fetch(_ request: CredentialsRequest) async throws(AWSError) -> Credentials {
        var attempt = 1
        while true {
            do throws(AWSError) {
                return try await fetchOnce(request)
            } catch {
                let isPast = request.deadline.map { $0 <= .now } ?? false
                guard error.kind == .unavailable, attempt < Self.attempts, !isPast, !Task.isCancelled else {
                    throw error
                }
                do {
                    try await Task.sleep(for: .milliseconds(50 << attempt))
                } catch {
                    throw .cancelledWhileWaiting
                }
                attempt += 1
            }
        }
    }

    private func fetchOnce(_ request: CredentialsRequest) async throws(AWSError) -> Credentials {
        var headers: WireHeaders = ["accept": "application/json", "host": endpoint.authority]
        let authorization = try authorization()
        if let authorization { headers.append("authorization", authorization) }
        // Paths and queries of such hosts are secrets too.
        let withheld = Withheld([authorization, target])
        let limit = ContinuousClock.now + Self.attemptTimeout
        let exchange = HTTPExchange(
            method: "GET",
            endpoint: endpoint,
            target: target,
            headers: headers,
            body: [],
            deadline: min(limit, request.deadline ?? limit),
            bodyLimit: Self.bodyLimit
        )
        let response: WireResponse
        do throws(TransportError) {
            response = try await transport.send(exchange)
        } catch {
            let isPast = error.reason == .timedOut && (request.deadline.map { $0 <= .now } ?? false)
            let kind: AWSError.Kind =
                switch error.reason {
                case .cancelled: .cancelled
                case .noTrustRoots, .certificateOutOfDate: .configuration
                default: isPast ? .deadlineExceeded : .unavailable
                }
            throw AWSError(kind: kind, message: "credentials of the container: \(withheld.text(error.message))")
        }
        guard response.status == 200 else {
            throw AWSError(
                kind: ErrorCodes.kind(code: nil, status: response.status),
                message: "credentials of the container: the answer's status is \(response.status)",
                status: response.status
            )
        }
        return try ContainerCredentials.read(response, withheld)
    }

    private static func read(_ response: WireResponse, _ withheld: Withheld) throws(AWSError) -> Credentials {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(response.body)
        } catch {
            throw AWSError(kind: .unavailable, message: "credentials of the container: not JSON: \(error)")
        }
        guard let id = json["AccessKeyId"]?.string, let secret = json["SecretAccessKey"]?.string else {
            let said = json["message"]?.string ?? json["Message"]?.string ?? "no AccessKeyId or SecretAccessKey"
            throw AWSError(kind: .unavailable, message: "credentials of the container: \(withheld.text(said))")
        }
        var expiration: Timestamp?
        if let text = json["Expiration"]?.string {
            guard let read = Timestamp(iso8601: text) else {
                throw AWSError(kind: .unavailable, message: "credentials of the container: Expiration cannot be read")
            }
            expiration = read
        }
        let credentials = Credentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: json["Token"]?.string,
            expiration: expiration
        )
        return try credentials.checked(source: "the answer for the container's credentials")
    }

    /// The token is read anew each time: hosts exchange the file.
    private func authorization() throws(AWSError) -> String? {
        var value = token
        if let tokenFile {
            guard let bytes = SmallFile.read(tokenFile, limit: 1 << 16) else {
                // What is not a path may be the token itself.
                let shown = tokenFile.hasPrefix("/") ? "'\(tokenFile.printable(limit: 2048))'" : "no absolute path"
                throw .configuration("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is \(shown), which cannot be read")
            }
            value = String(decoding: bytes, as: UTF8.self)
            while value?.last?.isNewline == true { value?.removeLast() }
        }
        guard let value else { return nil }
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .configuration("the container's authorization token is empty or holds a line break")
        }
        return value
    }

    private static func split(_ text: String, setting: String) throws(AWSError) -> (EndpointURL, String) {
        let base = text.prefix { $0 != "?" && $0 != "#" }
        do throws(EndpointURL.Invalid) {
            let endpoint = try EndpointURL(String(base))
            let query = text[base.endIndex...]
            guard query.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
                throw EndpointURL.Invalid(reason: "whose query holds a forbidden character")
            }
            let path = endpoint.pathPrefix.isEmpty ? "/" : endpoint.pathPrefix
            return (endpoint, path + query)
        } catch {
            throw .configuration("\(setting) is \(EndpointURL.shown(text)), \(error.reason)")
        }
    }

    /// Loopback, and the link-local addresses of ECS and EKS.
    private static func isHostItself(_ host: String) -> Bool {
        if ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
