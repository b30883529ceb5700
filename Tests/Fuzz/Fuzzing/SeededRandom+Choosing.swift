import TestSupport

extension SeededRandom {
    /// A number from 0 to `bound - 1`; 0 for a bound of 0.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(truncatingIfNeeded: next() >> 1) % bound
    }

    /// `part` times in `whole`.
    mutating func chance(_ part: Int, in whole: Int) -> Bool {
        below(whole) < part
    }

    /// One of a list that is not empty.
    mutating func pick<T>(_ list: [T]) -> T {
        list[below(list.count)]
    }

    /// A length: mostly small, seldom very large.
    mutating func length() -> Int {
        switch below(256) {
        case 0: below(65_536)
        case 1..<8: below(2_048)
        case 8..<64: below(64)
        default: 1 + below(8)
        }
    }
}
