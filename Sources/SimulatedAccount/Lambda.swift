import AWSClient
import AWSOperations
import LosslessJSON

extension ListFunctionTags: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        TagPage(try caller.tags(try caller.resource(functionARN, Self.name, "ResourceNotFoundException")))
    }
}

/// All versions of the layer that are in the file, the newest first.
extension ListLayerVersions: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("resource", .string(layerARN))])
        var versions: [LayerVersion] = []
        for member in caller.simulated.resources.members where member.key.hasPrefix("\(layerARN):") {
            guard let number = Int(member.key.dropFirst(layerARN.count + 1)) else { continue }
            versions.append(
                LayerVersion(
                    version: number,
                    description: member.value["description"]?.string,
                    createdAt: caller.time(member.value["createdAt"])
                )
            )
        }
        versions.sort { $0.version > $1.version }
        let (range, next) = caller.page(marker, of: versions.count)
        return LayerVersionPage(versions: Array(versions[range]), nextMarker: next)
    }
}
