import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
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
