import ArgumentParser
import Testing

@testable import gatehouse

/// Every command's help, as it is written.
struct HelpTests {
    /// A command that does something, with the words that call it.
    struct Leaf: CustomTestStringConvertible, Sendable {
        let words: [String]
        let command: any ParsableCommand.Type

        var testDescription: String { words.joined(separator: " ") }

        /// The lines of the help's examples.
        var examples: [Substring] {
            let lines = command.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false)
            guard let heading = lines.firstIndex(where: { $0 == "EXAMPLE" || $0 == "EXAMPLES" }) else { return [] }
            return Array(lines[(heading + 1)...].prefix { !$0.isEmpty })
        }

        /// The examples' words, as a shell would take them apart.
        var calls: [[String]] {
            let text = examples.map { $0.drop { $0 == " " } }.joined(separator: "\n")
            return text.split(separator: "\n").reduce(into: [String]()) { calls, line in
                if let last = calls.last, last.hasSuffix("\\") {
                    calls[calls.count - 1] = last.dropLast() + String(line)
                } else {
                    calls.append(String(line))
                }
            }.map(Self.words)
        }

        private static func words(_ line: String) -> [String] {
            var words = [""]
            var isQuoted = false
            for letter in line {
                switch letter {
                case "'": isQuoted.toggle()
                case " " where !isQuoted: if words.last != "" { words.append("") }
                default: words[words.count - 1].append(letter)
                }
            }
            return Array(words.filter { !$0.isEmpty }.prefix { $0 != ">" && $0 != "|" })
        }
    }

    static func leaves(_ command: any ParsableCommand.Type, _ words: [String] = []) -> [Leaf] {
        let words = words + [command._commandName]
        let inner = command.configuration.subcommands
        return inner.isEmpty ? [Leaf(words: words, command: command)] : inner.flatMap { leaves($0, words) }
    }

    static let all = leaves(Gatehouse.self)
    /// Those that ask nobody but this machine.
    static let local = [
        "gatehouse demo", "gatehouse event", "gatehouse approvals preview", "gatehouse rules check",
        "gatehouse rules code", "gatehouse rules keys", "gatehouse rules print", "gatehouse rules run",
        "gatehouse rules test",
    ]

    @Test(arguments: all)
    func everyCommandHasExamplesThatParse(_ leaf: Leaf) throws {
        #expect(!leaf.examples.isEmpty)
        // A line that is too long would be wrapped.
        let help = Gatehouse.helpMessage(for: leaf.command, columns: 80).split(separator: "\n")
        for line in leaf.examples { #expect(help.contains(line), "\(line)") }
        #expect(leaf.calls.contains { $0.starts(with: leaf.words) }, "none of \(leaf.calls) calls \(leaf.words)")
        for call in leaf.calls where call.first == "gatehouse" {
            #expect(throws: Never.self, "\(call)") { _ = try Gatehouse.parseAsRoot(Array(call.dropFirst())) }
        }
    }

    @Test(arguments: all)
    func everyCommandSaysWhereToReadOn(_ leaf: Leaf) {
        #expect(leaf.command.configuration.discussion.contains("Read on: "))
    }

    @Test(arguments: all.filter { !local.contains($0.testDescription) })
    func everyCommandThatReachesAWSTakesRegionAndProfile(_ leaf: Leaf) {
        let help = Gatehouse.helpMessage(for: leaf.command)
        #expect(help.contains("--region "))
        #expect(help.contains("--profile "))
    }

    @Test(arguments: all)
    func everyCommandSaysTheVersion(_ leaf: Leaf) throws {
        let error = #expect(throws: (any Error).self) {
            _ = try Gatehouse.parseAsRoot(leaf.words.dropFirst() + ["--version"])
        }
        #expect(error.map { Gatehouse.message(for: $0) } == "gatehouse 0.14.0")
    }
}
