import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// Lambda functions: tags.
enum LambdaFunction: KnownResourceType {
    static let type = ResourceType.lambdaFunction
    static let keys: [ContextKey] = [.tags]
    static let permissions = ["lambda:ListTags"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.function(&known)]
    }
}

extension LookedUpResource {
    fileprivate func function(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let (name, qualifier) = try parts(after: "function:")
        known[.name] = .string(name)
        let unqualified = qualifier.map { String(id.dropLast($0.count + 1)) } ?? id
        return LookUp([.tags]) { () async throws(AWSError) in
            try tagged(try await aws.call(ListFunctionTags(functionARN: unqualified, region: region)).tags)
        }
    }
}

extension LambdaFunction {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "function:")
    }

    static func consolePath(_ resource: ARN, region: String) -> String? {
        let name = resource.resource.split(separator: ":").dropFirst().first.map { PercentEncoding.segment(String($0)) }
        return name.map { "lambda/home?region=\(region)#/functions/\($0)?tab=configure" }
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        // arn:…:function:name[:version or alias]
        let parts = input.finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        var function = [(option: "--function-name", value: "\(by.prefix)\(parts.prefix(2).joined(separator: ":"))")]
        if parts.count > 2 { function.append((option: "--qualifier", value: String(parts[2]))) }
        return [
            by.aws("lambda get-policy", function).saving().step("Save the function's policy"),
            by.aws("lambda remove-permission", function + [("--statement-id", "STATEMENT_ID")])
                .step(by.removeStatement),
        ]
    }
}
