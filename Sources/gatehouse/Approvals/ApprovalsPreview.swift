import ArgumentParser
import Handlers

/// The approval page on an account in memory, to look at.
struct ApprovalsPreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Serve the approval page on this machine, with examples to look at.",
        discussion: """
            Needs no AWS account and changes nothing anywhere. Prints a link for each example, and serves them until it is \
            interrupted (Ctrl-C).

            EXAMPLE
              gatehouse approvals preview --port 8080

            Read on: Sources/Handlers/Handlers.docc/Approvals.md
            """
    )

    @Option(help: "The port on 127.0.0.1; 0 for a free one.")
    var port = 0

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is from 0 to 65535.") }
    }

    func run() async throws {
        let site = try await LocalSite(port: port)
        let examples = try ExampleRequests(address: site.address)
        let environment = examples.environment
        for (what, link) in try await examples.links() {
            Terminal.talk("\(what):")
            try Terminal.output(link)
        }
        Terminal.talk("Serving until it is interrupted (Ctrl-C).")
        try await site.serve { event in try await HandlerName.approve.run(event, environment) }
    }
}
