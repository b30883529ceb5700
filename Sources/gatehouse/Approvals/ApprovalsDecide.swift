import ArgumentParser
import Basics
import Findings
import Glibc
import Handlers
import Ledger
import LosslessJSON

/// Agrees to a change.
struct ApprovalsApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Agree to a change: exactly what was shown is done.",
        discussion: """
            Shows the change and asks. The decision is recorded with your AWS identity (GetCallerIdentity) and handed to \
            the function or workflow that asked. Where that is not possible, this command makes the change itself, with \
            your permissions and settings.

            For a request that is approved already and not done, it is done now.

            EXAMPLE
              gatehouse approvals approve 9b2ef1a0-4c52-4f4e-8a53-6c1d6a1b0f11 \\
                --reason 'the project is over'

            Read on: Sources/Handlers/Handlers.docc/Approvals.md
            """
    )

    @OptionGroup var decision: ApprovalDecisionOptions

    func run() async throws {
        try await decision.run(isApproval: true)
    }
}

/// Decides against a change.
struct ApprovalsReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Decide against a change: the access stays open.",
        discussion: """
            The decision is recorded with your AWS identity. The same access is not asked about again for \
            GATEHOUSE_COOL_DOWN_DAYS.

            EXAMPLE
              gatehouse approvals reject 9b2ef1a0-4c52-4f4e-8a53-6c1d6a1b0f11 \\
                --reason 'our auditor, until March'

            Read on: Sources/Handlers/Handlers.docc/Approvals.md
            """
    )

    @OptionGroup var decision: ApprovalDecisionOptions

    func run() async throws {
        try await decision.run(isApproval: false)
    }
}

/// What a decision by the command line needs.
struct ApprovalDecisionOptions: ParsableArguments {
    @Argument(help: "The finding's id, with or without hyphens.")
    var finding: String

    @Option(help: "Why, for those who ask later; at most 1,000 characters.")
    var reason: String?

    @OptionGroup var options: LedgerOptions

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Print the answer as JSON and nothing else.")
    var json = false

    func validate() throws {
        guard reason?.count ?? 0 <= 1000 else { throw ValidationError("--reason has more than 1,000 characters.") }
    }

    func run(isApproval: Bool) async throws {
        let (ledger, environment) = try options.opened()
        var request = try await ledger.requestOrThrow(ofFinding: finding)
        if request.isOpen { request = try await decided(request, isApproval, environment) }
        guard let decision = request.decision, decision.isApproval == isApproval else {
            throw CommandError("nothing was decided: \(Self.standing(request, environment.now()))")
        }
        if request.state == .approved { return try await carryOut(request, environment) }
        try report(
            request,
            isApproval ? "It was approved before: \(request.result ?? "done")." : "Rejected: the access stays open."
        )
    }

    private func decided(
        _ request: ApprovalRequest,
        _ isApproval: Bool,
        _ environment: HandlerEnvironment
    ) async throws -> ApprovalRequest {
        guard environment.now() < request.until else {
            throw CommandError("nothing was decided: \(Self.standing(request, environment.now()))")
        }
        if !yes { try ask(request, isApproval, environment.now()) }
        let decider = Decider(
            by: try await environment.knownIdentity(),
            isClaimed: false,
            way: "command line",
            reason: reason
        )
        switch try await environment.decide(request, isApproval: isApproval, decider) {
        case .recorded(let decided):
            guard !isApproval else { return decided }
            if case .notHandedOn(let why) = await environment.handOn(decided) {
                Terminal.talk("Nobody is told of it yet (\(why.printable(limit: 500))): the next event or sweep does.")
            }
            return decided
        case .over(let current), .tooLate(let current):
            throw CommandError("nothing was decided: \(Self.standing(current, environment.now()))")
        }
    }

    private func carryOut(_ request: ApprovalRequest, _ environment: HandlerEnvironment) async throws {
        switch await environment.handOn(request) {
        case .handedOn:
            let who = request.asker.taskToken == nil ? "function" : "workflow"
            try report(request, "Approved, and handed to the \(who) that asked: a message says how it ended.")
        case .notHandedOn(let why):
            Terminal.talk("Approved. It is done here, because \(why.printable(limit: 500)).")
            let answer = try await environment.carryOut(request)
            let value = JSON.object(answer.json)
            try Terminal.output(json ? value.text(.pretty) : Report.text(value))
            guard [.resolved, .alreadyResolved].contains(answer.outcome?.status) else {
                throw CommandError(answer.outcome?.summary ?? "the change was not made")
            }
        }
    }

    private func report(_ request: ApprovalRequest, _ words: String) throws {
        try Terminal.output(json ? JSON.object(request.shown).text(.pretty) : words)
    }

    private static func standing(_ request: ApprovalRequest, _ now: Timestamp) -> String {
        guard let decision = request.decision else {
            return ApprovalText.state(request, now) + ". The next event or sweep asks anew"
        }
        let what = decision.isApproval ? "approved" : "rejected"
        return "it was \(what) on \(decision.at.extended) by \(decision.who), by the \(decision.way)"
    }

    /// Shows the change and takes nothing but a typed yes.
    private func ask(_ request: ApprovalRequest, _ isApproval: Bool, _ now: Timestamp) throws(CommandError) {
        for line in ApprovalText.whole(request, now: now) { Terminal.talk(line) }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandError(
                "cannot ask for confirmation without a terminal; nothing was decided. Run it in a terminal or add --yes."
            )
        }
        let words = isApproval ? "This blocks the access as shown." : "This leaves the access open."
        Terminal.talk("\(words) Type 'yes' to go on:")
        guard readLine() == "yes" else { throw CommandError("not confirmed, so nothing was decided") }
    }
}
