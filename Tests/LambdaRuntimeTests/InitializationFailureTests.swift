import Testing

@testable import LambdaRuntime

@Suite struct InitializationFailureTests {
    private let failure = LambdaFailure(type: "Function.InvalidConfiguration", message: "GATEHOUSE_MODE is `on`")

    @Test func itIsPostedAndLogged() throws {
        let api = try FakeRuntimeAPI { _, _ in .send([Answers.accepted]) }
        let captured = CapturedLog()
        LambdaRuntime.reportInitializationFailure(api: api.authority, failure, log: captured.log)
        api.stop()
        #expect(api.requests.count == 1)
        let request = try #require(api.requests.first)
        #expect(request.line == "POST /2018-06-01/runtime/init/error HTTP/1.1")
        #expect(request.headers["lambda-runtime-function-error-type"] == "Function.InvalidConfiguration")
        #expect(
            request.text == #"{"errorType":"Function.InvalidConfiguration","errorMessage":"GATEHOUSE_MODE is `on`","#
                + #""stackTrace":[]}"#
        )
        let lines = captured.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""level":"FATAL","message":"initialization failed","errorType""#) == true)
    }

    @Test(arguments: ["127.0.0.1:1", "nonsense/", ""])
    func anAPIThatCannotBeToldIsLogged(api: String) {
        let captured = CapturedLog()
        LambdaRuntime.reportInitializationFailure(api: api, failure, log: captured.log)
        #expect(captured.lines().count == 2)
    }

    @Test(arguments: [
        ("Function.InvalidEvent", "Function.InvalidEvent"), ("InvalidEvent", "Function.InvalidEvent"),
        ("", "Function.Internal"), ("Function.", "Function.Internal"), ("Function.ä b\r\nX: y", "Function.bXy"),
        ("Function.Function.A", "Function.FunctionA"), ("日本", "Function.Internal"),
        (String(repeating: "a", count: 99), "Function." + String(repeating: "a", count: 64)),
    ])
    func errorTypesAreBroughtIntoForm(given: String, sent: String) {
        #expect(LambdaFailure(type: given, message: "").type == sent)
    }

    @Test func aMessageIsCutAtItsBound() throws {
        let body = LambdaFailure(type: "A", message: String(repeating: "ä", count: 50_001) + "€").body()
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains("ä… (100005 bytes in all)\""))
        #expect(body.count < LambdaFailure.longestMessage + 150)
        #expect(StrictJSON.isValid(body))
    }
}
