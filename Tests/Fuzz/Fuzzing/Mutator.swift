import TestSupport

/// Makes inputs out of others. The same seed and number give the same input, on any machine.
struct Mutator {
    let target: FuzzTarget
    let corpus: [Seed]
    private let trees: [Node]
    private let words: [[UInt8]]
    /// Those that are strings, without their quotes.
    private let inner: [[UInt8]]

    /// Longer inputs are cut.
    static let longest = 262_144

    init(_ target: FuzzTarget, _ corpus: [Seed]) {
        self.target = target
        self.corpus = corpus
        trees = corpus.compactMap(\.tree)
        words = target.words.map { Array($0.utf8) }
        let strings = words.filter { $0.count > 2 && $0.first == 0x22 && $0.last == 0x22 }
        inner = strings.isEmpty ? [[0x61]] : strings.map { Array($0[1..<($0.count - 1)]) }
    }

    /// The input of that number: first those of the corpus as they are, then changed ones.
    func input(_ number: Int, seed: UInt64) -> [UInt8] {
        guard number >= corpus.count else { return corpus[number].bytes }
        // Mixed, because a state that is only shifted gives the same values shifted.
        var (bySeed, byNumber) = (SeededRandom(seed: seed), SeededRandom(seed: UInt64(truncatingIfNeeded: number)))
        var random = SeededRandom(seed: bySeed.next() &+ byNumber.next())
        let origin = random.pick(corpus)
        var bytes: [UInt8]
        if let tree = origin.tree, random.chance(3, in: 4) {
            bytes = changed(tree, origin.head, &random)
            if random.chance(1, in: 8) { changeBytes(&bytes, 1, &random) }
        } else {
            bytes = origin.bytes
            changeBytes(&bytes, random.pick(Mutator.times), &random)
        }
        if bytes.count > Mutator.longest { bytes.removeLast(bytes.count - Mutator.longest) }
        return bytes
    }

    // MARK: Trees

    private func changed(_ tree: Node, _ head: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var tree = tree
        for _ in 0..<random.pick(Mutator.times) {
            var place = random.below(tree.count)
            tree.change(at: &place) { changeNode(&$0, &random) }
        }
        var bytes = head
        if !head.isEmpty, random.chance(1, in: 8) { bytes = random.pick(corpus).head }
        tree.write(into: &bytes, spaced: &random, random.chance(1, in: 8))
        return bytes
    }

    private func changeNode(_ node: inout Node, _ random: inout SeededRandom) {
        switch random.below(10) {
        case 0: node = .leaf(random.pick(Mutator.spellings))
        case 1: node = leaf(&random)
        case 2, 3:
            // A part of another input in its place.
            let donor = random.pick(trees)
            var place = random.below(donor.count)
            if let part = donor.node(at: &place) { node = part }
        case 4:
            for _ in 0..<(random.chance(1, in: 16) ? 120 + random.below(20) : 1 + random.below(3)) {
                node = random.chance(1, in: 2) ? .list([node]) : .map([(key(&random), node)])
            }
        default: changeInside(&node, &random)
        }
    }

    private func changeInside(_ node: inout Node, _ random: inout SeededRandom) {
        switch node {
        case .leaf(var spelling):
            // Inside the quotes of a string, mostly.
            if spelling.count > 2, spelling[0] == 0x22, random.chance(7, in: 8) {
                var text = Array(spelling[1..<(spelling.count - 1)])
                changeBytes(&text, 1, &random, isText: true)
                spelling = [0x22] + text + [0x22]
            } else {
                changeBytes(&spelling, 1, &random)
            }
            node = .leaf(spelling)
        case .list(var elements):
            let at = random.below(elements.count)
            switch random.below(4) {
            case 0 where !elements.isEmpty: elements.remove(at: at)
            case 1 where !elements.isEmpty:
                for _ in 0..<min(random.length(), 4_096) { elements.append(elements[at]) }
            case 2 where !elements.isEmpty: elements.swapAt(at, random.below(elements.count))
            default: elements.insert(leaf(&random), at: at)
            }
            node = .list(elements)
        case .map(var members):
            let at = random.below(members.count)
            switch random.below(6) {
            case 0 where !members.isEmpty: members.remove(at: at)
            case 1 where !members.isEmpty: members.append(members[at])
            case 2 where !members.isEmpty: members[at].key = key(&random)
            case 3 where !members.isEmpty: members.swapAt(at, random.below(members.count))
            case 4:
                // Many keys, all different.
                for number in 0..<min(random.length(), 512) {
                    members.append((Array("\"k\(number)\"".utf8), .leaf([0x31])))
                }
            default: members.insert((key(&random), leaf(&random)), at: at)
            }
            node = .map(members)
        }
    }

    private func key(_ random: inout SeededRandom) -> [UInt8] {
        [0x22] + random.pick(inner) + [0x22]
    }

    private func leaf(_ random: inout SeededRandom) -> Node {
        guard random.chance(1, in: 8) else { return .leaf(words.isEmpty ? [0x30] : random.pick(words)) }
        let text = random.pick(Mutator.pieces)
        return .leaf([0x22] + repeatElement(text, count: random.length()).joined() + [0x22])
    }

