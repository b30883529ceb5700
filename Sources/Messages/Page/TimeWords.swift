package import Basics

extension Timestamp {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// For people: `9 May 2026, 09:14 UTC`.
    package var words: String {
        let parts = extended.utf8.split { !(0x30...0x39).contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 5, let day = Int(parts[2]), let month = Int(parts[1]), (1...12).contains(month) else {
            return extended
        }
        return "\(day) \(Self.months[month - 1]) \(parts[0]), \(parts[3]):\(parts[4]) UTC"
    }
}
