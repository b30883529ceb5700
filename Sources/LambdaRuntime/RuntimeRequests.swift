/// The four requests of the Runtime API, as bytes; built from parts that are made once.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
struct RuntimeRequests {
    /// `GET …/invocation/next`, complete.
    let next: [UInt8]
    private let tail: [UInt8]
    private static let base = "/2018-06-01/runtime/"

    init(authority: String) {
        var common = Array(" HTTP/1.1\r\nHost: ".utf8)
        common.append(contentsOf: authority.utf8)
        common.append(contentsOf: "\r\nUser-Agent: gatehouse\r\n".utf8)
        var next = Array("GET ".utf8)
        next.append(contentsOf: Self.base.utf8)
        next.append(contentsOf: "invocation/next".utf8)
        next.append(contentsOf: common)
        next.append(contentsOf: "\r\n".utf8)
        self.next = next
        common.append(contentsOf: "Content-Type: application/json\r\nContent-Length: ".utf8)
        tail = common
    }

    /// Head of `POST …/invocation/ID/response` for a body of `length` bytes. `requestID` must have been checked.
    func response(_ requestID: String, length: Int) -> [UInt8] {
        post("invocation/", requestID, "/response", errorType: nil, length)
    }

    /// Head of `POST …/invocation/ID/error`. `requestID` must have been checked, `errorType` be a `LambdaFailure`'s.
    func error(_ requestID: String, errorType: String, length: Int) -> [UInt8] {
        post("invocation/", requestID, "/error", errorType: errorType, length)
    }

    /// Head of `POST …/init/error`.
    func initializationError(errorType: String, length: Int) -> [UInt8] {
        post("init/error", "", "", errorType: errorType, length)
    }

    private func post(
        _ start: String,
        _ requestID: String,
        _ end: String,
        errorType: String?,
        _ length: Int
    ) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(320)
        head.append(contentsOf: "POST ".utf8)
        head.append(contentsOf: Self.base.utf8)
        head.append(contentsOf: start.utf8)
        head.append(contentsOf: requestID.utf8)
        head.append(contentsOf: end.utf8)
        head.append(contentsOf: tail)
        head.append(contentsOf: String(length).utf8)
        if let errorType {
            head.append(contentsOf: "\r\nLambda-Runtime-Function-Error-Type: ".utf8)
            head.append(contentsOf: errorType.utf8)
        }
        head.append(contentsOf: "\r\n\r\n".utf8)
        return head
    }
}
