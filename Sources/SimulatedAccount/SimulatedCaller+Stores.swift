import AWSClient
import AWSOperations
import LosslessJSON

/// Where rules may be kept: objects by `s3://bucket/key`, and parameters by name.
extension SimulatedCaller {
    func getObject(_ operation: GetObject) throws(AWSError) -> [UInt8] {
        record("GetObject", [("Bucket", .string(operation.bucket)), ("Key", .string(operation.key))])
        guard let object = simulated.objects["s3://\(operation.bucket)/\(operation.key)"] else {
            throw AWSError(
                kind: .notFound,
                code: "NoSuchKey",
                message: "The specified key does not exist.",
                status: 404
            )
        }
        return Array((object.string ?? object.text()).utf8)
    }

    func getParameter(_ operation: GetParameter) throws(AWSError) -> String {
        record("GetParameter", [("Name", .string(operation.parameter))])
        guard let parameter = simulated.parameters[operation.parameter] else {
            throw AWSError(kind: .notFound, code: "ParameterNotFound", message: operation.parameter, status: 400)
        }
        return parameter.string ?? parameter.text()
    }
}
