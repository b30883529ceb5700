import Handlers
import LambdaRuntime
import Logging

/// Runs the handler on one event; its error in the Runtime API's words.
func answer(
    _ event: [UInt8],
    _ context: LambdaContext,
    _ handler: HandlerName,
    _ live: LiveEnvironment,
    _ log: LambdaLog
) async throws(LambdaFailure) -> [UInt8] {
    let invocation = live.invocation(
        // A little earlier than the runtime gives up, so that a batch can still name what is left.
        deadline: .now + context.deadline.stop.remaining() - .milliseconds(250),
        invokedFunctionARN: context.invokedFunctionARN,
        logger: logger(log, requestID: context.requestID)
    )
    let metrics = invocation.metrics
    let mode = live.settings.mode
    let requestID = context.requestID
    context.afterwards.run { report in
        let lines = MetricLines(handler: handler, mode: mode, requestID: requestID, time: report.time)
        for line in lines.lines(metrics, errorType: report.errorType) { log.writeData(line) }
    }
    defer { metrics.end() }
    do throws(HandlerError) {
        return try await run(handler, event, invocation)
    } catch {
        throw LambdaFailure(type: error.type, message: error.message)
    }
}

/// How many events are worked on side by side: one, but for Lambda Managed Instances.
func loopCount(_ setting: String?) throws(HandlerError) -> Int {
    guard let setting, !setting.isEmpty else { return 1 }
    guard let count = Int(setting), (1...1000).contains(count) else {
        throw HandlerError(
            .invalidConfiguration,
            "AWS_LAMBDA_MAX_CONCURRENCY is '\(setting.prefix(50))' but must be a whole number from 1 to 1000"
        )
    }
    return count
}
