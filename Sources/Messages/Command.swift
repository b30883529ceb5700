import Basics

/// A command line for a person to paste, every argument quoted for a POSIX shell.
package struct Command: Sendable {
    /// `nil` where an argument holds characters that a message must not show: a command with others in their place would
    /// ask about another resource.
    package let text: String?

    private init(text: String?) {
        self.text = text
    }

    /// - Parameter region: empty for a service that has none.
    package init(_ words: String, _ arguments: [(option: String, value: String)], region: String = "") {
        var text = words
        for (option, value) in arguments {
            guard value.printable(limit: 1600) == value else {
                self.text = nil
                return
            }
            // A value that begins with a hyphen would be taken for an option of its own.
            text += " \(option)\(value.hasPrefix("-") ? "=" : " ")\(value.shellQuoted)"
        }
        if !region.isEmpty { text += " --region \(region.shellQuoted)" }
        self.text = text
    }

    /// The same with what it prints kept in a file: whoever edits a policy by hand wants it back when that was wrong.
    package func saving(to file: String = "policy-before.json") -> Command {
        Command(text: text.map { "\($0) > \(file.shellQuoted)" })
    }

    /// `"words: command"`, or the words alone where the command cannot be shown.
    package func step(_ words: String) -> String {
        text.map { "\(words): \($0)" } ?? "\(words) (its name holds characters that cannot be shown in a command)"
    }
}
