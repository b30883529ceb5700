/// All tests of all rules laid out flat, to ask of many pairs of rules whether one covers the other.
struct Coverage {
    /// Each rule's tests, by slot.
    private var tests: ContiguousArray<Predicate> = []
    private var slots: ContiguousArray<Int> = []
    /// A number that only tests share that are written alike.
    private var numbers: ContiguousArray<Int> = []
    private var ranges: ContiguousArray<Range<Int>> = []
    private var isSingle: ContiguousArray<Bool> = []
    /// Whether a test holds of every finding.
    private var isGiven: ContiguousArray<Bool> = []
    /// A bit for each slot, modulo 64: most pairs are told apart by it. Of all slots, and of those that are more than
    /// given.
    private var masks: ContiguousArray<UInt64> = []
    private var asked: ContiguousArray<UInt64> = []
    /// How many comparisons of texts are left. Rules made to cost time spend it, and those after them are not compared
    /// any more: a rule that can never decide is a slip, not a danger.
    private(set) var effort = 8_000_000

    init(_ rules: [Rule]) {
        var known: [[UInt8]: Int] = [:]
        for rule in rules {
            let from = tests.count
            var (mask, ask): (UInt64, UInt64) = (0, 0)
            for criterion in rule.criteria.sorted(by: { $0.slot < $1.slot }) {
                let bit = UInt64(1) << UInt64(criterion.slot % 64)
                mask |= bit
                for test in criterion.tests {
                    let next = known.count
                    numbers.append(known[test.spelling, default: next])
                    if numbers[numbers.count - 1] == next { known[test.spelling] = next }
                    tests.append(test)
                    slots.append(criterion.slot)
                    isSingle.append(criterion.key.isSingle)
                    let given = criterion.key.isAlwaysThere && test == .exists(true)
                    isGiven.append(given)
                    if !given { ask |= bit }
                }
            }
            ranges.append(from..<tests.count)
            masks.append(mask)
            asked.append(ask)
        }
    }

    /// Whether all that rule `early` asks is also asked by rule `late`.
    mutating func covers(_ early: Int, _ late: Int) -> Bool {
        guard asked[early] & ~masks[late] == 0 else { return false }
        var from = ranges[late].lowerBound
        let end = ranges[late].upperBound
        for test in ranges[early] where !isGiven[test] {
            while from < end, slots[from] < slots[test] { from += 1 }
            guard isImplied(test, by: from, end) else { return false }
        }
        return true
    }

    /// Whether one of the tests of its slot, which begin at `from`, implies a test.
    private mutating func isImplied(_ test: Int, by from: Int, _ end: Int) -> Bool {
        var other = from
        while other < end, slots[other] == slots[test] {
            if numbers[other] == numbers[test] { return true }
            other += 1
        }
        other = from
        while other < end, slots[other] == slots[test] {
            effort -= tests[other].effort(tests[test])
            guard effort >= 0 else { return false }
            if tests[other].implies(tests[test], isSingle: isSingle[test]) { return true }
            other += 1
        }
        return false
    }
}

extension Predicate {
    /// As bytes that tell it from every other test.
    var spelling: [UInt8] {
        var bytes = Array(name.utf8)
        for text in wanted {
            bytes += String(text.utf8.count).utf8
            bytes.append(UInt8(ascii: ":"))
            bytes += text.utf8
        }
        return bytes
    }
}
