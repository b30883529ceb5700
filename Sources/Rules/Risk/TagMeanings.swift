import Basics
import LosslessJSON

/// What tags say about the data and the stage, by the words that teams commonly use.
struct TagMeanings {
    typealias Tag = (key: String, value: String)

    /// The first tag that calls the data sensitive.
    private(set) var sensitive: Tag?
    /// The first tag that calls it production.
    private(set) var production: Tag?
    /// The first tag that calls it something less than production.
    private(set) var harmless: Tag?

    /// Reads the tags of a resource.
    mutating func read(_ tags: JSONObject) {
        for index in tags.members.indices {
            guard let meaning = keyMeaning(tags.members[index].key),
                case .string(let value) = tags.members[index].value
            else { continue }
            read(meaning, tags.members[index].key, value)
        }
    }

    /// Reads the tags of an account: only whether it is production.
    mutating func readProduction(_ tags: JSONObject) {
        guard production == nil else { return }
        for index in tags.members.indices {
            guard keyMeaning(tags.members[index].key) == .stage, case .string(let value) = tags.members[index].value,
                productionWords.holds(bareHash(value), value)
            else { continue }
            production = (tags.members[index].key, value)
            return
        }
    }

    private mutating func read(_ meaning: KeyMeaning, _ key: String, _ value: String) {
        guard value.utf8.count <= 64 else { return }
        let word = bareHash(value)
        switch meaning {
        case .classification:
            if sensitive == nil, sensitiveWords.holds(word, value) { sensitive = (key, value) }
        case .stage:
            if production == nil, productionWords.holds(word, value) { production = (key, value) }
            if harmless == nil, harmlessWords.holds(word, value) { harmless = (key, value) }
        }
    }
}

private enum KeyMeaning {
    case classification, stage
}

/// Keys are compared without case, spaces, hyphens and underscores.
private func keyMeaning(_ key: String) -> KeyMeaning? {
    // Most keys are neither; their length and first letter say so.
    guard let first = key.utf8.first, key.utf8.count <= 24 else { return nil }
    switch first.lowercasedASCII {
    case UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "s"), UInt8(ascii: "e"): break
    default: return nil
    }
    let word = bareHash(key)
    if classificationKeys.holds(word, key) { return .classification }
    return stageKeys.holds(word, key) ? .stage : nil
}

private let classificationKeys = Words([
    "dataclassification", "classification", "dataclass", "datasensitivity", "sensitivity", "confidentiality",
])

private let stageKeys = Words(["environment", "env", "stage", "environmenttype", "deploymentstage", "stagename"])

private let sensitiveWords = Words([
    "confidential", "highlyconfidential", "strictlyconfidential", "restricted", "highlyrestricted", "secret",
    "topsecret", "sensitive", "highlysensitive", "pii", "phi", "pci", "pcidss", "personal", "critical", "private",
])

private let productionWords = Words(["prod", "production", "prd", "live"])

private let harmlessWords = Words([
    "dev", "development", "test", "testing", "sandbox", "qa", "staging", "stage", "nonprod", "nonproduction", "demo",
])

/// Some bare words: small letters without spaces, hyphens, underscores, dots and colons.
private struct Words: Sendable {
    private let hashes: [UInt64]
    private let words: [String]

    init(_ words: [String]) {
        self.words = words
        hashes = words.map(bareHash)
    }

    /// Whether the text, made bare, is one of them.
    @inline(__always)
    func holds(_ hash: UInt64, _ text: String) -> Bool {
        for index in hashes.indices where hashes[index] == hash { return isBare(text, words[index]) }
        return false
    }
}

/// A number that texts share whose bare words are equal.
private func bareHash(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { bytes in
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes where !isGap(byte) { hash = (hash ^ UInt64(byte.lowercasedASCII)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

/// Whether the text, made bare, is this word.
private func isBare(_ text: String, _ word: String) -> Bool {
    var (text, word) = (text, word)
    return text.withUTF8 { bytes in
        word.withUTF8 { word in
            var at = 0
            for byte in bytes where !isGap(byte) {
                guard at < word.count, word[at] == byte.lowercasedASCII else { return false }
                at += 1
            }
            return at == word.count
        }
    }
}

@inline(__always)
private func isGap(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
    default: false
    }
}
