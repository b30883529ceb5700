import ArgumentParser
import Basics
import LosslessJSON
import Rules

/// What rules may look at.
struct RulesKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List the keys of 'when', or explain one.",
        discussion: """
            EXAMPLES
              gatehouse rules keys
              gatehouse rules keys principal.AWS
              gatehouse rules keys tags.Environment --json

            Read on: Sources/Rules/Rules.docc/Rules.md
            """
    )

    @Argument(help: "The key; without it, all of them.", completion: .list(RuleKeyPage.all.map(\.name)))
    var key: String?

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func run() throws {
        var pages = RuleKeyPage.all
        if let key {
            guard let page = RuleKeyPage.page(of: key) else { throw ValidationError(RuleKeyPage.unknown(key)) }
            pages = [page]
        }
        guard !json else { return try Terminal.output(JSON.array(pages.map(\.json)).text(.pretty)) }
        guard key == nil else { return try Terminal.output(pages.map(\.text).joined()) }
        let width = pages.map(\.name.utf8.count).max() ?? 0
        for page in pages {
            let gap = String(repeating: " ", count: width - page.name.utf8.count + 2)
            try Terminal.output(page.name + gap + page.meaning)
        }
        Terminal.talk("'gatehouse rules keys KEY' shows the values of one and an example.")
    }
}

extension RuleKeyPage {
    fileprivate var text: String {
        var lines = ["\(Terminal.styled(name, "1"))  \(meaning)"]
        if !availability.isEmpty { lines.append(availability) }
        if !values.isEmpty { lines.append("Values: " + values.joined(separator: ", ")) }
        return lines.joined(separator: "\n") + "\n\nExample: {\(example)}"
    }

    fileprivate var json: JSON {
        [
            "key": .string(name), "meaning": .string(meaning), "availability": .string(availability),
            "values": .array(values.map(JSON.string)), "example": .string("{\(example)}"),
        ]
    }
}
