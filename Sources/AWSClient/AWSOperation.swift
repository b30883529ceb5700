/// One operation of one service with its input: knows its wire form and how to read its answer.
package protocol AWSOperation: Sendable {
    /// What the operation answers.
    associatedtype Output: Sendable

    /// The service that has the operation.
    static var service: AWSService { get }
    /// The operation's name in AWS's models, such as `GetRole`.
    static var name: String { get }
    /// Whether it changes something. Such a call is sent again only when it was certainly not carried out.
    static var isWrite: Bool { get }

    /// The region to ask. For a global service it only says the partition.
    var region: Region { get }
    /// A first label of the host, before the service's own name: an account's id for S3 Control. Endpoint URLs that are set
    /// stay as they are. `nil` for all others.
    var hostLabel: String? { get }

    /// The request, without host and signature. Throws `rejected` for input that has no wire form.
    func wireRequest() throws(AWSError) -> WireRequest

    /// The output in a successful answer. Throws `unavailable` for one that cannot be read.
    func output(from response: WireResponse) throws(AWSError) -> Output
}

extension AWSOperation {
    package var hostLabel: String? { nil }
}

/// The only way to AWS: the real one, a simulated account, or a test's.
package protocol AWSCaller: Sendable {
    /// Carries out one operation. Throws what AWS or the way to it said.
    func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output

    /// Says that a call of the service will most likely follow, so that a connection can be opened meanwhile.
    func prepare(for service: AWSService, in region: Region)
}

extension AWSCaller {
    package func prepare(for service: AWSService, in region: Region) {}
}
