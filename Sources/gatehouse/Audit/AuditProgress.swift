import Glibc
import Synchronization

/// A bar on standard error, on a terminal only.
final class AuditProgress: Sendable {
    private struct State {
        var done = 0
        var findings = 0
        var shownAt: ContinuousClock.Instant?
    }

    private let total: Int
    private let isShown: Bool
    private let state = Mutex(State())

    /// - Parameter total: so many regions are to be read, of all accounts together.
    init(of total: Int) {
        self.total = total
        let isDumb = getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? true
        isShown = isatty(STDERR_FILENO) == 1 && !isDumb
    }

    /// So many findings more were read.
    func read(_ count: Int) {
        update { $0.findings += count }
    }

    /// One region more is done.
    func finishedRegion() {
        update { $0.done += 1 }
    }

    /// Takes the bar away.
    func clear() {
        guard isShown else { return }
        try? Terminal.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    private func update(_ change: (inout State) -> Void) {
        guard isShown else { return }
        let line: String? = state.withLock { state in
            change(&state)
            // A terminal is slow, and eyes are slower.
            if let shown = state.shownAt, shown.duration(to: .now) < .milliseconds(100), state.done < total {
                return nil
            }
            state.shownAt = .now
            return Self.line(done: state.done, total: total, findings: state.findings)
        }
        if let line { try? Terminal.write(Array("\r\(line)\u{1B}[K".utf8), to: STDERR_FILENO) }
    }

    static func line(done: Int, total: Int, findings: Int) -> String {
        let width = 24
        let filled = total == 0 ? width : done * width / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "[\(bar)] \(done) of \(total) regions, \(findings) findings"
    }
}
