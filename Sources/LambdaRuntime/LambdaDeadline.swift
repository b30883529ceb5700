/// A point in time by the wall clock, which is the clock that Lambda gives deadlines in.
package struct LambdaDeadline: Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, as in `Lambda-Runtime-Deadline-Ms`.
    package let millisecondsSinceEpoch: Int64

    /// How long before the deadline a handler is stopped, in milliseconds: time to report it.
    package static let margin: Int64 = 500
    /// The longest time-out that a function can have, in milliseconds: stands in for a deadline that was not given.
    /// https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    package static let longest: Int64 = 900_000

    package init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// The deadline that lies `milliseconds` after now.
    package static func after(milliseconds: Int64) -> LambdaDeadline {
        LambdaDeadline(millisecondsSinceEpoch: Clocks.epochMilliseconds() &+ milliseconds)
    }

    /// When the handler is stopped: the deadline less `margin`. No AWS call may start after it.
    package var stop: LambdaDeadline {
        LambdaDeadline(millisecondsSinceEpoch: millisecondsSinceEpoch &- Self.margin)
    }

    /// Time left from now; zero, never negative, once it has passed.
    package func remaining() -> Duration {
        .milliseconds(remainingMilliseconds())
    }

    /// As `remaining()`, in milliseconds and at most a day, so that sums with it cannot overflow.
    func remainingMilliseconds() -> Int64 {
        let (left, overflow) = millisecondsSinceEpoch.subtractingReportingOverflow(Clocks.epochMilliseconds())
        if overflow { return 0 }
        return min(max(left, 0), 86_400_000)
    }

    package static func < (left: LambdaDeadline, right: LambdaDeadline) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }
}
