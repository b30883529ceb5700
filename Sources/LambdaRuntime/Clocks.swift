import Glibc

/// The two clocks of the process, and the one calendar form that is written.
enum Clocks {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    static func epochMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// The point of the monotonic clock that lies `milliseconds` ahead.
    static func monotonic(after milliseconds: Int64) -> timespec {
        var point = timespec()
        clock_gettime(CLOCK_MONOTONIC, &point)
        let nanoseconds = Int64(point.tv_nsec) + (milliseconds % 1000) * 1_000_000
        point.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
        point.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return point
    }

    /// Appends `2026-11-21T01:54:25.123Z`. Own arithmetic, because `gmtime_r` opens the time zone file.
    static func appendRFC3339(epochMilliseconds: Int64, to line: inout [UInt8]) {
        let days = floorDivide(epochMilliseconds, 86_400_000)
        let ofDay = Int(epochMilliseconds - days * 86_400_000)
        // Years that begin in March put the leap day last; an era is the 400 years that the calendar repeats in.
        let shifted = Int(days) + 719_468
        let era = Int(floorDivide(Int64(shifted), 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        appendPadded(year, 4, to: &line)
        line.append(UInt8(ascii: "-"))
        appendPadded(month, 2, to: &line)
        line.append(UInt8(ascii: "-"))
        appendPadded(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2, to: &line)
        line.append(UInt8(ascii: "T"))
        appendPadded(ofDay / 3_600_000, 2, to: &line)
        line.append(UInt8(ascii: ":"))
        appendPadded(ofDay / 60_000 % 60, 2, to: &line)
        line.append(UInt8(ascii: ":"))
        appendPadded(ofDay / 1000 % 60, 2, to: &line)
        line.append(UInt8(ascii: "."))
        appendPadded(ofDay % 1000, 3, to: &line)
        line.append(UInt8(ascii: "Z"))
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    private static func appendPadded(_ value: Int, _ width: Int, to line: inout [UInt8]) {
        var power = 1
        for _ in 1..<width { power *= 10 }
        while power > 0 {
            line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / power % 10))
            power /= 10
        }
    }
}
