import AWSClient
import AWSOperations
import Basics

/// What is deployed, as AWS has it: a stack with its functions, or nothing but this process's own settings.
struct Deployment: Sendable {
    /// The stack's name.
    let name: String
    /// `nil` where there is none, or it may not be looked at.
    var stack: StackDescription?
    /// `nil` where they could not be listed.
    var resources: [StackResource]?
    /// Those that could be read, in the stack's order.
    var functions: [FunctionConfiguration] = []
    /// The settings that are looked after: `GATEHOUSE_…`.
    var settings: EnvironmentVariables = [:]
    /// What was found on the way.
    var results: [CheckResult] = []

    /// The handlers whose settings go first; what one has, another may lack.
    private static let order = ["notify", "enrich", "evaluate", "resolve", "archive", "respond", "approve"]

    /// Whether it is known what Gatehouse is set to; else nothing is to be said of that.
    var hasSettings: Bool { !functions.isEmpty || !settings.variables.isEmpty }

    /// The resource of that name in the template; `nil` where the stack has none, or it was never made.
    func resource(_ logicalID: String) -> String? {
        resources?.first { $0.logicalID == logicalID && !$0.physicalID.isEmpty }?.physicalID
    }

    /// The mode that functions are in, without repetition.
    var modes: [String] {
        var modes: [String] = []
        for function in functions {
            guard let environment = function.environment else { continue }
            let mode = environment["GATEHOUSE_MODE"].flatMap { $0.isEmpty ? nil : $0 } ?? "observe"
            if !modes.contains(mode) { modes.append(mode) }
        }
        return modes.sorted()
    }

    /// Reads the stack and its functions.
    ///
    /// - Parameters:
    ///   - isAskedFor: whether somebody has named the stack, which must be there then.
    ///   - own: the settings of this process, where there is no stack.
    static func read(
        stack name: String,
        isAskedFor: Bool,
        own: EnvironmentVariables,
        region: Region,
        _ aws: any AWSCaller
    ) async -> Deployment {
        var deployment = Deployment(name: name)
        do throws(AWSError) {
            let stack = try await aws.call(DescribeStack(region: region, stack: name))
            deployment.stack = stack
            deployment.results.append(judged(stack, name, region))
        } catch {
            deployment.settings = own
            deployment.results.append(missing(name, isAskedFor, own, region, error))
            return deployment
        }
        do throws(AWSError) {
            let resources = try await aws.everyPage(of: ListStackResources.self) { (token) async throws(AWSError) in
                try await aws.call(ListStackResources(region: region, stack: name, nextToken: token))
            }
            deployment.resources = resources
            await deployment.readFunctions(among: resources, region, aws)
        } catch {
            deployment.results.append(.unknown("stack", error, of: "what is in the stack \(name)"))
            deployment.settings = deployment.settingsOfStack
        }
        return deployment
    }

    private static func judged(_ stack: StackDescription, _ name: String, _ region: Region) -> CheckResult {
        let version = stack.outputs["Version"].map { ", version \($0)" } ?? ""
        let what = "\(name) in \(region) is \(stack.status)\(version)"
        switch stack.status {
        case "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE": return .ok("stack", what)
        case "UPDATE_ROLLBACK_COMPLETE":
            return .warning(
                "stack",
                "\(what): the last update failed, and it works as before",
                mend: "what CloudFormation says of it, then deploy/install"
            )
        case let status where status.hasSuffix("_IN_PROGRESS"):
            return .warning("stack", "\(what): wait until it is done", mend: "gatehouse doctor, a few minutes later")
        default:
            return .failed(
                "stack",
                what,
                mend: "aws cloudformation describe-stack-events --region \(region) --stack-name \(name)"
            )
        }
    }

    private static func missing(
        _ name: String,
        _ isAskedFor: Bool,
        _ own: EnvironmentVariables,
        _ region: Region,
        _ error: AWSError
    ) -> CheckResult {
        guard error.code == "ValidationError", error.message.holds("does not exist") else {
            return .unknown("stack", error, of: "the stack \(name)")
        }
        let what = "there is no stack \(name) in \(region)"
        guard isAskedFor || own.variables.isEmpty else {
            return .warning(
                "stack",
                "\(what): this goes by the GATEHOUSE_ settings of this process, and not to rule, functions and queue",
                mend: "--stack NAME or --region REGION, where it is a stack"
            )
        }
        return .failed("stack", what, mend: "deploy/install --region \(region); or --stack NAME and --region REGION")
    }

