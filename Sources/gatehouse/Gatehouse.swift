import ArgumentParser

/// The command line for people.
@main
struct Gatehouse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "Answers IAM Access Analyzer findings: blocks what is not intended, and tells the truth about it.",
        discussion: """
            Start with 'gatehouse demo': it needs no AWS account and changes nothing anywhere.

            Exit status: 0 done, 1 failed, 64 wrong usage. Data goes to standard output, talk to standard error.
            Completions: gatehouse --generate-completion-script bash|zsh|fish
            """,
        subcommands: [Demo.self, Invoke.self, RulesCommand.self, Rollback.self]
    )
}
