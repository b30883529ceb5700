import Basics
import LosslessJSON

/// The last word on a finding: how it was answered, and whether that is the end of it.
package struct FindingWord: Sendable, Equatable {
    /// Such as `REFUSED`.
    package let what: String
    /// The mode that it was answered in.
    package let mode: String
    /// When Access Analyzer had changed the finding then, as it writes it.
    package let updatedAt: String
    /// Whether nothing is to be done until the finding or the mode changes.
    package let isFinal: Bool

    package init(what: String, mode: String, updatedAt: String, isFinal: Bool) {
        self.what = what
        self.mode = mode
        self.updatedAt = updatedAt
        self.isFinal = isFinal
    }
}

extension Ledger {
    private static func wordKey(_ id: String) -> LedgerKey { LedgerKey("WORD#\(id)", "LAST") }
    private static let wordLife: Int64 = 400 * 86_400

    /// The last word on a finding; `nil` where there is none.
    package func word(onFinding id: String) async throws(LedgerError) -> FindingWord? {
        guard let item = try await item(at: Self.wordKey(id)), let what = item.data["what"]?.string else { return nil }
        return FindingWord(
            what: what,
            mode: try item.text("mode"),
            updatedAt: try item.text("updatedAt"),
            isFinal: item.data["isFinal"]?.bool ?? false
        )
    }

    /// Records how a finding was answered.
    package func record(_ word: FindingWord, onFinding id: String) async throws(LedgerError) {
        try await changeWord(id) { data in
            data["what"] = .string(word.what)
            data["mode"] = .string(word.mode)
            data["updatedAt"] = .string(word.updatedAt)
            data["isFinal"] = .bool(word.isFinal)
            data["handedAt"] = nil
        }
    }

    /// The number of the attempt to have a finding answered that a sweep hands it on for: the same until there is a word on
    /// it, or for a day.
    package func attempt(onFinding id: String) async throws(LedgerError) -> Int {
        var number = 0
        let time = now()
        try await changeWord(id) { data in
            let last = data["handedAt"]?.string.flatMap { Timestamp(iso8601: $0) }
            number = min(max(data["attempts"]?.int ?? 0, 0), 1_000_000)
            if let last, time < last.adding(seconds: 86_400), last < time.adding(seconds: 60) { return }
            number += 1
            data["attempts"] = .int(number)
            data["handedAt"] = .string(time.extended)
        }
        return number
    }

    private func changeWord(_ id: String, _ change: (inout JSONObject) -> Void) async throws(LedgerError) {
        let key = Self.wordKey(id)
        for _ in 0..<8 {
            let item = try await item(at: key)
            var data = item?.data ?? JSONObject()
            change(&data)
            let next = LedgerItem(
                key,
                data,
                revision: (item?.revision ?? 0) + 1,
                expires: now().secondsSinceEpoch + Self.wordLife
            )
            if try await write([.put(next, if: item.map { .revision($0.revision) } ?? .absent)]) == .done { return }
        }
        throw .lost("the word on the finding \(id) is being written by others")
    }
}
