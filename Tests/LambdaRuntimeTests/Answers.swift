@testable import LambdaRuntime

/// Answers of the Runtime API, as bytes.
enum Answers {
    /// Milliseconds until a deadline that no test reaches, however busy the machine is.
    static let farDeadline: Int64 = 3_600_000
    static let accepted = http(202, [], Array("{\"status\":\"OK\"}\n".utf8))
    /// What ends a test's run: the runtime takes it as the end of the API.
    static let end = http(500, [], Array("{\"errorMessage\":\"the test is over\"}".utf8))

    static func http(_ status: Int, _ headers: [(String, String)], _ body: [UInt8]) -> [UInt8] {
        var text = "HTTP/1.1 \(status) Some Reason\r\nContent-Type: application/json\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return Array((text + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
    }

    static func headers(
        id: String,
        until deadline: LambdaDeadline = .after(milliseconds: farDeadline),
        trace: String? = nil
    ) -> [(String, String)] {
        var headers = [
            ("Lambda-Runtime-Aws-Request-Id", id),
            ("Lambda-Runtime-Deadline-Ms", String(deadline.millisecondsSinceEpoch)),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:gatehouse"),
        ]
        if let trace { headers.append(("Lambda-Runtime-Trace-Id", trace)) }
        return headers
    }

    /// An event whose deadline is so many milliseconds from now.
    static func event(
        _ body: String,
        id: String = "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        deadline: Int64 = Answers.farDeadline,
        trace: String? = nil
    ) -> [UInt8] {
        http(200, headers(id: id, until: .after(milliseconds: deadline), trace: trace), Array(body.utf8))
    }

    /// One behaviour after the other for `/next`, then the end; 202 for every report.
    static func script(_ next: [FakeRuntimeAPI.Answer]) -> FakeRuntimeAPI.Behaviour {
        let queue = Queue(next)
        return { request, _ in
            request.isNext ? queue.take() ?? .send([end]) : .send([accepted])
        }
    }

    static func script(events: [[UInt8]]) -> FakeRuntimeAPI.Behaviour {
        script(events.map { .send([$0]) })
    }
}
