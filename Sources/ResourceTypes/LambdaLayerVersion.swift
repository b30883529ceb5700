import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Messages
import Policies

/// Lambda layer versions: description; layers have no tags. ListLayerVersions and not GetLayerVersion, which gives a way to
/// the code.
enum LambdaLayerVersion: KnownResourceType {
    static let type = ResourceType.lambdaLayerVersion
    static let keys: [ContextKey] = [.description]
    static let permissions = ["lambda:ListLayerVersions"]

    static func lookUps(
        of resource: LookedUpResource,
        _ known: inout ContextBuilder
    ) throws(AWSError) -> [LookUp] {
        [try resource.layerVersion(&known)]
    }
}

extension LookedUpResource {
    fileprivate func layerVersion(_ known: inout ContextBuilder) throws(AWSError) -> LookUp {
        let (name, version) = try parts(after: "layer:")
        guard let version, let number = Int(version) else { throw .impossible("'\(id.prefix(200))' names no version") }
        known[.name] = .string(name)
        // Lambda has no tags for layers: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
        known[.tags] = [:]
        let layer = String(id.dropLast(version.count + 1))
        return LookUp([.description]) { () async throws(AWSError) in
            var marker: String?
            for _ in 0..<LookedUpResource.pageLimit {
                let page = try await aws.call(ListLayerVersions(layerARN: layer, marker: marker, region: region))
                if let found = page.versions.first(where: { $0.version == number }) {
                    var answer = LookUpAnswer()
                    answer.learned[.description] = found.description.json
                    answer.learned[.createdAt] = (found.createdAt?.extended).json
                    return answer
                }
                guard let next = page.nextMarker else {
                    throw .impossible("the layer \(layer.prefix(200)) has no version \(number)")
                }
                marker = next
            }
            throw .tooManyPages
        }
    }
}

extension LambdaLayerVersion {
    static func name(_ input: Case) -> String {
        input.finding.resource.name(after: "layer:")
    }

    static func steps(_ input: Case) -> [String] {
        let by = ManualSteps(input.finding)
        // arn:…:layer:name:version
        let parts = input.finding.resource.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return ["Take the statement out of the layer version's policy."] }
        let layer = [
            (option: "--layer-name", value: "\(by.prefix)\(parts[0]):\(parts[1])"),
            (option: "--version-number", value: String(parts[2])),
        ]
        return [
            by.aws("lambda get-layer-version-policy", layer).saving().step("Save the layer version's policy"),
            by.aws("lambda remove-layer-version-permission", layer + [("--statement-id", "STATEMENT_ID")])
                .step(by.removeStatement),
        ]
    }
}
