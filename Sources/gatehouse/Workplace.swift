import AWSClient
import ArgumentParser
import Handlers
import Logging
import SimulatedAccount

/// Where a command works: AWS itself by the usual environment, or an account from a file.
struct Workplace {
    /// The account in memory, where there is one.
    let simulated: SimulatedAccount?
    private let make: (_ isDryRun: Bool) throws(HandlerError) -> HandlerEnvironment

    /// AWS by the usual environment and profiles.
    static func live(logger: Logger) throws(HandlerError) -> Workplace {
        let live = try LiveEnvironment(
            environment: EnvironmentVariables.ofProcess(),
            logger: logger,
            includingProfiles: true
        )
        return Workplace(simulated: nil) { (isDryRun) throws(HandlerError) in
            live.invocation(deadline: nil, invokedFunctionARN: nil, logger: logger, isDryRun: isDryRun)
        }
    }

    /// A simulated account with its own settings; those that the process has as well go first.
    static func simulated(_ account: SimulatedAccount, logger: Logger) throws(HandlerError) -> Workplace {
        var environment = account.environment
        for variable in EnvironmentVariables.ofProcess().variables where variable.name.hasPrefix("GATEHOUSE_") {
            environment[variable.name] = variable.value
        }
        let settings = try Settings(environment: environment)
        let rules = try RuleSource(setting: settings.rules)
        return Workplace(simulated: account) { (isDryRun) throws(HandlerError) in
            simulatedEnvironment(account, settings, rules, logger: logger, isDryRun: isDryRun)
        }
    }

    /// What a handler works with here.
    func environment(isDryRun: Bool) throws(HandlerError) -> HandlerEnvironment {
        try make(isDryRun)
    }
}

/// The options that say where a command works.
struct WorkplaceOptions: ParsableArguments {
    @Option(help: "Work on the account in this file instead of AWS.", completion: .file(extensions: ["json"]))
    var account: String?

    @Flag(name: .shortAndLong, help: "Log more to standard error.")
    var verbose = false

    /// The place that was asked for.
    func workplace() throws -> Workplace {
        let logger = StandardErrorLog.logger(isVerbose: verbose)
        guard let account else { return try .live(logger: logger) }
        return try .simulated(try SimulatedAccount(try jsonFile(account)), logger: logger)
    }
}

/// A handler's environment in a simulated account.
func simulatedEnvironment(
    _ account: SimulatedAccount,
    _ settings: Settings,
    _ rules: RuleSource = RuleSource(),
    logger: Logger,
    isDryRun: Bool = false
) -> HandlerEnvironment {
    let own = account.caller()
    return HandlerEnvironment(
        settings: settings,
        rules: rules,
        aws: isDryRun ? ReadOnlyCaller(own) : own,
        member: { id, partition in
            let role = "arn:\(partition.rawValue):iam::\(id):role/\(settings.memberRole ?? "")"
            let member = account.caller(inAccount: id, memberRole: role)
            return isDryRun ? ReadOnlyCaller(member) : member
        },
        ownAccount: OwnAccount(),
        region: account.region,
        logger: logger,
        isDryRun: isDryRun,
        pause: { _ in }
    )
}
