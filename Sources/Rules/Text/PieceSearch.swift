/// Looks for a piece with `?` in it: all its beginnings that fit so far are followed at once, a bit for each, so that the
/// time is that of the text times a 64th of the piece, whatever is in them (Baeza-Yates and Gonnet, "shift and").
struct PieceSearch {
    private let count: Int
    /// Words of 64 bits that hold a bit for each byte of the piece.
    private let words: Int
    /// For each byte, a word after the other: the places of the piece that it fits.
    private var fits: [UInt64]
    /// The places that hold a `?`: there the rest of a character stays.
    private var open: [UInt64]

    init(_ piece: [UInt8]) {
        count = piece.count
        words = (piece.count + 63) / 64
        fits = [UInt64](repeating: 0, count: 256 * words)
        open = [UInt64](repeating: 0, count: words)
        for place in piece.indices {
            let (word, bit) = (place / 64, UInt64(1) << UInt64(place % 64))
            if piece[place] == UInt8(ascii: "?") {
                open[word] |= bit
            } else {
                fits[Int(piece[place]) * words + word] |= bit
            }
        }
    }

    /// Where the first place of the text that fits ends; `from` is where a character begins.
    func end(in text: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
        guard count > 0 else { return from }
        let last = UInt64(1) << UInt64((count - 1) % 64)
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { state in
            state.initialize(repeating: 0)
            for at in from..<text.count {
                // A character's later bytes begin nothing, and what has just taken its first byte for a `?` stays.
                let isRest = text[at] & 0xC0 == 0x80
                let row = Int(text[at]) * words
                var carry: UInt64 = isRest ? 0 : 1
                for word in 0..<words {
                    let before = state[word]
                    let moved = before << 1 | carry
                    carry = before >> 63
                    state[word] =
                        isRest
                        ? moved & fits[row + word] | before & open[word]
                        : moved & (fits[row + word] | open[word])
                }
                guard state[words - 1] & last != 0 else { continue }
                var end = at + 1
                while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
                return end
            }
            return nil
        }
    }
}
