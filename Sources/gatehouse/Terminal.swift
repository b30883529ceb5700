import Basics
import Glibc
import Handlers

/// What may be written where.
enum Terminal {
    /// Whether a descriptor takes colours: a terminal that is not a dumb one, and nobody has set NO_COLOR
    /// (https://no-color.org).
    static func hasColors(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1, getenv("TERM").map({ strcmp($0, "dumb") != 0 }) ?? true else { return false }
        return getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
    }

    /// Text in an ANSI style, where the descriptor takes it.
    static func styled(_ text: String, _ code: String, on descriptor: Int32 = STDOUT_FILENO) -> String {
        hasColors(descriptor) ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// A heading.
    static func heading(_ text: String) -> String {
        styled("== \(text) ==", "1")
    }

    /// A unified diff with its lines in red and green.
    static func colored(diff: String, on descriptor: Int32 = STDOUT_FILENO) -> String {
        diff.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.hasPrefix("+++") || line.hasPrefix("---") {
                return styled(String(line).printable(limit: 2048), "1", on: descriptor)
            }
            if line.hasPrefix("+") { return styled(String(line).printable(limit: 2048), "32", on: descriptor) }
            if line.hasPrefix("-") { return styled(String(line).printable(limit: 2048), "31", on: descriptor) }
            if line.hasPrefix("@@") { return styled(String(line).printable(limit: 2048), "36", on: descriptor) }
            return String(line).printable(limit: 2048)
        }.joined(separator: "\n")
    }

    /// Writes bytes to a descriptor whole. Throws when that is not possible, as when the reader has gone.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(CommandError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EPIPE {
                endByBrokenPipe()
            } else if written < 0, errno != EINTR {
                throw CommandError("cannot write: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Ends the process as the kernel would have, had whoever started it not had SIGPIPE ignored: quietly, status 141 in
    /// a shell.
    private static func endByBrokenPipe() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }

    /// A file's name as it may stand in a message.
    static func name(_ path: String) -> String {
        path == "-" ? "standard input" : path.printable(limit: 500)
    }

    /// Writes a line of data.
    static func output(_ text: String) throws(CommandError) {
        try write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Writes a line of talk; nobody is left to tell when that fails.
    static func talk(_ text: String) {
        try? write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }
}

/// Why a command failed, in words for the terminal.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
