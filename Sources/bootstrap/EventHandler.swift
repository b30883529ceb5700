import Handlers
import LambdaRuntime
import Logging

/// Runs the handler of this function on events.
struct EventHandler: Sendable {
    let handler: HandlerName
    let live: LiveEnvironment
    let log: LambdaLog

    /// What the handler makes of one event; its error in the Runtime API's words.
    func result(of event: [UInt8], _ context: LambdaContext) async throws(LambdaFailure) -> [UInt8] {
        let invocation = live.invocation(
            // A little earlier than the runtime gives up, so that a batch can still name what is left.
            deadline: .now + context.deadline.stop.remaining() - .milliseconds(250),
            invokedFunctionARN: context.invokedFunctionARN,
            logger: log.logger(requestID: context.requestID)
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
            return try await handler.run(event, invocation)
        } catch {
            throw LambdaFailure(type: error.type, message: error.message)
        }
    }
}
