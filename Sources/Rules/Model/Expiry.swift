/// When a rule ends: a day, through whose end it matches (UTC), or a moment.
struct Expiry: Sendable, Equatable {
    /// As written.
    let text: String
    /// The first moment at which the rule is expired, such as `2026-11-22T00:00:00Z`.
    let from: String

    /// Reads `2026-11-21` or `2026-11-21T08:40:00Z`; `nil` for anything else and for days that do not exist.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10 || bytes.count == 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]), let day = digits(bytes[8..<10]),
            year > 0, (1...12).contains(month), day >= 1, day <= days(of: month, in: year)
        else { return nil }
        self.text = text
        guard bytes.count == 20 else {
            from = Expiry.midnight(after: day, month, year)
            return
        }
        guard bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            bytes[19] == UInt8(ascii: "Z"), let hour = digits(bytes[11..<13]), let minute = digits(bytes[14..<16]),
            let second = digits(bytes[17..<19]), hour < 24, minute < 60, second < 60
        else { return nil }
        from = text
    }

    private static func midnight(after day: Int, _ month: Int, _ year: Int) -> String {
        var (day, month, year) = (day + 1, month, year)
        if day > days(of: month, in: year) { (day, month) = (1, month + 1) }
        if month > 12 { (month, year) = (1, year + 1) }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T00:00:00Z"
    }
}

private func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
        guard byte &- 0x30 < 10 else { return nil }
        value = value * 10 + Int(byte - 0x30)
    }
    return value
}

private func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

private func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}