    // MARK: Bytes

    /// - Parameter isText: whether the bytes are those of a string, whose quotes are not among them.
    private func changeBytes(_ bytes: inout [UInt8], _ times: Int, _ random: inout SeededRandom, isText: Bool = false) {
        let words = isText ? inner : words
        let pieces = isText && random.chance(7, in: 8) ? Mutator.plainPieces : Mutator.pieces
        for _ in 0..<times {
            guard !bytes.isEmpty else {
                bytes = words.isEmpty ? [0x30] : random.pick(words)
                continue
            }
            let at = random.below(bytes.count)
            switch random.below(12) {
            case 0 where isText: bytes[at] = random.pick(Array("aZ0:/*?-._ ${}".utf8))
            case 1 where isText, 9 where isText: bytes = random.pick(words)
            case 0: bytes[at] ^= 1 << UInt8(random.below(8))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + random.length()))
            case 3: bytes.removeSubrange(at...)
            case 4, 5: if !words.isEmpty { bytes.insert(contentsOf: random.pick(words), at: at) }
            case 6: bytes.insert(contentsOf: random.pick(pieces), at: at)
            case 7: changeNumber(&bytes, from: at, &random)
            case 8:
                let piece = bytes[at..<min(bytes.count, at + 1 + random.below(32))]
                bytes.insert(contentsOf: repeatElement(piece, count: random.length()).joined(), at: at)
            case 9: splice(&bytes, at, &random)
            case 10:
                let word = words.isEmpty ? [] : random.pick(words)
                bytes.replaceSubrange(at..<min(bytes.count, at + word.count), with: word)
            default: bytes.swapAt(at, random.below(bytes.count))
            }
            if bytes.count > Mutator.longest { bytes.removeLast(bytes.count - Mutator.longest) }
        }
    }

    /// The end of another input after the beginning of this one.
    private func splice(_ bytes: inout [UInt8], _ at: Int, _ random: inout SeededRandom) {
        let other = random.pick(corpus).bytes
        guard !other.isEmpty else { return }
        let from = random.below(other.count)
        bytes.replaceSubrange(at..., with: other[from...])
    }

    /// The first number at or after a place becomes one at a limit.
    private func changeNumber(_ bytes: inout [UInt8], from: Int, _ random: inout SeededRandom) {
        guard let start = bytes[from...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
        let end = bytes[start...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: random.pick(Mutator.numbers))
    }

    /// How many changes: mostly one, so that much of what is made is still accepted.
    private static let times = [1, 1, 1, 1, 2, 2, 3, 6]

    private static let numbers = [
        "0", "00", "1", "-1", "-0", "127", "128", "255", "256", "32768", "65535", "65536", "2147483647", "2147483648",
        "4294967295", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e308",
        "1e309",
        "1e-400", "0.1", "1E+2", "123456789012", "99999999999999999999999999999999999999", "FFFFFFFF",
        "ffffffffffffffff",
        "10000000000000000", "7fffffffffffffff",
    ].map { Array($0.utf8) }

    private static let spellings =
        numbers
        + [
            "null", "true", "false", "[]", "{}", #""""#, #""*""#, "nul", #""\u0000""#, #""\ud83d\ude00""#, #""\ud83d""#,
            #""\/\b\f\n\r\t""#, #""${aws:username}""#, #""?""#, #""\u212a""#, #""e\u0301""#, #""é""#,
        ].map { Array($0.utf8) }

    /// Bytes that a JSON string may hold as they are.
    private static let plainPieces: [[UInt8]] = [
        [0x7F], [0xEF, 0xBB, 0xBF], [0xEF, 0xBF, 0xBE], [0xE2, 0x80, 0xAE], [0xCC, 0x81], [0xE2, 0x84, 0xAA], [0x41],
        [0x2A],
        [0x3F], [0x3A], [0x2F], [0xF0, 0x9F, 0x98, 0x80], [0xC3, 0xA9], [0x24, 0x7B], [0x25], [0xC2, 0x85],
        [0xE2, 0x80, 0xA8],
        Array(#"\n"#.utf8), Array(#"\u0000"#.utf8), Array(#"\\"#.utf8),
    ]

    /// Bytes that readers stumble over: controls, what is not UTF-8, marks, what Unicode calls equal.
    private static let pieces: [[UInt8]] = [
        [0], [0x1F], [0x7F], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE],
        [0xEF, 0xBB, 0xBF], [0xEF, 0xBF, 0xBE], [0xE2, 0x80, 0xAE], [0xCC, 0x81], [0xE2, 0x84, 0xAA], [0x0D, 0x0A],
        [0x0A], [0x0D], [0x5C], [0x22], [0x41], [0x2A], [0x3F], [0x3A], [0x2F], [0xF0, 0x9F, 0x98, 0x80], [0xC3, 0xA9],
        [0x24, 0x7B], [0x25], [0xC2, 0x85], [0xE2, 0x80, 0xA8],
    ]
}
