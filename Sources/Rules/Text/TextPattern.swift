import Basics

/// A text with `*` for any run of characters and `?` for any one character.
package struct TextPattern: Sendable, Equatable {
    /// As the rules spell it.
    package let text: String
    private let pieces: [[UInt8]]
    private let startsOpen: Bool
    private let endsOpen: Bool

    init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        pieces = bytes.split(separator: UInt8(ascii: "*")).map(Array.init)
        startsOpen = bytes.first == UInt8(ascii: "*")
        endsOpen = bytes.last == UInt8(ascii: "*")
    }

    /// Whether there is any letter in it that a text must have.
    var saysSomething: Bool {
        pieces.contains { $0.contains { $0 != UInt8(ascii: "?") } }
    }

    /// Whether the whole of `value` has this form. A piece between two stars goes where it first fits, so nothing is
    /// tried twice.
    func matches(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { value in
            guard let first = pieces.first, let last = pieces.last else { return startsOpen || value.isEmpty }
            if pieces.count == 1, !startsOpen, !endsOpen { return end(of: first, in: value, at: 0) == value.count }
            var at = 0
            var rest = pieces[...]
            if !startsOpen {
                guard let end = end(of: first, in: value, at: 0) else { return false }
                at = end
                rest = rest.dropFirst()
            }
            if !endsOpen, !rest.isEmpty { rest = rest.dropLast() }
            for piece in rest {
                guard let end = endOfFirst(piece, in: value, from: at) else { return false }
                at = end
            }
            guard !endsOpen else { return true }
            // The last piece must end where the text ends.
            guard let start = start(of: last, endingAt: value.count, in: value) else { return false }
            return start >= at
        }
    }
}

/// Where `piece` ends when it stands at `start`; `?` is one whole character.
private func end(of piece: [UInt8], in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    var at = start
    for byte in piece {
        guard at < text.count else { return nil }
        if byte == UInt8(ascii: "?") {
            at += 1
            while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
        } else {
            guard text[at] == byte else { return nil }
            at += 1
        }
    }
    return at
}

/// Where `piece` begins when it ends at `end`.
private func start(of piece: [UInt8], endingAt end: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
    var at = end
    for byte in piece.reversed() {
        guard at > 0 else { return nil }
        at -= 1
        if byte == UInt8(ascii: "?") {
            while at > 0, text[at] & 0xC0 == 0x80 { at -= 1 }
        } else {
            guard text[at] == byte else { return nil }
        }
    }
    return at
}

private func endOfFirst(_ piece: [UInt8], in text: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
    guard piece.contains(UInt8(ascii: "?")) else {
        return piece.withUnsafeBufferPointer { ByteSearch.first($0, in: text, from: from) }.map { $0 + piece.count }
    }
    guard text.count - from >= piece.count else { return nil }
    guard ByteSearch.isShort(piece.count, text.count - from) else {
        return PieceSearch(piece).end(in: text, from: from)
    }
    var at = from
    while at <= text.count {
        if at == text.count || text[at] & 0xC0 != 0x80, let end = end(of: piece, in: text, at: at) { return end }
        at += 1
    }
    return nil
}
