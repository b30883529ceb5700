import AWSClient
import AWSOperations
import LosslessJSON

extension DescribeKey: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let key = try caller.resource(keyARN, Self.name, "NotFoundException")
        return KeyDescription(
            arn: keyARN,
            manager: key["keyManager"]?.string ?? "CUSTOMER",
            state: key["keyState"]?.string ?? "Enabled",
            description: key["description"]?.string ?? "",
            createdAt: caller.time(key["createdAt"])
        )
    }
}

extension ListAliases: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let key = try caller.resource(keyARN, Self.name, "NotFoundException")
        let names = (key["keyAliases"]?.array ?? []).compactMap(\.string)
        let (range, next) = caller.page(marker, of: names.count)
        return AliasPage(names: Array(names[range]), nextMarker: next)
    }
}

extension ListResourceTags: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.page(marker, of: try caller.tags(try caller.resource(keyARN, Self.name, "NotFoundException")))
    }
}
