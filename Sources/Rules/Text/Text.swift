/// Text from outside as it may stand in a reason or an error: one line, nothing invisible, at most `limit` characters.
func visible(_ text: String, limit: Int = 200) -> String {
    // Asking Unicode's tables costs; nearly all texts are printable ASCII.
    if text.utf8.count <= limit, isPrintable(text) { return text }
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit {
            result += "…"
            break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            result.unicodeScalars.append(" ")
        default:
            result.unicodeScalars.append(scalar)
        }
        count += 1
    }
    return result
}

private func isPrintable(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        for byte in bytes where byte &- 0x20 > 0x5E { return false }
        return true
    }
}

/// Whether two texts are equal but for the case of ASCII letters: how AWS compares condition keys and action names.
func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
}

/// ASCII letters made small.
func lowercased(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 &- 0x41 < 26 }) else { return text }
    return String(decoding: text.utf8.map(lowercased), as: UTF8.self)
}

@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// The known word that was most likely meant, when one is near: at most a third of its letters differ.
func nearest(_ word: String, among known: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
        let distance = editDistance(Array(lowercased(word).utf8), Array(lowercased(candidate).utf8))
        guard distance <= max(1, candidate.utf8.count / 3), distance < best?.distance ?? .max else { continue }
        best = (candidate, distance)
    }
    return best?.word
}

/// How many letters must be put in, taken out or replaced to make one word of the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, l) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, r) in right.enumerated() {
            let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (l == r ? 0 : 1))
            diagonal = row[j + 1]
            row[j + 1] = next
        }
    }
    return row[right.count]
}
