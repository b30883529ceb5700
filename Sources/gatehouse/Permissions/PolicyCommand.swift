import ArgumentParser

/// Policies of roles.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Make a role's policy of what it really does.",
        subcommands: [PolicyGenerate.self]
    )
}
