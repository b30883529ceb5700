/// Why bytes were not taken as an HTTP/1.1 response.
package enum HTTPError: Error, Equatable, CustomStringConvertible {
    /// The head is longer than so many bytes.
    case headTooLong(limit: Int)
    /// The body is longer than so many bytes; the head was read and is there.
    case bodyTooLong(limit: Int)
    /// Not HTTP, or HTTP of a kind that the Runtime API does not speak.
    case malformed(String)
    /// The connection was closed before the answer's end.
    case truncated

    package var description: String {
        switch self {
        case .headTooLong(let limit): "its head is longer than \(limit) bytes"
        case .bodyTooLong(let limit): "its body is longer than \(limit) bytes"
        case .malformed(let what): "it is not an HTTP/1.1 response: \(what)"
        case .truncated: "the connection was closed in the middle of it"
        }
    }
}
