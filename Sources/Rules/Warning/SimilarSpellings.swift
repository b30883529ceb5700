import Basics
import Findings
import Policies

extension RuleSet {
    /// Accounts and tags that are spelt nearly like others of the same file, by the rule that has the odd one out: the
    /// spelling that fewer rules have, or the later one.
    func similarSpellings() -> [Int: [RulesProblem]] {
        var accounts = Spellings()
        var tags = Spellings()
        var accountTags = Spellings()
        for index in rules.indices {
            let rule = rules[index]
            for criterion in rule.criteria {
                let place = place(of: index).member("when").member(criterion.key.text)
                switch criterion.key.source {
                // Tags that are asked the same, with the same consequence, are spelt in two ways on purpose.
                case .tag(let key): tags.add(key, index, place, about: meant(criterion, rule))
                case .accountTag(let key): accountTags.add(key, index, place, about: meant(criterion, rule))
                case .principal("AWS"), .resource, .owner, .member("account", "id"), .member("principalAccount", "id"):
                    for test in criterion.tests {
                        for value in test.exactValues ?? [] {
                            guard let account = value.account else { continue }
                            accounts.add(account, index, place.member(test.name).text(value), about: nil)
                        }
                    }
                default: break
                }
            }
        }
        func meant(_ criterion: Criterion, _ rule: Rule) -> [[UInt8]] {
            criterion.tests.map(\.spelling) + [Array(rule.action.rawValue.utf8)]
        }
        var found: [Int: [RulesProblem]] = [:]
        for (odd, usual) in accounts.pairs(where: { $0.differsInOneDigit(from: $1) }) {
            let what = "the account \(odd.text) is nearly \(usual.text), which other rules name; is it that one?"
            found[odd.rule, default: []].append(RulesProblem(.similarAccount, odd.place, what))
        }
        for spellings in [tags, accountTags] {
            for (odd, usual) in spellings.pairs(where: { $0.isSpeltNearly($1) }) {
                let what =
                    "the tag '\(odd.text.printable(limit: 100))' is spelt '\(usual.text.printable(limit: 100))' in other "
                    + "rules, and case counts; did you mean that?"
                found[odd.rule, default: []].append(RulesProblem(.similarTag, odd.place, what))
            }
        }
        return found
    }
}

/// Spellings with how often and where first each occurs.
private struct Spellings {
    struct Spelling {
        let text: String
        let rule: Int
        let place: RulesPlace
        let about: [[UInt8]]?
        var count = 1
    }

    /// More than these are not compared with one another.
    private static let most = 500

    private var known: [Spelling] = []

    mutating func add(_ text: String, _ rule: Int, _ place: RulesPlace, about: [[UInt8]]?) {
        if let index = known.firstIndex(where: { $0.text.hasSameBytes(as: text) }) {
            known[index].count += 1
        } else if known.count < Self.most {
            known.append(Spelling(text: text, rule: rule, place: place, about: about))
        }
    }

    /// Each spelling that is like one that is used more, or as often and before it.
    func pairs(where areAlike: (String, String) -> Bool) -> [(odd: Spelling, usual: Spelling)] {
        known.enumerated().compactMap { index, odd in
            let usual = known.enumerated().first { other, usual in
                (usual.count, -other) > (odd.count, -index) && areAlike(odd.text, usual.text)
                    && (odd.about == nil || odd.about != usual.about)
            }
            return usual.map { (odd, $0.element) }
        }
    }
}

extension String {
    /// The account that it is, or that the ARN names.
    fileprivate var account: String? {
        if isAccountID { return self }
        guard utf8.starts(with: "arn:".utf8) else { return nil }
        let parts = utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        let account = String(Substring(parts[4]))
        return account.isAccountID ? account : nil
    }

    /// One digit is another, or two neighbours have changed places.
    fileprivate func differsInOneDigit(from other: String) -> Bool {
        let (mine, theirs) = (Array(utf8), Array(other.utf8))
        guard mine.count == theirs.count else { return false }
        let places = mine.indices.filter { mine[$0] != theirs[$0] }
        switch places.count {
        case 1: return true
        case 2:
            return places[1] == places[0] + 1 && mine[places[0]] == theirs[places[1]]
                && mine[places[1]] == theirs[places[0]]
        default: return false
        }
    }

    /// The same letters and digits but for case, or a letter is missing or too many.
    fileprivate func isSpeltNearly(_ other: String) -> Bool {
        let (mine, theirs) = (bareLetters, other.bareLetters)
        if mine == theirs { return true }
        guard min(mine.count, theirs.count) >= 5, abs(mine.count - theirs.count) == 1 else { return false }
        let (short, long) = mine.count < theirs.count ? (mine, theirs) : (theirs, mine)
        let start = short.indices.first { short[$0] != long[$0] } ?? short.count
        return short[start...].elementsEqual(long[(start + 1)...])
    }

    private var bareLetters: [UInt8] {
        lowercasedASCII.utf8.filter { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 > 0x7F }
    }
}
