/// The Runtime API as the loop sees it: takes events, hands in answers and failures.
struct RuntimeClient: ~Copyable {
    /// What `/next` gave.
    enum Next {
        case invocation(event: [UInt8], context: LambdaContext)
        /// The event is longer than we take, or its answer malformed; it can be answered.
        case unreadable(requestID: String, LambdaFailure)
        /// The loops are to end, and there is no event.
        case stopped
        /// Not an invocation that could be answered: logged and asked again, a bounded number of times.
        case unusable(why: String)
    }

    /// The longest answer that Lambda takes, in bytes.
    /// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    static let longestResponse = 6 * 1024 * 1024

    private var connection: RuntimeConnection
    private let requests: RuntimeRequests
    private let log: LambdaLog
    /// The function's ARN, nearly always the one of the last event.
    private var lastARN: (bytes: [UInt8], text: String) = ([], "")

    init(endpoint: RuntimeEndpoint, log: LambdaLog, timeoutSeconds: Int = 0) {
        connection = RuntimeConnection(to: endpoint, timeoutSeconds: timeoutSeconds)
        requests = RuntimeRequests(authority: endpoint.authority)
        self.log = log
    }

    /// Waits for the next event, or until `stop` is asked for.
    mutating func next(unless stop: StopRequest) throws(RuntimeError) -> Next {
        var tooLong: String?
        do throws(RuntimeConnection.Failure) {
            try connection.exchange(requests.next, unless: stop)
        } catch {
            switch error {
            case .unreachable(let error): throw error
            case .broken(let why): return broken(why)
            case .tooLong(let why): tooLong = why
            case .stopped: return .stopped
            }
        }
        let status = connection.answer.head.status
        guard status == 200 else {
            throw RuntimeError(
                "the Lambda Runtime API at \(connection.endpoint.authority) answered \(status) to /next instead of "
                    + "200\(bodyStart()); AWS_LAMBDA_RUNTIME_API must name where it listens"
            )
        }
        guard let range = connection.answer.head.value("lambda-runtime-aws-request-id") else {
            return .unusable(why: "it has no header Lambda-Runtime-Aws-Request-Id")
        }
        guard let requestID = Self.requestID(connection.answer.head.bytes, range) else {
            return .unusable(why: "its Lambda-Runtime-Aws-Request-Id is not 1 to 128 letters, digits, - or _")
        }
        if let tooLong {
            let failure = LambdaFailure(type: "Function.InvalidEvent", message: "the event was not read: \(tooLong)")
            return .unreadable(requestID: requestID, failure)
        }
        let context = LambdaContext(
            requestID: requestID,
            invokedFunctionARN: functionARN(),
            traceID: text("lambda-runtime-trace-id"),
            deadline: deadline(requestID)
        )
        return .invocation(event: connection.takeBody(), context: context)
    }

    /// An answer that broke off or is malformed. Where it says whose it is the invocation is reported as failed: nobody
    /// else would answer it.
    private func broken(_ why: String) -> Next {
        let head = connection.answer.head
        guard let range = head.onlyValue("lambda-runtime-aws-request-id"),
            let requestID = Self.requestID(head.bytes, range)
        else { return .unusable(why: why) }
        let failure = LambdaFailure(
            type: "Function.ServiceUnavailable",
            message: "the answer to /next was not read, and nothing was done: \(why)"
        )
        return .unreadable(requestID: requestID, failure)
    }

    /// Hands in an answer. What Lambda would not take becomes `Function.ResponseTooLarge`; anything else that goes
    /// wrong is logged, for nobody else can be told. Gives the error type that was reported instead, if any.
    mutating func respond(_ requestID: String, _ response: [UInt8]) -> String? {
        guard response.count <= Self.longestResponse else {
            let size = "the response has \(response.count) bytes: Lambda takes at most \(Self.longestResponse)"
            return fail(requestID, LambdaFailure(type: "Function.ResponseTooLarge", message: size))
        }
        let status = post(requests.response(requestID, length: response.count), response, requestID)
        if status == 413 {
            let size = "Lambda refused the response of \(response.count) bytes as too large\(bodyStart())"
            return fail(requestID, LambdaFailure(type: "Function.ResponseTooLarge", message: size))
        }
        return nil
    }

    /// Hands in a failure, and logs it. Gives its type.
    @discardableResult
    mutating func fail(_ requestID: String, _ failure: LambdaFailure) -> String {
        log.write(
            .error,
            "the invocation failed",
            requestID: requestID,
            fields: [("errorType", failure.type), ("errorMessage", failure.message)]
        )
        let body = failure.body()
        _ = post(requests.error(requestID, errorType: failure.type, length: body.count), body, requestID)
        return failure.type
    }

    /// Hands in why the process cannot take events at all.
    mutating func failInitialization(_ failure: LambdaFailure) {
        let body = failure.body()
        _ = post(requests.initializationError(errorType: failure.type, length: body.count), body, nil)
    }

    /// Gives the status, 0 where there is none. Any but 202 is logged here.
    private mutating func post(_ head: [UInt8], _ body: [UInt8], _ requestID: String?) -> Int {
        let problem: String
        var status = 0
        do throws(RuntimeConnection.Failure) {
            try connection.exchange(head, body)
            status = connection.answer.head.status
            if status == 202 { return status }
            problem = "status \(status)\(bodyStart())"
        } catch {
            switch error {
            case .unreachable(let error): problem = error.message
            case .broken(let why), .tooLong(let why): problem = why
            case .stopped: problem = "it was not sent"
            }
        }
        log.write(.error, "the Runtime API did not take a report", requestID: requestID, fields: [("why", problem)])
        return status
    }

    /// `: ` and up to 200 bytes of the answer's body, on one line; empty where it is empty.
    private func bodyStart() -> String {
        let body = connection.answer.body.prefix(200)
        let text = String(decoding: body.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        return text.isEmpty ? "" : ": " + text
    }

    private func text(_ name: StaticString) -> String? {
        let head = connection.answer.head
        guard let range = head.value(name), !range.isEmpty else { return nil }
        return String(decoding: head.bytes[range], as: UTF8.self)
    }

    private mutating func functionARN() -> String? {
        let head = connection.answer.head
        guard let range = head.value("lambda-runtime-invoked-function-arn"), !range.isEmpty else { return nil }
        let bytes = head.bytes[range]
        if !lastARN.bytes.elementsEqual(bytes) {
            lastARN = (Array(bytes), String(decoding: bytes, as: UTF8.self))
        }
        return lastARN.text
    }

    private func deadline(_ requestID: String) -> LambdaDeadline {
        let head = connection.answer.head
        if let range = head.value("lambda-runtime-deadline-ms"),
            let milliseconds = ASCII.number(head.bytes, range, maximum: Int.max)
        {
            return LambdaDeadline(millisecondsSinceEpoch: Int64(milliseconds))
        }
        log.write(
            .warn,
            "the event came without a deadline: the longest that Lambda allows is used",
            requestID: requestID,
            fields: [("header", "Lambda-Runtime-Deadline-Ms"), ("milliseconds", String(LambdaDeadline.longest))]
        )
        return .after(milliseconds: LambdaDeadline.longest)
    }

    /// The id, if it can stand in a path as it is.
    static func requestID(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
        guard !range.isEmpty, range.count <= 128 else { return nil }
        for byte in bytes[range] {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                continue
            default: return nil
            }
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }
}
