package import LosslessJSON

/// An answer with its whole body, and the call it belongs to.
package struct WireResponse: Sendable {
    /// The HTTP status.
    package var status: Int
    /// The header fields.
    package var headers: WireHeaders
    /// The body, at most 8 MiB.
    package var body: [UInt8]
    /// The id of the service that answered, for errors.
    package var service: String
    /// The operation that was asked for, for errors.
    package var operation: String

    /// An answer of these parts.
    package init(
        status: Int,
        headers: WireHeaders = [:],
        body: [UInt8] = [],
        service: String = "",
        operation: String = ""
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.service = service
        self.operation = operation
    }

    /// The body's root element. Throws `unavailable` naming the operation when it is not XML that we accept.
    package func xml() throws(AWSError) -> XMLElement {
        do throws(XMLError) {
            return try XMLElement.parse(body)
        } catch {
            throw unreadable("the answer is not XML that can be read: \(error)")
        }
    }

    /// The body as JSON. Throws `unavailable` naming the operation when it is not JSON that we accept.
    package func json() throws(AWSError) -> JSON {
        do throws(JSONError) {
            return try JSON.parse(body)
        } catch {
            throw unreadable("the answer is not JSON that can be read: \(error)")
        }
    }

    /// The error for an answer of this call that lacks something: kind `unavailable`, named after the operation.
    package func unreadable(_ message: String) -> AWSError {
        AWSError(
            kind: .unavailable,
            service: service,
            operation: operation,
            message: message,
            status: status,
            awsRequestID: ErrorAnswer.requestID(in: headers)
        )
    }
}
