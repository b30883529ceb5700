import ArgumentParser
import Basics
import Dispatch
import Handlers
import Ledger
import Synchronization

/// The command line for people.
///
/// `main` stays synchronous: an async one ends the first thread, which costs a static executable 25 ms.
@main
struct Main {
    static func main() {
        do {
            let command = try Gatehouse.parseAsRoot()
            guard let waiting = command as? any AsyncParsableCommand else {
                var command = command
                return try command.run()
            }
            try run(waiting)
        } catch {
            Gatehouse.exit(withError: error)
        }
    }

    /// Runs a command that waits for AWS, while this thread waits for it.
    private static func run(_ command: any AsyncParsableCommand) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        let waiting = SendableCommand(command)
        Task {
            do {
                var command = waiting.command
                try await command.run()
            } catch {
                failure.withLock { $0 = error }
            }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) {
            throw (error as? LedgerError).map { HandlerError($0) as any Error } ?? error
        }
    }

    /// Unchecked: the command goes to its task and is not touched again.
    private struct SendableCommand: @unchecked Sendable {
        let command: any AsyncParsableCommand

        init(_ command: any AsyncParsableCommand) {
            self.command = command
        }
    }
}

/// What the command line has.
struct Gatehouse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: """
            Triages IAM Access Analyzer findings: archives intended access, blocks unintended access, and reports \
            exactly what it did.
            """,
        discussion: """
            Start with 'gatehouse demo': it needs no AWS account and changes nothing anywhere.

            Exit status: 0 done, 1 failed, 64 wrong usage. Results go to standard output, messages to \
            standard error.
            Completions: gatehouse --generate-completion-script bash|zsh|fish

            EXAMPLES
              gatehouse demo
              gatehouse event role --account-file account.json > event.json
              gatehouse invoke respond event.json --account account.json --show-message
              gatehouse rules check rules.json

            Read on: README.md; 'gatehouse help COMMAND' has examples of each command.
            """,
        version: "gatehouse \(Release.version)",
        subcommands: [
            Demo.self, EventCommand.self, Invoke.self, RulesCommand.self, Rollback.self, History.self,
            PauseCommand.self, Resume.self, Status.self, Approvals.self, ReportCommand.self, Audit.self, Doctor.self,
            CheckCommand.self, ArchiveRulesCommand.self, PolicyCommand.self, UnusedCommand.self,
        ]
    )
}
