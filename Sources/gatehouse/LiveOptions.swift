import AWSClient
import ArgumentParser
import Handlers

/// The options of commands that ask AWS alone, and never an account in a file.
struct LiveOptions: ParsableArguments {
    @Option(help: "The AWS region to work in; without it AWS_REGION, else the profile's.")
    var region: String?

    @Option(help: "The profile of ~/.aws whose credentials are used; without it AWS_PROFILE, or the environment's.")
    var profile: String?

    @Flag(name: .shortAndLong, help: "Log more to standard error.")
    var verbose = false

    func validate() throws {
        try CommandTargetOptions.check(region: region)
    }

    /// What asks AWS and changes nothing. Our own settings have no say in it.
    ///
    /// - Parameter patience: how long everything may take.
    func reader(within patience: Duration) throws(HandlerError) -> HandlerEnvironment {
        var environment = EnvironmentVariables.ofProcess().placed(region: region, profile: profile)
        for variable in environment.variables where variable.name.hasPrefix("GATEHOUSE_") {
            environment[variable.name] = nil
        }
        let logger = StandardErrorLog.logger(isVerbose: verbose)
        let live = try LiveEnvironment(environment: environment, logger: logger, includingProfiles: true)
        return live.invocation(
            deadline: .now + patience,
            invokedFunctionARN: nil,
            logger: logger,
            isDryRun: true
        )
    }
}
