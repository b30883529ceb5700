import AWSClient
import ArgumentParser
import Basics
import Handlers
import Ledger
import Logging
import Rules
import SimulatedAccount

/// Where a command works: AWS itself by the usual environment, or an account from a file.
struct CommandTarget {
    /// The account in memory, where there is one.
    let simulated: SimulatedAccount?
    private let make: (_ isDryRun: Bool) throws(HandlerError) -> HandlerEnvironment

    /// AWS by the usual environment and profiles.
    static func live(_ environment: EnvironmentVariables, logger: Logger) throws(HandlerError) -> CommandTarget {
        let live = try LiveEnvironment(
            environment: environment,
            logger: logger,
            includingProfiles: true
        )
        return CommandTarget(simulated: nil) { (isDryRun) throws(HandlerError) in
            live.invocation(deadline: nil, invokedFunctionARN: nil, logger: logger, isDryRun: isDryRun)
        }
    }

    /// A simulated account with its own settings; those that the process has as well go first.
    ///
    /// - Parameters:
    ///   - ledger: the ledger's table, in the place of the setting; it is in memory, whatever its name.
    ///   - memberRole: the role in other accounts, in the place of the setting.
    static func simulated(
        _ account: SimulatedAccount,
        ledger: String? = nil,
        memberRole: String? = nil,
        logger: Logger
    ) throws(HandlerError) -> CommandTarget {
        var environment = account.environment
        for variable in EnvironmentVariables.ofProcess().variables where variable.name.hasPrefix("GATEHOUSE_") {
            environment[variable.name] = variable.value
        }
        if let ledger { environment["GATEHOUSE_LEDGER_TABLE"] = ledger }
        if let memberRole { environment["GATEHOUSE_MEMBER_ROLE"] = memberRole }
        let settings = try Settings(environment: environment)
        let rules = try RuleSource(setting: settings.rules)
        let ledger = settings.ledgerTable.map { _ in Ledger(MemoryStore(), now: { WallClock.now() }) }
        return CommandTarget(simulated: account) { (isDryRun) throws(HandlerError) in
            HandlerEnvironment.simulated(account, settings, rules, ledger, logger: logger, isDryRun: isDryRun)
        }
    }

    /// What a handler works with here.
    func environment(isDryRun: Bool) throws(HandlerError) -> HandlerEnvironment {
        try make(isDryRun)
    }
}

/// The options that say where a command works.
struct CommandTargetOptions: ParsableArguments {
    @Option(help: "Work on the account in this file instead of AWS.", completion: .file(extensions: ["json"]))
    var account: String?

    @Option(help: "The AWS region to work in; without it AWS_REGION, else the profile's.")
    var region: String?

    @Option(help: "The profile of ~/.aws whose credentials are used; without it AWS_PROFILE, or the environment's.")
    var profile: String?

    @Flag(name: .shortAndLong, help: "Log more to standard error.")
    var verbose = false

    func validate() throws {
        guard account == nil || profile == nil else {
            throw ValidationError("--profile is for AWS; the account in a file needs no credentials.")
        }
        try Self.check(region: region)
    }

    /// Throws for what is no region's name.
    static func check(region: String?) throws {
        guard let region else { return }
        do throws(Region.Invalid) {
            _ = try Region(region)
        } catch {
            throw ValidationError("--region: \(error.message)")
        }
        // AWS may have it all the same.
        if let doubt = Regions.doubt(about: region) { Terminal.talk("Note: --region: \(doubt)") }
    }

    /// The environment with what the options say in the place of what it said.
    func environment(_ inherited: EnvironmentVariables) -> EnvironmentVariables {
        inherited.placed(region: region, profile: profile)
    }

    /// The place that was asked for.
    ///
    /// - Parameters:
    ///   - ledger: the ledger's table, in the place of the setting.
    ///   - memberRole: the role in other accounts, in the place of the setting.
    func target(ledger: String? = nil, memberRole: String? = nil) throws -> CommandTarget {
        let logger = StandardErrorLog.logger(isVerbose: verbose)
        guard let account else {
            var environment = environment(EnvironmentVariables.ofProcess())
            if let ledger { environment["GATEHOUSE_LEDGER_TABLE"] = ledger }
            if let memberRole { environment["GATEHOUSE_MEMBER_ROLE"] = memberRole }
            return try .live(environment, logger: logger)
        }
        let json = try Files.json(account)
        try FileKind.checkAccount(json, account)
        let simulated = try SimulatedAccount(json)
        // A command as it was mailed names the region: it must be this one.
        if let region, region != simulated.region.name {
            throw CommandError("--region is \(region), but \(Terminal.name(account)) has none of its findings there")
        }
        return try .simulated(simulated, ledger: ledger, memberRole: memberRole, logger: logger)
    }
}

extension EnvironmentVariables {
    /// The same with a region and a profile that were asked for.
    func placed(region: String?, profile: String?) -> EnvironmentVariables {
        var environment = self
        if let region { environment["AWS_REGION"] = region }
        if let profile {
            environment["AWS_PROFILE"] = profile
            // A profile that is asked for goes before credentials that happen to be there, as with the AWS CLI.
            for name in [
                "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            ] {
                environment[name] = nil
            }
        }
        return environment
    }
}

extension HandlerEnvironment {
    /// A handler's environment in a simulated account.
    static func simulated(
        _ account: SimulatedAccount,
        _ settings: Settings,
        _ rules: RuleSource = RuleSource(),
        _ ledger: Ledger? = nil,
        logger: Logger,
        isDryRun: Bool = false
    ) -> HandlerEnvironment {
        let own = account.caller()
        let environment = HandlerEnvironment(
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
        return ledger.map { environment.with($0) } ?? environment
    }
}
