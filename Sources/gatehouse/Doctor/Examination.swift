import AWSClient
import AWSOperations
import Basics
import Handlers
import Policies

/// One run of the checks. Each of them asks AWS for seconds at most.
struct Examination: Sendable {
    let aws: any AWSCaller
    let region: Region
    let account: String
    let deployment: Deployment
    /// The settings, and what is read by them; `nil` where they are wrong.
    let environment: HandlerEnvironment?
    /// Another account to assume the role of.
    let member: String?
    /// `--profile NAME`, or nothing, for commands that are to be pasted.
    let profile: String

    /// How long everything after the stack may take.
    private static let patience = Duration.seconds(25)

    /// A command of the AWS CLI in this region.
    func cli(_ command: String, in other: Region? = nil) -> String {
        let words = command.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3 else { return "aws \(command) --region \(other ?? region)\(profile)" }
        return "aws \(words[0]) \(words[1]) --region \(other ?? region)\(profile) \(words[2])"
    }

    /// Everything that can be said, in the order in which it is mended.
    static func all(_ doctor: Doctor) async -> [CheckResult] {
        let logger = StandardErrorLog.logger(isVerbose: doctor.place.verbose)
        var plain = doctor.place.environment(EnvironmentVariables.ofProcess())
        var own: EnvironmentVariables = [:]
        for variable in plain.variables where variable.name.hasPrefix("GATEHOUSE_") {
            if !variable.value.isEmpty { own[variable.name] = variable.value }
            plain[variable.name] = nil
        }
        if let ledger = doctor.ledger { own["GATEHOUSE_LEDGER_TABLE"] = ledger }

        var results: [CheckResult] = []
        let live: LiveEnvironment
        do throws(HandlerError) {
            live = try LiveEnvironment(environment: plain, logger: logger, includingProfiles: true)
        } catch {
            return [.failed("settings", error.message, mend: "the environment variable that it names")]
        }
        func reading(_ live: LiveEnvironment) -> HandlerEnvironment {
            let deadline = ContinuousClock.now + patience
            return live.invocation(deadline: deadline, invokedFunctionARN: nil, logger: logger, isDryRun: true)
        }
        let asking = reading(live)
        let region = asking.region
        let identity: CallerIdentity
        do throws(AWSError) {
            identity = try await asking.aws.call(
                GetCallerIdentity(region: region ?? Partition.aws.globalRegion)
            )
            results.append(.ok("credentials", "\(identity.arn) of the account \(identity.account)"))
        } catch {
            results.append(.credentials(error, plain))
            if region == nil { results.append(.noRegion) }
            return results
        }
        guard let region else { return results + [.noRegion] }
        results.append(.ok("region", region.name))

        var deployment = await Deployment.read(
            stack: doctor.stack ?? "gatehouse",
            isAskedFor: doctor.stack != nil,
            own: own,
            region: region,
            reading(live).aws
        )
        if let ledger = doctor.ledger { deployment.settings["GATEHOUSE_LEDGER_TABLE"] = ledger }
        results += deployment.results
        var deployed = plain
        for variable in deployment.settings.variables { deployed[variable.name] = variable.value }
        var environment: HandlerEnvironment?
        if let location = deployment.rulesInPackage {
            deployed["GATEHOUSE_RULES"] = nil
            results.append(
                .warning(
                    "rules",
                    "could not be checked: \(location) is a file in the functions' package",
                    mend: "gatehouse rules check FILE with the file that was packaged"
                )
            )
        }
        do throws(HandlerError) {
            if deployment.hasSettings {
                environment = reading(
                    try LiveEnvironment(environment: deployed, logger: logger, includingProfiles: true)
                )
            }
        } catch {
            let mend = deployment.stack == nil ? "the setting that it names" : "deploy/install --parameter NAME=VALUE"
            results.append(.failed("settings", error.message, mend: mend))
        }
        let examination = Examination(
            aws: reading(live).aws,
            region: region,
            account: identity.account,
            deployment: deployment,
            environment: environment,
            member: doctor.member,
            profile: doctor.place.profile.map { " --profile \($0.shellQuoted)" } ?? ""
        )
        return results + (await examination.run(withRules: deployment.rulesInPackage == nil))
    }

    /// The checks side by side; their results in the checks' order.
    private func run(withRules: Bool) async -> [CheckResult] {
        var checks: [@Sendable () async -> [CheckResult]] = [analyzers, eventRule, functions, permissions]
        if withRules { checks.append(rules) }
        checks += [topics, ledger, memberRoles, undelivered]
        return await withTaskGroup(of: (Int, [CheckResult]).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await check()) }
            }
            var found: [(Int, [CheckResult])] = []
            for await results in group { found.append(results) }
            return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }
}

extension Deployment {
    /// Where the functions have their rules, if that is a file that only they have.
    var rulesInPackage: String? {
        guard stack != nil, let rules = settings["GATEHOUSE_RULES"] else { return nil }
        let elsewhere = ["s3://", "ssm:", "arn:", "builtin"].contains { rules.hasPrefix($0) }
        return elsewhere || rules.utf8.first { $0 > 0x20 } == UInt8(ascii: "{") ? nil : rules
    }
}

extension CheckResult {
    fileprivate static let noRegion = CheckResult.failed(
        "region",
        "no region is set",
        mend: "--region REGION, or export AWS_REGION=REGION"
    )

    /// Why AWS does not know who we are.
    fileprivate static func credentials(_ error: AWSError, _ environment: EnvironmentVariables) -> CheckResult {
        let profile = environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        let named = profile.map { " --profile \($0.shellQuoted)" } ?? ""
        let export = "eval \"$(aws configure export-credentials\(named) --format env)\""
        let login =
            "aws sso login\(named), then \(export)"
            + (profile == nil ? "" : ", and then without --profile and AWS_PROFILE")
        switch (error.kind, error.code) {
        case (_, "ExpiredToken"), (_, "ExpiredTokenException"), (_, "TokenRefreshRequired"):
            return .failed("credentials", "they have expired", mend: login)
        case (_, "InvalidClientTokenId"), (_, "UnrecognizedClientException"):
            return .failed(
                "credentials",
                "AWS does not know the access key (\(error.code ?? "")): it was deleted, or is of another partition",
                mend: "aws configure list\(named), which says where it is from"
            )
        case (_, "SignatureDoesNotMatch"), (_, "RequestExpired"), (_, "InvalidSignatureException"):
            return .failed(
                "credentials",
                "AWS does not take the signature: the secret is not the access key's, or this machine's clock is wrong",
                mend: "aws configure list\(named), and date -u"
            )
        case (.configuration, _) where ["AWS_CA_BUNDLE", "AWS_ENDPOINT_URL"].contains { error.message.contains($0) }:
            return .failed("credentials", error.message, mend: "the setting that it names")
        case (.configuration, _) where error.message.contains("no such profile"):
            return .failed("credentials", error.message, mend: "aws configure\(named), or aws configure list-profiles")
        case (.configuration, _):
            return .failed("credentials", error.message, mend: "aws configure; with single sign-on: \(login)")
        case (.unavailable, _), (.deadlineExceeded, _):
            // Its value may hold what nobody should read.
            let endpoint = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"].first { environment[$0]?.isEmpty == false }
            return .failed(
                "credentials",
                "AWS cannot be reached: \(error.message)",
                mend: "the network, a proxy or a firewall" + (endpoint.map { ", and \($0), which is set" } ?? "")
            )
        default:
            return .failed("credentials", "\(error)", mend: "aws sts get-caller-identity\(named)")
        }
    }
}
