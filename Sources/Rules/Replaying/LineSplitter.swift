import Glibc

/// One line of a text, without the line feed that ends it.
package enum Line {
    /// The bytes, which are not kept beyond the call that hands them over.
    case whole(UnsafeBufferPointer<UInt8>)
    /// A line over the limit, of which nothing was kept.
    case tooLong
}

/// Cuts a text that comes in blocks into lines, holding no more than one line that crosses blocks.
package struct LineSplitter {
    /// Bytes that a line may hold.
    private let limit: Int
    /// The beginning of a line whose end has not come yet.
    private var begun: [UInt8] = []
    /// Whether that line is over the limit, so that the rest of it is passed over.
    private var isTooLong = false

    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next block and hands over each line that ends in it, in order.
    package mutating func feed<E: Error>(
        _ block: UnsafeBufferPointer<UInt8>,
        _ take: (Line) throws(E) -> Void
    ) throws(E) {
        guard let base = block.baseAddress else { return }
        var from = 0
        while from < block.count, let end = memchr(base + from, 0x0A, block.count - from) {
            let at = UnsafeRawPointer(end) - UnsafeRawPointer(base)
            let piece = UnsafeBufferPointer(rebasing: block[from..<at])
            from = at + 1
            if begun.isEmpty, !isTooLong {
                try take(piece.count > limit ? .tooLong : .whole(piece))
            } else {
                keep(piece)
                try takeBegun(take)
            }
        }
        keep(UnsafeBufferPointer(rebasing: block[from...]))
    }

    /// Hands over what follows the last line feed, when anything does.
    package mutating func finish<E: Error>(_ take: (Line) throws(E) -> Void) throws(E) {
        if !begun.isEmpty || isTooLong { try takeBegun(take) }
    }

    private mutating func keep(_ piece: UnsafeBufferPointer<UInt8>) {
        guard !isTooLong, !piece.isEmpty else { return }
        if piece.count > limit - begun.count {
            isTooLong = true
            begun = []
        } else {
            begun.append(contentsOf: piece)
        }
    }

    private mutating func takeBegun<E: Error>(_ take: (Line) throws(E) -> Void) throws(E) {
        let isTooLong = isTooLong
        self.isTooLong = false
        defer { begun.removeAll(keepingCapacity: begun.capacity <= 1 << 20) }
        guard !isTooLong else { return try take(.tooLong) }
        try begun.withUnsafeBufferPointer { (bytes) throws(E) in try take(.whole(bytes)) }
    }
}
