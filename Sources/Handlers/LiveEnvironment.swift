package import AWSClient
import AWSOperations
import Basics
import Ledger
package import Logging
import Synchronization

/// What lives as long as the process: configuration, connections and credentials; nothing of any invocation.
package final class LiveEnvironment: Sendable {
    /// The settings.
    package let settings: Settings
    private let client: AWSClient
    private let configuration: AWSConfiguration
    private let journal = InProcessJournal()
    private let ownAccount = OwnAccount()
    private let rules: RuleSource
    private let approvalKey: ApprovalKey
    private let organization = OrganizationCache()
    private let members = Mutex<[String: CachingCredentials]>([:])

    /// Checks the settings; opens nothing.
    ///
    /// - Parameter includingProfiles: whether `~/.aws` counts as well, as for the command line.
    package init(
        environment: EnvironmentVariables,
        logger: Logger,
        includingProfiles: Bool = false
    ) throws(HandlerError) {
        settings = try Settings(environment: environment)
        rules = try RuleSource(setting: settings.rules)
        approvalKey = ApprovalKey(settings.approvalKey)
        do throws(AWSError) {
            configuration = try AWSConfiguration(environment: environment, includingProfiles: includingProfiles)
        } catch {
            throw HandlerError(.invalidConfiguration, error.message)
        }
        let transport = NetworkTransport(caBundle: configuration.caBundle)
        client = AWSClient(
            configuration: configuration,
            transport: transport,
            credentials: DefaultCredentials(
                environment: environment,
                transport: transport,
                includingProfiles: includingProfiles
            ),
            logger: logger
        )
        if let table = settings.ledgerTable, table.region ?? configuration.region == nil {
            throw HandlerError(
                .invalidConfiguration,
                "AWS_REGION is not set: set it to the region of the table \(table.name), or GATEHOUSE_LEDGER_TABLE to its ARN"
            )
        }
        if !settings.withoutLedger.isEmpty {
            logger.warning(
                "settings that need a ledger (GATEHOUSE_LEDGER_TABLE) are not used",
                metadata: ["settings": .string(settings.withoutLedger.joined(separator: ", "))]
            )
        }
        if let bus = settings.eventBus, bus.region ?? configuration.region == nil {
            throw HandlerError(
                .invalidConfiguration,
                "AWS_REGION is not set: set it to the region of the bus \(bus.name), or GATEHOUSE_EVENT_BUS to its ARN"
            )
        }
    }

    /// What one invocation works with.
    ///
    /// - Parameters:
    ///   - deadline: when to stop calling AWS; `nil` for never.
    ///   - invokedFunctionARN: says our own account, where Lambda gives it.
    package func invocation(
        deadline: ContinuousClock.Instant?,
        invokedFunctionARN: String?,
        logger: Logger,
        isDryRun: Bool = false
    ) -> HandlerEnvironment {
        ownAccount.learn(invokedFunctionARN: invokedFunctionARN)
        let own = client.with(deadline: deadline, logger: logger)
        let aws: any AWSCaller = isDryRun ? ReadOnlyCaller(own) : own
        var environment = HandlerEnvironment(
            settings: settings,
            rules: rules,
            aws: aws,
            member: { account, partition in
                let member = own.with(credentials: self.memberCredentials(account, partition))
                return isDryRun ? ReadOnlyCaller(member) : member
            },
            ownAccount: ownAccount,
            region: configuration.region,
            logger: logger,
            journal: journal,
            isDryRun: isDryRun,
            deadline: deadline,
            organization: organization,
            pause: { duration in
                if let deadline, .now + duration >= deadline { throw CancellationError() }
                try await Task.sleep(for: duration)
            }
        )
        environment.approvalKey = approvalKey
        environment.functionARN = invokedFunctionARN
        environment.metrics = InvocationMetrics(counter: own.counter)
        return withLedger(environment)
    }

    private func withLedger(_ environment: HandlerEnvironment) -> HandlerEnvironment {
        guard let table = settings.ledgerTable, let region = table.region ?? configuration.region else {
            return environment
        }
        let store = DynamoDBStore(environment.aws, table: table.name, region: region, newID: Ledger.randomID)
        return environment.with(Ledger(store, now: environment.now), local: journal)
    }

    private func memberCredentials(_ account: String, _ partition: Partition) -> CachingCredentials {
        let role = "arn:\(partition.rawValue):iam::\(account):role/\(settings.memberRole ?? "")"
        return members.withLock { members in
            if let known = members[role] { return known }
            let credentials = AWSClient.assumedRole(
                role,
                sessionName: "gatehouse",
                externalID: settings.memberExternalID,
                region: configuration.region ?? partition.globalRegion,
                base: client
            )
            members[role] = credentials
            return credentials
        }
    }
}

/// A way to AWS that writes nothing, whatever the handlers do: the last line of a dry run.
package struct ReadOnlyCaller: AWSCaller {
    private let caller: any AWSCaller

    /// Lets the reads of `caller` through.
    package init(_ caller: any AWSCaller) {
        self.caller = caller
    }

    /// Passes a read on; a write is refused without being sent.
    package func call<Operation: AWSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        guard !Operation.isWrite else {
            throw AWSError(
                kind: .rejected,
                service: Operation.service.id,
                operation: Operation.name,
                message: "a dry run writes nothing"
            )
        }
        return try await caller.call(operation)
    }

    package func prepare(for service: AWSService, in region: Region) {
        caller.prepare(for: service, in: region)
    }
}
