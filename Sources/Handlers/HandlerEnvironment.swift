package import AWSClient
import AWSOperations
package import Basics
package import Ledger
package import Logging
import Policies
import Synchronization

/// Everything that a handler may use besides its input.
package struct HandlerEnvironment: Sendable {
    /// The settings.
    package var settings: Settings
    /// What is decided by.
    package var rules: RuleSource
    /// AWS with our own credentials.
    package var aws: any AWSCaller
    /// AWS with the member role's credentials in another account.
    package var member: @Sendable (_ account: String, _ partition: Partition) -> any AWSCaller
    /// Our own account.
    package var ownAccount: OwnAccount
    /// Our own region, for calls that no ARN gives one.
    package var region: Region?
    /// The invocation's log.
    package var logger: Logger
    /// What signs links of requests for approval.
    package var approvalKey: ApprovalKey
    /// Whether a change that was agreed to and would be another now is asked about anew; not by a command, whose settings may
    /// be others than the functions'.
    package var asksAnew = true
    /// The ARN of the function that was invoked; `nil` outside of Lambda.
    package var functionARN: String?
    /// What changes are written through.
    package var journal: any ChangeJournal
    /// What is known beyond one invocation; `nil` where there is no ledger.
    package var ledger: Ledger?
    /// Change nothing and say what would be done, whatever the mode.
    package var isDryRun: Bool
    /// When AWS calls stop; `nil` for never.
    package var deadline: ContinuousClock.Instant?
    /// What Organizations has told in this process.
    package var organization: OrganizationCache
    /// The time.
    package var now: @Sendable () -> Timestamp
    /// A clock that nobody sets, for how old a reading is.
    package var instant: @Sendable () -> ContinuousClock.Instant = { .now }
    /// Waits between reads; throws when cancelled.
    package var pause: @Sendable (Duration) async throws -> Void
    /// What this invocation came to, for its metrics.
    package var metrics = InvocationMetrics()

    package init(
        settings: Settings,
        rules: RuleSource = RuleSource(),
        aws: any AWSCaller,
        member: @escaping @Sendable (_ account: String, _ partition: Partition) -> any AWSCaller,
        ownAccount: OwnAccount,
        region: Region?,
        logger: Logger,
        journal: any ChangeJournal = InProcessJournal(),
        isDryRun: Bool = false,
        deadline: ContinuousClock.Instant? = nil,
        organization: OrganizationCache = OrganizationCache(),
        now: @escaping @Sendable () -> Timestamp = { WallClock.now() },
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.settings = settings
        approvalKey = ApprovalKey(settings.approvalKey)
        self.rules = rules
        self.aws = aws
        self.member = member
        self.ownAccount = ownAccount
        self.region = region
        self.logger = logger
        self.journal = journal
        self.isDryRun = isDryRun
        self.deadline = deadline
        self.organization = organization
        self.now = now
        self.pause = pause
    }

    /// The same with a ledger, which changes are then written through.
    ///
    /// - Parameter local: what keeps the tasks of this process apart.
    package func with(_ ledger: Ledger, local: InProcessJournal = InProcessJournal()) -> HandlerEnvironment {
        var environment = self
        environment.ledger = ledger
        environment.journal = LedgerJournal(
            terms: LeaseTerms(ledger: ledger, settings: settings, deadline: deadline, instant: instant),
            local: local,
            pause: pause,
            logger: logger
        )
        return environment
    }

    /// What asks with our own credentials.
    package var access: AWSAccess {
        AWSAccess(aws: aws, region: region, logger: logger, now: now)
    }

    /// The caller for resources of an account: the member role's where one is set and the account is not our own.
    func caller(for account: String, partition: Partition) async throws(HandlerError) -> any AWSCaller {
        guard settings.memberRole != nil, try await ownAccount.id(access) != account else { return aws }
        return member(account, partition)
    }

    /// Waits before a change is read back again.
    ///
    /// - Parameter change: what was changed, for the error when the time is up.
    func wait(_ duration: Duration, for change: String) async throws(HandlerError) {
        do {
            try await pause(duration)
        } catch {
            throw HandlerError(
                .deadlineExceeded,
                "the time was up before \(change) could be read back; a retry finds out"
            )
        }
    }
}

extension Partition {
    /// What to say of an ARN in another partition than those that are served.
    static func unsupported(_ name: String) -> String {
        "The resource is in the partition '\(name.printable(limit: 50))', but only aws, aws-cn and aws-us-gov are "
            + "supported."
    }
}
