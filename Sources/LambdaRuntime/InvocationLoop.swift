/// One loop: next event, handler, report, for ever, all on the calling thread.
struct InvocationLoop: ~Copyable {
    /// Not `Result`: its conformance to `Error` would be looked up at run time, which costs a cold start.
    private enum Outcome: Sendable {
        case response([UInt8])
        case failure(LambdaFailure)
        case none
    }

    /// Where the handler's task leaves its outcome for the loop.
    ///
    /// `@unchecked Sendable`: written before `LoopExecutor.finish()`, read after `run(until:)` saw that.
    private final class Slot: @unchecked Sendable {
        var outcome = Outcome.none
    }

    /// How many answers to `/next` in a row may be unusable before the API counts as broken.
    private static let patience = 3

    private var client: RuntimeClient
    private let executor = LoopExecutor()
    private let slot = Slot()
    private let endpoint: RuntimeEndpoint
    private let stop: StopRequest
    private let log: LambdaLog
    private let handler: LambdaRuntime.Handler
    private var trace: TraceEnvironment?

    /// - Parameter ownsEnvironment: whether `_X_AMZN_TRACE_ID` may be set: the environment belongs to the process.
    init(
        endpoint: RuntimeEndpoint,
        ownsEnvironment: Bool,
        stop: StopRequest,
        log: LambdaLog,
        handler: @escaping LambdaRuntime.Handler
    ) {
        client = RuntimeClient(endpoint: endpoint, log: log)
        self.endpoint = endpoint
        self.stop = stop
        self.log = log
        self.handler = handler
        trace = ownsEnvironment ? TraceEnvironment() : nil
    }

    /// Gives the error that ends it; `nil` when it was asked to stop.
    mutating func run() -> RuntimeError? {
        var unusable = 0
        while true {
            do throws(RuntimeError) {
                switch try client.next(unless: stop) {
                case .invocation(let event, let context):
                    unusable = 0
                    invoke(event, context)
                case .unreadable(let requestID, let failure):
                    unusable = 0
                    client.fail(requestID, failure)
                case .stopped:
                    return nil
                case .unusable(let why):
                    unusable += 1
                    log.write(.error, "the answer to /next cannot be used", fields: [("why", why)])
                    if unusable == Self.patience {
                        throw RuntimeError(
                            "the Lambda Runtime API at \(endpoint.authority) gave \(unusable) answers to /next in a row "
                                + "that cannot be used; of the last: \(why)"
                        )
                    }
                }
            } catch {
                return error
            }
        }
    }

    private mutating func invoke(_ event: consuming [UInt8], _ context: LambdaContext) {
        trace?.set(context.traceID)
        executor.begin()
        let task = start(event, context)
        let isInTime = executor.run(until: context.deadline.stop)
        var errorType: String?
        if !isInTime {
            task.cancel()
            let why = "the handler was stopped \(LambdaDeadline.margin) ms before the function's time-out"
            errorType = client.fail(context.requestID, LambdaFailure(type: "Function.DeadlineExceeded", message: why))
            _ = executor.run(until: nil)
        }
        executor.park()
        let outcome = slot.outcome
        slot.outcome = .none
        switch outcome {
        case .response(let response) where isInTime: errorType = client.respond(context.requestID, response)
        case .failure(let failure) where isInTime: errorType = client.fail(context.requestID, failure)
        case .response:
            log.write(.warn, "the handler ended after its deadline: its answer is lost", requestID: context.requestID)
        case .failure(let failure):
            log.write(
                .warn,
                "the handler failed after its deadline",
                requestID: context.requestID,
                fields: [("errorType", failure.type), ("errorMessage", failure.message)]
            )
        case .none: break  // The executor ends only with an outcome.
        }
        context.afterwards.ended(errorType: errorType)
    }

    private func start(_ event: consuming [UInt8], _ context: LambdaContext) -> Task<Void, Never> {
        let handler = handler
        let slot = slot
        let executor = executor
        return Task(executorPreference: executor) { [event] in
            do throws(LambdaFailure) {
                slot.outcome = .response(try await handler(event, context))
            } catch {
                slot.outcome = .failure(error)
            }
            executor.finish()
        }
    }
}
