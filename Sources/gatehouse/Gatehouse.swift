import ArgumentParser

/// The command line for people.
@main
struct Gatehouse: AsyncParsableCommand {
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
            """,
        subcommands: [Demo.self, Invoke.self, RulesCommand.self, Rollback.self]
    )
}
