import ArgumentParser
import Basics
import Handlers
import Ledger
import LosslessJSON

/// Changes that wait for a person.
struct Approvals: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide about changes that wait for a person.",
        discussion: """
            A request shows one change of one resource. It is decided once, by the page or here, and only what was shown \
            is done: where the resource has changed since, nothing is written and it is asked anew.

            EXAMPLES
              gatehouse approvals list
              gatehouse approvals show 9b2ef1a0-4c52-4f4e-8a53-6c1d6a1b0f11
              gatehouse approvals approve 9b2ef1a0-4c52-4f4e-8a53-6c1d6a1b0f11 --reason 'the project is over'

            Read on: Sources/Handlers/Handlers.docc/Approvals.md
            """,
        subcommands: [
            ApprovalsList.self, ApprovalsShow.self, ApprovalsApprove.self, ApprovalsReject.self, ApprovalsPreview.self,
        ]
    )
}

/// What waits.
struct ApprovalsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what waits for a decision, or for what was decided to be done.",
        discussion: """
            EXAMPLE
              gatehouse approvals list --json

            Read on: Sources/Handlers/Handlers.docc/Approvals.md
            """
    )

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Print one JSON list and nothing else.")
    var json = false

    func run() async throws {
        let (ledger, environment) = try options.opened()
        let requests = try await ledger.pendingRequests()
        guard !json else {
            return try Terminal.output(JSON.array(requests.map { .object($0.shown) }).text(.pretty))
        }
        guard !requests.isEmpty else { return try Terminal.output("Nothing waits for a decision.") }
        for (number, request) in requests.enumerated() {
            if number > 0 { try Terminal.output("") }
            for line in ApprovalText.heading(request, now: environment.now()) { try Terminal.output(line) }
        }
    }
}

/// One request with everything that is known of it.
struct ApprovalsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one request: the change, why it is safe, and how it stands.",
        discussion: """
            EXAMPLE
              gatehouse approvals show 9b2ef1a0-4c52-4f4e-8a53-6c1d6a1b0f11

            Read on: Sources/Handlers/Handlers.docc/Approvals.md
            """
    )

    @Argument(help: "The finding's id, with or without hyphens.")
    var finding: String

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func run() async throws {
        let (ledger, environment) = try options.opened()
        let request = try await ledger.requestOrThrow(ofFinding: finding)
        guard !json else { return try Terminal.output(JSON.object(request.shown).text(.pretty)) }
        for line in ApprovalText.whole(request, now: environment.now()) { try Terminal.output(line) }
    }
}

extension Ledger {
    /// The request for a finding whose id was typed.
    func requestOrThrow(ofFinding typed: String) async throws -> ApprovalRequest {
        let id = RollbackInput(findingID: typed, resource: nil).hyphenatedFindingID
        guard let request = try await request(ofFinding: id) else {
            throw CommandError(
                "nobody was asked about the finding \(id.printable(limit: 200)): 'gatehouse approvals list' shows what waits"
            )
        }
        return request
    }
}
