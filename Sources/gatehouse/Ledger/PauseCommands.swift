import ArgumentParser
import Basics
import Handlers
import Ledger
import LosslessJSON

/// Stops all changes of all functions that use the ledger.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop all changes at once.",
        discussion: """
            Read before every write by every function that uses the ledger, in every region: from then on what would \
            be archived or blocked is REFUSED, and people are told. Rollbacks go on. 'gatehouse resume' ends it.

            EXAMPLE
              gatehouse pause --reason 'the new partner account is not in the rules yet'

            Read on: Sources/Ledger/Ledger.docc/Ledger.md
            """
    )

    @Option(help: "Why, for those who are told that nothing was changed.")
    var reason: String?

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        let (ledger, environment) = try options.opened()
        if let earlier = try await ledger.pause() {
            return try Terminal.output("Changes are paused already, since \(earlier.at.extended) by \(earlier.by).")
        }
        let pause = Pause(by: await environment.identity(), at: environment.now(), reason: reason)
        try await ledger.pause(pause)
        try Terminal.output("Changes are paused. 'gatehouse resume' lets them go on.")
    }
}

/// Lets changes go on.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let changes go on after 'gatehouse pause'.",
        discussion: """
            What was refused meanwhile is not made up for by itself: the sweep finds it, or the next event.

            EXAMPLE
              gatehouse resume

            Read on: Sources/Ledger/Ledger.docc/Ledger.md
            """
    )

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        guard let pause = try await options.opened().ledger.resume() else {
            return try Terminal.output("Changes were not paused.")
        }
        try Terminal.output("Changes go on. They were paused since \(pause.at.extended) by \(pause.by).")
    }
}

/// Whether changes are paused, and how many were made.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show whether changes are paused, and how many were made in this hour.",
        discussion: """
            EXAMPLE
              gatehouse status --json

            Read on: Sources/Ledger/Ledger.docc/Ledger.md
            """
    )

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func run() async throws {
        let ledger = try options.opened().ledger
        let pause = try await ledger.pause()
        let counts = try await ledger.changesThisHour()
        let all = counts.first { $0.account == "ALL" }?.count ?? 0
        let accounts = counts.filter { $0.account != "ALL" }
        guard !json else {
            let pausedBy: JSON =
                pause.map { pause in
                    [
                        "by": .string(pause.by), "at": .string(pause.at.extended),
                        "reason": pause.reason.map(JSON.string) ?? .null,
                    ]
                } ?? .null
            let byAccount = JSONObject(accounts.map { ($0.account, JSON.int(Int($0.count))) })
            let answer: JSON = [
                "version": .string(Release.version), "paused": pausedBy, "changesThisHour": .int(Int(all)),
                "byAccount": .object(byAccount),
            ]
            return try Terminal.output(answer.text(.pretty))
        }
        if let pause {
            let why = pause.reason.map { ": \($0.printable(limit: 500))" } ?? ""
            try Terminal.output("PAUSED since \(pause.at.extended) by \(pause.by)\(why)")
        } else {
            try Terminal.output("Changes are not paused.")
        }
        try Terminal.output("\(all) \(all == 1 ? "change" : "changes") in this hour (UTC)")
        for (account, count) in accounts { try Terminal.output("  \(count) in account \(account)") }
    }
}
