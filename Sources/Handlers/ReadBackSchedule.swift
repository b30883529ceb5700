/// When a change is looked for after it was written: AWS's services show one after a moment.
enum ReadBackSchedule {
    /// The pause before each look; in all about six seconds. When the write's answer was lost, a second and a half,
    /// because the change may never have been made and can be made again.
    static func pauses(isLost: Bool) -> ArraySlice<Duration> {
        let pauses: [Duration] = [
            .zero, .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600),
            .milliseconds(3200),
        ]
        return isLost ? pauses.prefix(5) : pauses[...]
    }
}
