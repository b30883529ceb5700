/// How long an answer asks to wait: `x-amz-retry-after` in milliseconds, else `Retry-After` in seconds. Its form as a
/// date is not read.
enum RetryAfter {
    static func wait(in headers: WireHeaders) -> Duration? {
        if let text = headers["x-amz-retry-after"], let milliseconds = number(text) {
            return .milliseconds(milliseconds)
        }
        return headers["retry-after"].flatMap(number).map { .seconds($0) }
    }

    /// A count of at most 9 digits, so that it cannot overflow.
    private static func number(_ text: String) -> Int64? {
        let digits = text.utf8
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
