import ArgumentParser
import Rules

/// What a code of `rules check` means.
struct RulesCode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "Explain a code of 'rules check', or list them.",
        discussion: """
            EXAMPLES
              gatehouse rules code
              gatehouse rules code E204

            Read on: Sources/Rules/Rules.docc/Rules.md
            """
    )

    @Argument(help: "The code; without it, all of them.", completion: .list(RuleCode.allCases.map(\.rawValue)))
    var code: RuleCode?

    func run() throws {
        guard let code else {
            for code in RuleCode.allCases { try Terminal.output("\(code.rawValue)  \(code.page.title)") }
            return
        }
        try Terminal.output(Terminal.styled("\(code.rawValue): \(code.page.title)", "1"))
        try Terminal.output("\n" + code.page.plainText)
    }
}
