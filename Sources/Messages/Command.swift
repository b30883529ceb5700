import Basics

/// A command line for a person to paste, every argument quoted for a POSIX shell.
///
/// `nil` where an argument holds characters that a message must not show: a command with others in their place would
/// ask about another resource.
func command(_ words: String, _ arguments: [(option: String, value: String)], region: String = "") -> String? {
    var text = words
    for (option, value) in arguments {
        guard value.printable(limit: 1600) == value else { return nil }
        // A value that begins with a hyphen would be taken for an option of its own.
        text += " \(option)\(value.hasPrefix("-") ? "=" : " ")\(value.shellQuoted)"
    }
    if !region.isEmpty { text += " --region \(region.shellQuoted)" }
    return text
}

/// The same with what it prints kept in a file: whoever edits a policy by hand wants it back when that was wrong.
func saving(_ command: String?, to file: String = "policy-before.json") -> String? {
    command.map { "\($0) > \(file.shellQuoted)" }
}

/// `"words: command"`, or the words alone where the command cannot be shown.
func step(_ words: String, _ command: String?) -> String {
    command.map { "\(words): \($0)" } ?? "\(words) (its name holds characters that cannot be shown in a command)"
}
