package import AWSClient

/// Why the ledger did not do what it was asked.
package enum LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What DynamoDB or the way to it said.
    case aws(AWSError)
    /// The lease was taken by somebody else, or what was to be settled is settled already; as a sentence's end.
    case lost(String)
    /// An item is of a form that this version does not know, or is broken.
    case unreadable(String)

    package var description: String {
        switch self {
        case .aws(let error): error.description
        case .lost(let what): what
        case .unreadable(let what): what
        }
    }

    /// Runs a call of the store with its error as the ledger's.
    static func mapping<T>(_ call: () async throws(AWSError) -> T) async throws(LedgerError) -> T {
        do throws(AWSError) {
            return try await call()
        } catch {
            throw .aws(error)
        }
    }
}
