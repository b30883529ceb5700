import Glibc

/// The input that is being looked at, kept where a signal handler finds it: a trap ends the process, and must still name
/// its input.
enum CurrentInput {
    /// Room for the longest input. Never given back: a handler may run at any moment.
    nonisolated(unsafe) private static let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: Mutator.longest)
    nonisolated(unsafe) private static var count = 0
    nonisolated(unsafe) private static var number = 0
    nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?
    nonisolated(unsafe) private static var words: UnsafeMutablePointer<CChar>?
    /// Seconds after which an input counts as one that never ends.
    private static let patience: UInt32 = 120

    /// Writes the input into `path`, and how it is made again, when the process is about to end by a signal or stands still.
    static func watch(path: String, words: String) {
        self.path = strdup(path)
        self.words = strdup(words)
        for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { CurrentInput.tell($0) }
            // The second time it is the system's own.
            action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER
            sigaction(signal, &action, nil)
        }
    }

    static func set(_ input: [UInt8], number: Int) {
        self.number = number
        count = min(input.count, Mutator.longest)
        input.withUnsafeBufferPointer { if let from = $0.baseAddress { bytes.update(from: from, count: count) } }
    }

    /// Begins to count the time anew.
    static func isAlive() {
        alarm(patience)
    }

    static func isOver() {
        alarm(0)
    }

    /// Only calls that a signal handler may make.
    private static func tell(_ signal: CInt) {
        guard let path, let words else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        _ = Glibc.write(file, bytes, count)
        close(file)
        _ = Glibc.write(2, words, strlen(words))
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var at = digits.count - 1
            digits[at] = 0x0A
            var rest = number
            repeat {
                at -= 1
                digits[at] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            } while rest > 0
            _ = Glibc.write(2, digits.baseAddress?.advanced(by: at), digits.count - at)
        }
        if signal == SIGALRM { _exit(3) }
        raise(signal)
    }
}
