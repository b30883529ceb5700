/// The Lambda custom runtime: takes events from the Runtime API over blocking sockets of its own and hands each to a
/// handler. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
///
///     AWS_LAMBDA_RUNTIME_API ◄── RuntimeConnection ◄── RuntimeClient ◄── InvocationLoop ──► handler
///                                (socket, HTTP/1.1)    (next, response,  (deadline,          (on the loop's
///                                                       error)            LoopExecutor)       own thread)
package enum LambdaRuntime {
    /// Turns an event, as it came, into an answer (JSON). It runs on the loop's own thread wherever it does not
    /// suspend on something else. It must not need the main actor: the main thread is blocked.
    package typealias Handler =
        @Sendable (_ event: [UInt8], _ context: LambdaContext) async throws(LambdaFailure) -> [UInt8]

    /// Takes events until `stop` is asked for; blocks the calling thread. Invocations that run then are finished. A handler's failure, an event that is too long, an answer
    /// that is too large and a handler that outlives its deadline are reported for that event, and the next is taken.
    /// - Parameters:
    ///   - api: the value of `AWS_LAMBDA_RUNTIME_API`: an authority, `host:port`.
    ///   - concurrency: loops side by side, each with its own thread, connection and executor; less than 1 is 1.
    ///     With one loop, the calling thread is the loop, and `_X_AMZN_TRACE_ID` follows the invocation.
    ///   - stop: ends the run.
    ///   - log: gets every failure.
    ///   - handler: called once per event.
    /// - Throws: when the API cannot be used: no connection, a status other than 200 from `/next`, or three answers in
    ///   a row that cannot be used. With several loops the first to end so ends the run, once the others have finished
    ///   what they are at.
    package static func run(
        api: String,
        concurrency: Int,
        stop: StopRequest,
        log: LambdaLog,
        handler: @escaping Handler
    ) throws(RuntimeError) {
        let endpoint = try RuntimeEndpoint(api)
        guard concurrency > 1 else {
            var loop = InvocationLoop(endpoint: endpoint, ownsEnvironment: true, stop: stop, log: log, handler: handler)
            if let error = loop.run() { throw error }
            return
        }
        let ends = LoopEnds(of: concurrency)
        var started = 0
        while started < concurrency {
            do throws(RuntimeError) {
                try LoopThread.start {
                    var loop = InvocationLoop(
                        endpoint: endpoint,
                        ownsEnvironment: false,
                        stop: stop,
                        log: log,
                        handler: handler
                    )
                    ends.ended(1, with: loop.run(), stop)
                }
                started += 1
            } catch {
                // Those that were started may have taken events.
                ends.ended(concurrency - started, with: error, stop)
                break
            }
        }
        if let error = ends.wait() { throw error }
    }

    /// Tells Lambda that the process cannot take events, and logs it. Never blocks for more than some seconds and
    /// never fails: the caller exits 1 in any case.
    package static func reportInitializationFailure(api: String, _ failure: LambdaFailure, log: LambdaLog) {
        log.write(
            .fatal,
            "initialization failed",
            fields: [("errorType", failure.type), ("errorMessage", failure.message)]
        )
        do throws(RuntimeError) {
            var client = RuntimeClient(endpoint: try RuntimeEndpoint(api), log: log, timeoutSeconds: 2)
            client.failInitialization(failure)
        } catch {
            log.write(.error, "the Runtime API cannot be told", fields: [("why", error.message)])
        }
    }
}
