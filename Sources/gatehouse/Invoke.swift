import ArgumentParser
import Handlers
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

    func run() async throws {
        let bytes = try Files.contents(of: event)
        let target = try place.target()
        let answer: [UInt8]
        do throws(HandlerError) {
            answer = try await handler.run(bytes, try target.environment(isDryRun: dryRun))
        } catch {
            if json {
                let body: JSON = ["errorType": .string(error.type), "errorMessage": .string(error.message)]
                try Terminal.output(body.text(.pretty))
            }
            throw error
        }
        let value = try JSON.parse(answer)
        try Terminal.output(json ? value.text(.pretty) : Report.text(value))
    }
}

extension HandlerName: ExpressibleByArgument {}
