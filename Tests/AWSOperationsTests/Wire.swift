import AWSClient
import AWSOperations
import Basics
import LosslessJSON

/// us-east-1, which every test asks in.
let region = Partition.aws.globalRegion
let account = "123456789012"

/// A body as text.
func body<Operation: AWSOperation>(_ operation: Operation) throws -> String {
    String(decoding: try operation.wireRequest().body, as: UTF8.self)
}

/// Method, path and query as they stand in a request line.
func line<Operation: AWSOperation>(_ operation: Operation) throws -> String {
    let request = try operation.wireRequest()
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return "\(request.method) \(request.path)\(query.isEmpty ? "" : "?")\(query)"
}

/// The target of a json request, with its protocol's version.
func target<Operation: AWSOperation>(_ operation: Operation) throws -> String {
    let request = try operation.wireRequest()
    return "\(request.headers["content-type"] ?? "") \(request.headers["x-amz-target"] ?? "")"
}

/// What an operation reads in an answer.
func read<Operation: AWSOperation>(_ operation: Operation, _ text: String) throws -> Operation.Output {
    try operation.output(from: WireResponse(status: 200, body: Array(text.utf8)))
}

/// The kind of error that an answer makes of an operation; nil when it is read.
func refusal<Operation: AWSOperation>(_ operation: Operation, _ text: String) -> AWSError.Kind? {
    do {
        _ = try read(operation, text)
        return nil
    } catch {
        return (error as? AWSError)?.kind
    }
}

func time(_ text: String) -> Timestamp? { Timestamp(iso8601: text) }
