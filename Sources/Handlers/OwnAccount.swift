import AWSClient
import AWSOperations
import Policies
import Synchronization

/// Our own account's id: from the function's ARN, else asked for once.
package final class OwnAccount: Sendable {
    private let known: Mutex<String?>

    /// - Parameter invokedFunctionARN: as Lambda hands it to an invocation.
    package init(invokedFunctionARN: String? = nil) {
        known = Mutex(invokedFunctionARN.flatMap(ARN.init).map(\.account).flatMap { $0.isAccountID ? $0 : nil })
    }

    /// Takes the account from an invocation's function ARN, so that it need not be asked for.
    package func learn(invokedFunctionARN: String?) {
        guard known.withLock({ $0 }) == nil, let arn = invokedFunctionARN.flatMap(ARN.init), arn.account.isAccountID
        else { return }
        known.withLock { $0 = arn.account }
    }

    func id(_ access: AWSAccess) async throws(HandlerError) -> String {
        if let known = known.withLock({ $0 }) { return known }
        guard let region = access.region else {
            throw HandlerError(.invalidConfiguration, "AWS_REGION is not set: set it to the region to work in")
        }
        let identity = try await HandlerError.mapping { () async throws(AWSError) in
            try await access.aws.call(GetCallerIdentity(region: region))
        }
        known.withLock { $0 = identity.account }
        return identity.account
    }
}
