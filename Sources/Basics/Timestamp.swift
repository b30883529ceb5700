/// A moment in whole seconds of Unix time, with the two spellings that AWS uses. Proleptic Gregorian calendar, UTC.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let secondsSinceEpoch: Int64

    /// A moment by its Unix time.
    package init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Earlier moments are less.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }

    /// The moment `seconds` later, or earlier when negative.
    package func adding(seconds: Int64) -> Timestamp {
        Timestamp(secondsSinceEpoch: secondsSinceEpoch &+ seconds)
    }
}

extension Timestamp {
    /// Reads `2026-11-21T01:22:33Z`, with or without a fraction (dropped) and with `Z` or `±hh:mm`.
    package init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x74,
            bytes[13] == 0x3A, bytes[16] == 0x3A
        else { return nil }
        guard let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19])
        else { return nil }
        var rest = bytes[19...]
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
        }
        guard let offset = offsetSeconds(rest) else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        self = adding(seconds: -offset)
    }

    /// Reads an HTTP date, `Sat, 21 Nov 2026 01:22:33 GMT` (RFC 9110 section 5.6.7; the obsolete forms are not read).
    package init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), let year = Int64(parts[3]),
            let month = Timestamp.months.firstIndex(of: String(parts[2]))
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3 else { return nil }
        self.init(year: year, month: Int64(month + 1), day: day, hour: clock[0], minute: clock[1], second: clock[2])
    }

    /// `20261121T012233Z`, as signatures hold it.
    package var basic: String {
        text(dateSeparator: "", timeSeparator: "")
    }

    /// `2026-11-21T01:22:33Z`, as events and answers hold it.
    package var extended: String {
        text(dateSeparator: "-", timeSeparator: ":")
    }

    private func text(dateSeparator: String, timeSeparator: String) -> String {
        let parts = civil
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20)
        appendDigits(parts.year, 4, to: &bytes)
        bytes += dateSeparator.utf8
        appendDigits(parts.month, 2, to: &bytes)
        bytes += dateSeparator.utf8
        appendDigits(parts.day, 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(parts.hour, 2, to: &bytes)
        bytes += timeSeparator.utf8
        appendDigits(parts.minute, 2, to: &bytes)
        bytes += timeSeparator.utf8
        appendDigits(parts.second, 2, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A moment by the calendar; nil when a part is out of range.
    private init?(
        year: Int64,
        month: Int64,
        day: Int64,
        hour: Int64,
        minute: Int64,
        second: Int64
    ) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = daysFromCivil(year: year, month: month, day: day)
        self.init(secondsSinceEpoch: ((days * 24 + hour) * 60 + minute) * 60 + second)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The calendar's parts.
    private var civil: (year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) {
        var days = secondsSinceEpoch / 86_400
        var rest = secondsSinceEpoch % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        // Eras of 400 years begin on 0000-03-01, so that leap days come last in a year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day, rest / 3_600, rest / 60 % 60, rest % 60)
    }
}

/// Days from 1970-01-01 to a date.
private func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

private func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        value = value * 10 + Int64(digit - 0x30)
    }
    return value
}

/// The seconds of `Z` or `±hh:mm`.
private func offsetSeconds(_ zone: ArraySlice<UInt8>) -> Int64? {
    let bytes = Array(zone)
    if bytes == [0x5A] || bytes == [0x7A] { return 0 }
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A, let hours = number(bytes[1..<3]),
        let minutes = number(bytes[4..<6]), hours < 24, minutes < 60
    else { return nil }
    return (bytes[0] == 0x2B ? 1 : -1) * (hours * 3_600 + minutes * 60)
}

private func appendDigits(_ value: Int64, _ count: Int, to bytes: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<count { divisor *= 10 }
    for _ in 0..<count {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
        divisor /= 10
    }
}
