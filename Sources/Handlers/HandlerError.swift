package import AWSClient
import Basics
package import Findings

/// Why an invocation ends without an answer, in the words of the Runtime API.
package struct HandlerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error types that templates and callers may tell apart.
    package enum Kind: String, Sendable, CaseIterable {
        /// Not JSON, or not an event or case that we know.
        case invalidEvent = "InvalidEvent"
        /// A setting is missing or unusable.
        case invalidConfiguration = "InvalidConfiguration"
        /// Another invocation is changing the same resource; worth a retry.
        case resourceBusy = "ResourceBusy"
        /// AWS asked to slow down; worth a retry.
        case throttled = "Throttled"
        /// A permission is missing.
        case accessDenied = "AccessDenied"
        /// AWS did not answer, or not readably; worth a retry.
        case serviceUnavailable = "ServiceUnavailable"
        /// The time was up; worth a retry.
        case deadlineExceeded = "DeadlineExceeded"
        /// Somebody keeps changing the same resource.
        case conflictingChange = "ConflictingChange"
        /// The answer would not fit into 6 MiB.
        case responseTooLarge = "ResponseTooLarge"
        /// Anything that should not happen.
        case internalError = "Internal"

        /// `Function.Name`, as the Runtime API wants it.
        var type: String { "Function.\(rawValue)" }

        /// Every type that an invocation can fail with, here and in the runtime.
        static let types = Set(allCases.map(\.type))
    }

    /// What it means.
    package let kind: Kind
    /// What happened and what to do, in printable text.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message.printable(limit: 4096)
    }

    /// `Function.Name`, as the Runtime API wants it.
    package var type: String {
        kind.type
    }

    /// Type and message.
    package var description: String {
        "\(type): \(message)"
    }

    /// What an AWS error means to an invocation.
    package init(_ error: AWSError) {
        let kind: Kind =
            switch error.kind {
            case .throttled: .throttled
            case .accessDenied: .accessDenied
            case .unavailable: .serviceUnavailable
            case .deadlineExceeded, .cancelled: .deadlineExceeded
            case .configuration: .invalidConfiguration
            case .notFound, .rejected: .internalError
            }
        self.init(kind, error.description)
    }

    /// An input that is none of ours.
    package init(_ error: InvalidEvent) {
        self.init(.invalidEvent, error.description)
    }
}

extension HandlerError {
    /// Runs an AWS call with its error as a handler's.
    static func mapping<T>(_ call: () async throws(AWSError) -> T) async throws(HandlerError) -> T {
        do throws(AWSError) {
            return try await call()
        } catch {
            throw HandlerError(error)
        }
    }

    /// Reads an input with its error as a handler's.
    static func decoding<T>(_ read: () throws(InvalidEvent) -> T) throws(HandlerError) -> T {
        do throws(InvalidEvent) {
            return try read()
        } catch {
            throw HandlerError(error)
        }
    }
}
