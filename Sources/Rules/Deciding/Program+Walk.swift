import Findings

/// What a walk through the rules has found.
struct Walk {
    /// The first rule that matches.
    var match: Int?
    /// Rules before it that some look-up has left open.
    var undecidable: [Int] = []
    /// Rules before it that would match, had they not ended.
    var expired: [Int] = []
}

/// What is known of a key's value in the case at hand.
private struct Slot {
    enum State {
        case unknown, absent, single, other
    }

    var state = State.unknown
    var fingerprint: UInt64 = 0

    init() {}

    @inline(__always)
    init(_ found: KeyValue) {
        switch found {
        case .absent, .unavailable: state = .absent
        case .text(let text): (state, fingerprint) = (.single, text.fingerprint)
        case .list, .texts, .structure: state = .other
        }
    }
}

extension Program {
    /// Finds the first rule that matches a case of which nothing is missing.
    func walk(_ input: Case, _ view: CaseView, _ candidates: [Int], points: Int, now: String) -> Walk {
        var walk = Walk()
        withUnsafeTemporaryAllocation(of: Slot.self, capacity: keys.count) { slots in
            slots.initialize(repeating: Slot())
            for index in candidates {
                guard holds(index, input, view, slots, points) else { continue }
                if let end = ends[index], end <= now {
                    walk.expired.append(index)
                    continue
                }
                walk.match = index
                return
            }
        }
        return walk
    }

    @inline(__always)
    private func holds(
        _ rule: Int,
        _ input: Case,
        _ view: CaseView,
        _ slots: UnsafeMutableBufferPointer<Slot>,
        _ points: Int
    ) -> Bool {
        for index in ranges[rule] {
            let check = checks[index]
            if check.kind == .risk {
                guard tests[check.test].holds(points: points) else { return false }
                continue
            }
            let slot = slots[check.slot]
            let holds: Bool
            switch slot.state {
            case .unknown:
                let found = view.found(keys[check.slot], input)
                slots[check.slot] = Slot(found)
                holds = check.holds(found, tests)
            case .absent: holds = check.whenAbsent
            case .single: holds = self.holds(check, slot.fingerprint, input, view)
            case .other: holds = tests[check.test].holds(view.found(keys[check.slot], input))
            }
            guard holds else { return false }
        }
        return true
    }

    /// Whether a check holds of a single value; texts are compared only where fingerprints agree.
    @inline(__always)
    private func holds(_ check: Check, _ fingerprint: UInt64, _ input: Case, _ view: CaseView) -> Bool {
        switch check.kind {
        case .exists: return true
        case .isAbsent: return false
        case .equals where fingerprint != check.fingerprint: return false
        case .differs where fingerprint != check.fingerprint: return true
        case .equalsAny where !has(fingerprint, check.prints): return false
        case .differsFromAll where !has(fingerprint, check.prints): return true
        default: return tests[check.test].holds(view.found(keys[check.slot], input))
        }
    }

    @inline(__always)
    private func has(_ fingerprint: UInt64, _ range: Range<Int>) -> Bool {
        for index in range where prints[index] == fingerprint { return true }
        return false
    }
}

extension Program.Check {
    /// Whether it holds of what has just been looked up.
    @inline(__always)
    fileprivate func holds(_ found: KeyValue, _ tests: ContiguousArray<Predicate>) -> Bool {
        if case .absent = found { return whenAbsent }
        return tests[test].holds(found)
    }
}
