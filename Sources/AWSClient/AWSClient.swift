package import Logging

/// Asks AWS itself. Copies are cheap and share connections, credentials and the retry allowance.
package struct AWSClient: AWSCaller {
    let core: ClientCore
    let credentials: any CredentialsProvider
    let deadline: ContinuousClock.Instant?
    let logger: Logger
    /// What this copy and its own copies by `with(credentials:)` asked.
    package let counter: CallCounter

    /// A client that opens nothing before its first call.
    package init(
        configuration: AWSConfiguration,
        transport: any HTTPTransport,
        credentials: any CredentialsProvider,
        logger: Logger
    ) {
        self.init(
            core: ClientCore(configuration: configuration, transport: transport),
            credentials: credentials,
            deadline: nil,
            logger: logger,
            counter: CallCounter()
        )
    }

    init(
        core: ClientCore,
        credentials: any CredentialsProvider,
        deadline: ContinuousClock.Instant?,
        logger: Logger,
        counter: CallCounter
    ) {
        self.core = core
        self.credentials = credentials
        self.deadline = deadline
        self.logger = logger
        self.counter = counter
    }

    /// The settings.
    package var configuration: AWSConfiguration { core.configuration }

    /// A copy for one invocation: nothing is sent after `deadline`, and what it does is counted and logged apart.
    package func with(deadline: ContinuousClock.Instant?, logger: Logger) -> AWSClient {
        AWSClient(core: core, credentials: credentials, deadline: deadline, logger: logger, counter: CallCounter())
    }

    /// A copy that signs with others' credentials.
    package func with(credentials: any CredentialsProvider) -> AWSClient {
        AWSClient(core: core, credentials: credentials, deadline: deadline, logger: logger, counter: counter)
    }

    /// Carries out one operation, tried again as `RetryState` allows.
    package func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        do throws(AWSError) {
            return try await perform(operation)
        } catch {
            throw error.named(service: Operation.service.id, operation: Operation.name)
        }
    }

    /// Opens a connection to the service's endpoint, where there is none.
    package func prepare(for service: AWSService, in region: Region) {
        guard let endpoint = try? core.configuration.endpoint(of: service, in: region) else { return }
        core.transport.prepare(for: endpoint.url)
    }
}
