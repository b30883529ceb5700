import ArgumentParser
import Basics
import Handlers
import Ledger

/// The options of commands that work with the ledger.
struct LedgerOptions: ParsableArguments {
    @OptionGroup var place: CommandTargetOptions

    @Option(
        help: ArgumentHelp(
            "The ledger's DynamoDB table, by name or ARN; without it GATEHOUSE_LEDGER_TABLE.",
            valueName: "table"
        )
    )
    var ledger: String?

    /// The ledger, and what else a command may ask.
    func opened() throws -> (ledger: Ledger, environment: HandlerEnvironment) {
        let environment = try place.target(ledger: ledger).environment(isDryRun: false)
        guard let ledger = environment.ledger else {
            throw CommandError(
                "there is no ledger: set GATEHOUSE_LEDGER_TABLE, or --ledger, to the table that the functions use "
                    + "(the output TableArn of the stack gatehouse-ledger)"
            )
        }
        return (ledger, environment)
    }
}

/// A moment that an option names: a date, a time, or how long ago.
struct PastMoment: ExpressibleByArgument, CustomStringConvertible {
    /// The moment, seen from now.
    let before: @Sendable (Timestamp) -> Timestamp

    var description: String { "7d" }

    static let week = PastMoment { $0.adding(seconds: -604_800) }

    private init(before: @escaping @Sendable (Timestamp) -> Timestamp) {
        self.before = before
    }

    init?(argument: String) {
        if let time = Timestamp(iso8601: argument) ?? Timestamp(iso8601: argument + "T00:00:00Z") {
            before = { _ in time }
            return
        }
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            (1...100_000).contains(count)
        else { return nil }
        before = { $0.adding(seconds: -count * unit) }
    }
}
