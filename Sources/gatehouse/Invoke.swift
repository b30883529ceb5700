import ArgumentParser
import Findings
import Handlers
import Logging
import LosslessJSON

/// Runs one handler on one event, as Lambda would.
struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one handler on an event or case from a file.",
        discussion: """
            Handlers: \(HandlerName.allCases.map(\.rawValue).joined(separator: ", ")).

            With --account the handler works on an account from a file (see events/), which is not changed. Without \
            it, on AWS itself, by the usual environment (AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID ...) and the \
            GATEHOUSE_ settings.

            EXAMPLES
              gatehouse event role --account-file account.json > event.json
              gatehouse invoke respond event.json --account account.json --show-message
              gatehouse invoke resolve event.json --dry-run --profile security
              gatehouse invoke evaluate - --json

            Read on: Sources/Handlers/Handlers.docc/Handlers.md, 'gatehouse event --help'
            """
    )

    @Argument(help: "The handler's name, as in _HANDLER.", completion: .list(HandlerName.allCases.map(\.rawValue)))
    var handler: HandlerName

    @Argument(help: "The event's or case's file; - for standard input.", completion: .file(extensions: ["json"]))
    var event: String

    @OptionGroup var place: CommandTargetOptions

    @Flag(help: "Write nothing and send nothing: say what would be done.")
    var dryRun = false

    @Flag(help: "Print the answer as JSON and nothing else.")
    var json = false

    @Flag(help: "Show the message that people get, and if nobody does, why.")
    var showMessage = false

    func validate() throws {
        guard !json || !showMessage else {
            throw ValidationError("--json prints the answer and nothing else: leave --show-message out.")
        }
    }

    func run() async throws {
        let bytes = try Files.contents(of: event)
        let target = try place.target()
        try FileKind.checkEvent(bytes, event)
        let heard = HeardNews()
        let answer: [UInt8]
        do throws(HandlerError) {
            answer = try await handler.run(bytes, heard.listening(try target.environment(isDryRun: dryRun)))
        } catch {
            if json {
                let body: JSON = ["errorType": .string(error.type), "errorMessage": .string(error.message)]
                try Terminal.output(body.text(.pretty))
            }
            throw error
        }
        let value = try JSON.parse(answer)
        guard !json else {
            if dryRun {
                Terminal.talk(
                    "DRY RUN: nothing was changed or sent\(heard.wouldBe.map { "; would be \($0.rawValue)" } ?? "")"
                )
            }
            return try Terminal.output(value.text(.pretty))
        }
        if showMessage, handler.leavesTelling {
            try await compose(value, heard.listening(try target.environment(isDryRun: true)))
        }
        let report = InvocationReport(
            answer: value,
            heard: heard,
            isDryRun: dryRun,
            showsMessage: showMessage
        )
        try Terminal.output(report.text)
        // As for an event that fails alone.
        if value["batchItemFailures"]?.array?.isEmpty == false { throw ExitCode.failure }
    }

    /// Has the message made that `notify` would send about a step's answer, and sends nothing.
    private func compose(_ answer: JSON, _ environment: HandlerEnvironment) async throws {
        var environment = environment
        // That there is no topic is said where the message is shown.
        environment.logger.logLevel = .critical
        _ = try await Pipeline.run(.notify, on: try Case(answer), environment)
    }
}

extension HandlerName {
    /// Whether another step tells people of its answer.
    fileprivate var leavesTelling: Bool {
        switch self {
        case .enrich, .evaluate, .archive, .preview, .resolve, .verify: true
        case .notify, .respond, .rollback, .approve, .sweep, .report: false
        }
    }
}

extension HandlerName: ExpressibleByArgument {}
