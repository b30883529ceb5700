import AWSClient
import Basics
import Glibc
import Handlers
import LambdaRuntime
import Logging

/// Reads the environment and takes events until it is told to stop.
///
/// `main` stays synchronous: an async one ends the first thread, which costs a static executable 48 ms.
@main
struct Bootstrap {
    static func main() {
        // Before anything is opened.
        guard StandardDescriptors.open() else { exit(1) }
        // A closed log must not end the function.
        signal(SIGPIPE, SIG_IGN)
        if CommandLine.arguments.dropFirst().first == "--version" {
            print("gatehouse \(Release.version)")
            exit(0)
        }
        let environment = EnvironmentVariables.ofProcess()
        let log = LambdaLog { environment[$0] }
        guard let api = environment["AWS_LAMBDA_RUNTIME_API"], !api.isEmpty else {
            log.write(
                .fatal,
                "AWS_LAMBDA_RUNTIME_API is not set: this program runs inside AWS Lambda; "
                    + "for local runs use gatehouse invoke"
            )
            exit(1)
        }
        do throws(HandlerError) {
            try takeEvents(of: api, environment, log)
        } catch {
            LambdaRuntime.reportInitializationFailure(
                api: api,
                LambdaFailure(type: error.type, message: error.message),
                log: log
            )
            exit(1)
        }
    }

    private static func takeEvents(
        of api: String,
        _ environment: EnvironmentVariables,
        _ log: LambdaLog
    ) throws(HandlerError) {
        // A container image has no handler setting: where _HANDLER is empty, the image's command names the handler.
        let setting = environment["_HANDLER"].flatMap { $0.isEmpty ? nil : $0 }
        let handler = try HandlerName(setting: setting ?? CommandLine.arguments.dropFirst().first)
        let concurrency = try loopCount(environment["AWS_LAMBDA_MAX_CONCURRENCY"])
        if let shortage = DescriptorLimit.shortage(loops: concurrency) {
            throw HandlerError(.invalidConfiguration, shortage)
        }
        let live = try LiveEnvironment(environment: environment, logger: log.logger(requestID: nil))
        log.write(
            .info,
            "Gatehouse begins",
            fields: [
                ("version", Release.version), ("handler", handler.rawValue), ("mode", live.settings.mode.rawValue),
            ]
        )
        let work = EventHandler(handler: handler, live: live, log: log)
        do throws(RuntimeError) {
            let stop = try StopRequest()
            stop.askOnTermination()
            try LambdaRuntime.run(api: api, concurrency: concurrency, stop: stop, log: log) {
                (event, context) async throws(LambdaFailure) in
                try await work.result(of: event, context)
            }
            log.write(.info, "no further events are taken: SIGTERM was received")
        } catch {
            log.write(.fatal, "the Runtime API cannot be used", fields: [("why", error.message)])
            exit(1)
        }
    }

    /// How many events are worked on side by side: one, but for Lambda Managed Instances.
    private static func loopCount(_ setting: String?) throws(HandlerError) -> Int {
        guard let setting, !setting.isEmpty else { return 1 }
        guard let count = Int(setting), (1...1000).contains(count) else {
            throw HandlerError(
                .invalidConfiguration,
                "AWS_LAMBDA_MAX_CONCURRENCY is '\(setting.prefix(50))' but must be a whole number from 1 to 1000"
            )
        }
        return count
    }
}
