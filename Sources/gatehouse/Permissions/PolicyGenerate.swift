import AWSClient
import AWSOperations
import ArgumentParser
import Basics
import Handlers
import LosslessJSON
import Policies

/// A policy made of what a role did, and how it differs from what the role may do.
struct PolicyGenerate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Have Access Analyzer make a policy of what a role did, and compare it with what is attached.",
        discussion: """
            Access Analyzer reads the trail's events of the last days by the access role, which takes minutes; then the \
            policy is printed, or written to --output, and after it the difference from the role's inline and managed \
            policies: with - what goes, with + what comes in its place. Nothing is attached or changed. AWS makes one \
            policy at a time in an account, knows at most 90 days, and does not take a trail of Control Tower. Some \
            resources are placeholders such as ${BucketName}, to be filled in. When the wait is broken off, the job goes \
            on: its id is said first, for --job.

            EXAMPLES
              gatehouse policy generate Reporting \\
                --trail arn:aws:cloudtrail:us-east-1:111122223333:trail/all \\
                --access-role arn:aws:iam::111122223333:role/ReadsTrail --days 30
              gatehouse policy generate Reporting --job JOB --output reporting.json

            Read on: Sources/Handlers/Handlers.docc/UnusedAccess.md
            """
    )

    @Argument(help: "The role's name or ARN.")
    var role: String

    @Option(help: ArgumentHelp("The trail that has the role's events.", valueName: "arn"))
    var trail: String?

    @Option(help: ArgumentHelp("The role by which Access Analyzer reads the trail.", valueName: "arn"))
    var accessRole: String?

    @Option(help: "So many days back, 1 to 90.")
    var days = 30

    @Option(help: ArgumentHelp("Go on with a job that was started before.", valueName: "id"))
    var job: String?

    @Option(help: "Wait so many minutes at most.")
    var wait = 60

    @Option(help: "Write the policy to this file; where AWS makes several, the others to FILE.2, FILE.3 …")
    var output: String?

    @OptionGroup var place: CommandTargetOptions

    @Flag(help: "Print policy and difference as JSON and nothing else.")
    var json = false

    func validate() throws {
        guard (1...90).contains(days) else { throw ValidationError("--days is from 1 to 90.") }
        guard (1...1440).contains(wait) else { throw ValidationError("--wait is from 1 to 1440 minutes.") }
        if !role.hasPrefix("arn:") {
            guard RoleARN("arn:aws:iam::123456789012:role/\(role)") != nil, !role.contains("/") else {
                throw ValidationError("'\(role.printable(limit: 100))' is neither the name nor the ARN of a role.")
            }
        } else if RoleARN(role) == nil {
            throw ValidationError("'\(role.printable(limit: 200))' is not the ARN of a role.")
        }
        guard job == nil else {
            guard trail == nil, accessRole == nil else {
                throw ValidationError("--job goes on with what was started: without --trail and --access-role.")
            }
            return
        }
        guard let trail, let accessRole else {
            throw ValidationError("Give --trail and --access-role, or --job.")
        }
        guard let arn = ARN(trail), arn.service == "cloudtrail", arn.resource.hasPrefix("trail/") else {
            throw ValidationError("--trail wants a trail's ARN, not '\(trail.printable(limit: 200))'.")
        }
        guard RoleARN(accessRole) != nil else {
            throw ValidationError("--access-role wants a role's ARN, not '\(accessRole.printable(limit: 200))'.")
        }
    }

    func run() async throws {
        let environment = try place.target().environment(isDryRun: false)
        guard let region = environment.region else { throw CommandError("no region: give --region, or set AWS_REGION") }
        do {
            let role = try await roleARN(region, environment.aws)
            let id = try await start(role, region, environment)
            let made = try await result(id, region, environment)
            if let other = made.principal, other != role.description {
                throw CommandError(
                    "the job \(id.printable(limit: 200)) is about \(other.printable(limit: 2048)), not \(role)"
                )
            }
            let attached = try await AttachedPolicy.all(ofRole: role, environment.aws)
            try report(made, PermissionDifference(attached: attached, generated: made.policies), attached)
        } catch let error as AWSError {
            throw Self.explained(error)
        }
    }

    /// By its ARN, or by asking IAM for the name.
    private func roleARN(_ region: Region, _ aws: any AWSCaller) async throws(AWSError) -> RoleARN {
        if let arn = RoleARN(role) { return arn }
        let found = try await aws.call(GetRole(roleName: role, partition: region.partition))
        guard let arn = RoleARN(found.arn) else {
            throw AWSError(kind: .rejected, message: "IAM answers with '\(found.arn)', which is not a role's ARN")
        }
        return arn
    }

    /// The job's id.
    private func start(
        _ role: RoleARN,
        _ region: Region,
        _ environment: HandlerEnvironment
    ) async throws(AWSError) -> String {
        if let job { return job }
        let now = environment.now()
        let id = try await environment.aws.call(
            StartPolicyGeneration(
                region: region,
                principal: role.description,
                trail: trail ?? "",
                accessRole: accessRole ?? "",
                start: now.adding(seconds: -86_400 * Int64(days)),
                end: now
            )
        )
        Terminal.talk("Job \(id.printable(limit: 200)) was started; --job goes on with it.")
        return id
    }

    private func result(
        _ id: String,
        _ region: Region,
        _ environment: HandlerEnvironment
    ) async throws(AWSError) -> GeneratedPolicy {
        let begin = ContinuousClock.now
        let end = begin + .seconds(60 * wait)
        var pause = Duration.seconds(2)
        while true {
            let made = try await environment.aws.call(GetGeneratedPolicy(region: region, job: id))
            switch made.status {
            case "SUCCEEDED": return made
            case "IN_PROGRESS": break
            default:
                let why = made.error.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
                throw AWSError(kind: .rejected, message: "AWS made no policy: the job \(id) is \(made.status)\(why)")
            }
            guard .now + pause < end else {
                throw AWSError(
                    kind: .deadlineExceeded,
                    message: "the job \(id) was not done in \(wait) minutes; it goes on: --job \(id)"
                )
            }
            let seconds = (ContinuousClock.now - begin).components.seconds
            Terminal.talk("AWS is reading the trail (\(seconds) s) …")
            do {
                try await environment.pause(pause)
            } catch {
                throw AWSError(kind: .cancelled, message: "the wait was broken off; the job goes on: --job \(id)")
            }
            pause = min(pause * 2, .seconds(30))
        }
    }

    private func report(_ made: GeneratedPolicy, _ difference: PermissionDifference, _ attached: [AttachedPolicy])
        throws
    {
        if let output {
            for (index, policy) in made.policies.enumerated() {
                try Files.write(PolicyText.pretty(policy), to: index == 0 ? output : "\(output).\(index + 1)")
            }
        }
        if json {
            let policies = made.policies.map { (try? JSON.parse(text: $0)) ?? .string($0) }
            let answer: JSON = [
                "role": made.principal.map(JSON.string) ?? .null, "isComplete": made.isComplete.map(JSON.bool) ?? .null,
                "policies": .array(policies), "difference": difference.json,
            ]
            return try Terminal.output(answer.text(.pretty))
        }
        if output == nil {
            for policy in made.policies { try Terminal.write(Array(PolicyText.pretty(policy).utf8), to: 1) }
        }
        let lines = difference.lines
        if !lines.isEmpty {
            try Terminal.output(
                Terminal.colored(diff: (["--- attached", "+++ generated"] + lines).joined(separator: "\n"))
            )
        }
        for text in difference.notCompared { Terminal.talk("Not compared: \(text.printable(limit: 1000))") }
        if made.policies.isEmpty {
            Terminal.talk("AWS found nothing that the role did: there is no policy to make of it.")
        }
        if made.isComplete == false {
            Terminal.talk("AWS says that the policy does not hold everything that the role did.")
        }
        let needless = difference.grants.count { $0.usedFor.isEmpty }
        Terminal.talk(
            "Attached: \(attached.count) polic\(attached.count == 1 ? "y" : "ies"), \(difference.grants.count) actions; "
                + "\(needless) of them not used in that time."
        )
    }

    /// What is behind the errors that people meet here.
    private static func explained(_ error: AWSError) -> any Error {
        switch error.code {
        case "ConflictException":
            CommandError("another policy is being made in this account, and AWS makes one at a time: \(error)")
        case "ServiceQuotaExceededException":
            CommandError("the day's number of policies is used up: \(error)")
        default: HandlerError(error)
        }
    }
}
