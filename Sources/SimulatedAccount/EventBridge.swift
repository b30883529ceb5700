import AWSClient
import AWSOperations
import LosslessJSON

/// As AWS does, a bus that is not there takes an event in silence, and one whose detail is no object is refused within an
/// answer of 200.
extension PutEvents: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        let size = ([source, detailType, detail] + resources).reduce(0) { $0 + $1.utf8.count }
        guard size + 14 <= 262_144 else {
            throw caller.refusal(
                "ValidationException",
                "Total size of the entries in the request is over the limit.",
                400
            )
        }
        guard let json = try? JSON.parse(text: detail), json.object != nil else {
            return AWSError(kind: .rejected, code: "MalformedDetail", message: "Detail is malformed.")
        }
        caller.record(
            Self.name,
            isWrite: true,
            [
                ("EventBusName", .string(bus)), ("Source", .string(source)), ("DetailType", .string(detailType)),
                ("Resources", .array(resources.map(JSON.string))), ("Detail", json),
            ]
        )
        return nil
    }
}