    /// What the stack says of the settings, for where its functions do not say it.
    private var settingsOfStack: EnvironmentVariables {
        guard let stack else { return [:] }
        var settings: EnvironmentVariables = [:]
        func set(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { settings[name] = value }
        }
        set("GATEHOUSE_TOPIC_ARN", stack.outputs["Topic"])
        set("GATEHOUSE_MODE", stack.parameters["Mode"])
        set("GATEHOUSE_LEDGER_TABLE", stack.parameters["LedgerTableArn"])
        set("GATEHOUSE_URGENT_TOPIC_ARN", stack.parameters["UrgentTopicArn"])
        set("GATEHOUSE_CHAT_TOPIC_ARN", stack.parameters["ChatTopicArn"])
        set("GATEHOUSE_EVENT_BUS", stack.parameters["EventBusArn"])
        set("GATEHOUSE_BLOCKED_TYPES", stack.parameters["BlockedTypes"])
        set("GATEHOUSE_MEMBER_EXTERNAL_ID", stack.parameters["MemberExternalId"])
        set("GATEHOUSE_MEMBER_ROLE", stack.parameters["MemberRoleName"].flatMap { $0.isEmpty ? nil : "\($0)-read" })
        set("GATEHOUSE_RULES", stack.parameters["RulesParameter"].flatMap { $0.isEmpty ? nil : "ssm:\($0)" })
        if let bucket = stack.parameters["RulesBucket"], !bucket.isEmpty {
            set("GATEHOUSE_RULES", "s3://\(bucket)/\(stack.parameters["RulesKey"] ?? "")")
        }
        return settings
    }

    private mutating func readFunctions(
        among resources: [StackResource],
        _ region: Region,
        _ aws: any AWSCaller
    ) async {
        let names = resources.filter { $0.type == "AWS::Lambda::Function" && !$0.physicalID.isEmpty }
        let answers = await withTaskGroup(of: (Int, Result<FunctionConfiguration, AWSError>).self) { group in
            for (index, name) in names.enumerated() {
                group.addTask {
                    let answer = await Result { () async throws(AWSError) in
                        try await aws.call(GetFunctionConfiguration(region: region, function: name.physicalID))
                    }
                    return (index, answer)
                }
            }
            var answers: [(Int, Result<FunctionConfiguration, AWSError>)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var problem: CheckResult?
        for (name, answer) in zip(names, answers) {
            switch answer {
            case .success(let function): functions.append(function)
            case .failure(let error) where error.kind == .notFound:
                results.append(
                    .failed(
                        "functions",
                        "the function \(name.physicalID) of the stack is not there any more",
                        mend: "deploy/uninstall and deploy/install, which make it again"
                    )
                )
            case .failure(let error):
                problem = problem ?? .unknown("functions", error, of: "the function \(name.physicalID)")
            }
        }
        if let problem { results.append(problem) }
        settings = merged()
        if problem != nil || functions.contains(where: { $0.environment == nil }) {
            for variable in settingsOfStack.variables where settings[variable.name] == nil {
                settings[variable.name] = variable.value
            }
        }
        if names.isEmpty {
            results.append(
                .failed("functions", "\(self.name) has no functions: is it Gatehouse's?", mend: "--stack NAME")
            )
        }
    }

    private func merged() -> EnvironmentVariables {
        var merged: EnvironmentVariables = [:]
        let rank = { (function: FunctionConfiguration) in
            Self.order.firstIndex(of: function.handler) ?? Self.order.count
        }
        for function in functions.sorted(by: { rank($0) < rank($1) }) {
            for (name, value) in (function.environment ?? [:]).sorted(by: { $0.key < $1.key })
            where name.hasPrefix("GATEHOUSE_") && !value.isEmpty && merged[name] == nil {
                merged[name] = value
            }
        }
        return merged
    }
}
