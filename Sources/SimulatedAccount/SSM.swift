import AWSClient
import AWSOperations
import LosslessJSON

/// Rules may be kept in parameters, by name.
extension GetParameter: SimulatedOperation {
    func answer(_ caller: SimulatedCaller) throws(AWSError) -> Output {
        caller.record(Self.name, [("Name", .string(parameter))])
        guard let value = caller.simulated.parameters[parameter] else {
            throw AWSError(kind: .notFound, code: "ParameterNotFound", message: parameter, status: 400)
        }
        return value.string ?? value.text()
    }
}
