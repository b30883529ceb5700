/// What Lambda says about one invocation, beside the event itself.
package struct LambdaContext: Sendable {
    /// `Lambda-Runtime-Aws-Request-Id`, checked: 1 to 128 characters of `A-Z a-z 0-9 - _`.
    package let requestID: String
    /// `Lambda-Runtime-Invoked-Function-Arn`, as it came; `nil` where the API left it out.
    package let invokedFunctionARN: String?
    /// `Lambda-Runtime-Trace-Id`, the X-Ray header value; `nil` where the API left it out.
    package let traceID: String?
    /// When Lambda stops waiting for an answer.
    package let deadline: LambdaDeadline
    /// What is to be done once the answer is out.
    package let afterwards = PostResponseWork()

    package init(requestID: String, invokedFunctionARN: String?, traceID: String?, deadline: LambdaDeadline) {
        self.requestID = requestID
        self.invokedFunctionARN = invokedFunctionARN
        self.traceID = traceID
        self.deadline = deadline
    }
}
