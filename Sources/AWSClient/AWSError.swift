import Basics

/// Why a call to AWS gave no output. Never holds credentials or signatures.
package struct AWSError: Error, Sendable, Hashable {
    /// What the error means to a caller.
    package enum Kind: String, Sendable, Hashable {
        /// Too many requests, in any of its names.
        case throttled
        /// Not permitted, or not authenticated.
        case accessDenied
        /// The thing asked for does not exist.
        case notFound
        /// 5xx, no connection, or an answer that cannot be read.
        case unavailable
        /// The caller's deadline passed, or would have passed before the next try.
        case deadlineExceeded
        /// The caller's task was cancelled.
        case cancelled
        /// A setting is missing or unusable: no credentials, no region, no trust roots.
        case configuration
        /// Any other answer that says no.
        case rejected
    }

    /// What the error means.
    package var kind: Kind
    /// The service's id, empty where there was no call yet.
    package var service: String
    /// The operation's name, empty where there was no call yet.
    package var operation: String
    /// AWS's own code, such as `NoSuchEntity`, where an answer held one.
    package var code: String?
    /// What AWS or the way to it said, in printable text of at most 2,048 characters.
    package var message: String
    /// The HTTP status, where there was an answer.
    package var status: Int?
    /// AWS's id of the request, where there was an answer.
    package var awsRequestID: String?
    /// The type of the resource that the error is about, in the service's own word; `nil` where it says none.
    package var resourceType: String?
    /// Why each action of a transaction was turned down, in their order; `None` for one that was not.
    package var cancellationReasons: [String] = []
    /// The request may have been carried out although no usable answer came: read before writing again.
    package var outcomeUnknown: Bool

    /// An error of these parts; the message is made printable and cut.
    package init(
        kind: Kind,
        service: String = "",
        operation: String = "",
        code: String? = nil,
        message: String,
        status: Int? = nil,
        awsRequestID: String? = nil,
        outcomeUnknown: Bool = false
    ) {
        self.kind = kind
        self.service = service
        self.operation = operation
        self.code = code
        self.message = message.printable(limit: 2048)
        self.status = status
        self.awsRequestID = awsRequestID
        self.outcomeUnknown = outcomeUnknown
    }

    /// A missing or unusable setting; `message` names it and says what it may hold.
    package static func configuration(_ message: String) -> AWSError {
        AWSError(kind: .configuration, message: message)
    }

    /// The same error, named after a call where it was not yet.
    package func named(service: String, operation: String) -> AWSError {
        var named = self
        if named.operation.isEmpty {
            named.service = service
            named.operation = operation
        }
        return named
    }

    /// Whether the service itself said `code` about a call of this very operation. A status without a code does not
    /// count, and neither does what another call on the way said, such as `AssumeRole`.
    package func isAnswer<Operation: AWSOperation>(_ code: String, to: Operation.Type) -> Bool {
        self.code == code && operation == Operation.name && service == Operation.service.id
            && status.map { (400..<500).contains($0) } ?? true
    }
}

extension AWSError {
    /// Whether the service, or what stands before it, does not know this very operation: an answer of 403 or 404 without any
    /// code of the service's own.
    package func isUnknownOperation<Operation: AWSOperation>(_: Operation.Type) -> Bool {
        operation == Operation.name && service == Operation.service.id && (status == 403 || status == 404)
            && (code == nil || code == "UnknownOperationException")
    }
}

extension AWSError: CustomStringConvertible {
    /// Such as `IAM GetRole: AccessDenied: User … is not authorized … (403, request 1234)`.
    package var description: String {
        var parts: [String] = []
        if !operation.isEmpty { parts.append(service.isEmpty ? operation : "\(service) \(operation)") }
        if let code { parts.append(code) }
        if !message.isEmpty { parts.append(message) }
        var notes: [String] = []
        if let status { notes.append(String(status)) }
        if let awsRequestID { notes.append("request \(awsRequestID)") }
        let text = parts.joined(separator: ": ")
        return notes.isEmpty ? text : "\(text) (\(notes.joined(separator: ", ")))"
    }
}
