import Rules
import TestSupport
import Testing

/// A line as a test compares it; `nil` for one that is too long.
private typealias Text = String?

@Suite struct LineSplitterTests {
    @Test(arguments: [
        ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]), ("a\nb", ["a", "b"]),
        ("\n\na\n", ["", "", "a"]), ("a\r\nb\r\n", ["a\r", "b\r"]), ("é😀\nü", ["é😀", "ü"]),
    ])
    func cutsAtLineFeeds(_ text: String, _ lines: [String]) {
        let bytes = Array(text.utf8)
        for size in 1...max(bytes.count, 1) {
            #expect(split(bytes, blocks: size, limit: 100) == lines)
        }
    }

    @Test func aLineOverTheLimitIsPassedOver() {
        let bytes = Array("1234\n12345\n123456\n\n1234567890123\n12".utf8)
        for size in 1...bytes.count {
            #expect(split(bytes, blocks: size, limit: 5) == ["1234", "12345", nil, "", nil, "12"])
        }
        #expect(split(Array("123456".utf8), blocks: 3, limit: 5) == [nil])
    }

    @Test func blocksMakeNoDifference() {
        var random = SeededRandom(seed: 21)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
                Int.random(in: 0..<8, using: &random) == 0 ? 0x0A : UInt8.random(in: 0x61...0x7A, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            var expected = text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.utf8.count > 12 ? nil : String($0) }
            if text.isEmpty || text.hasSuffix("\n") { expected.removeLast() }
            let size = Int.random(in: 1...50, using: &random)
            #expect(split(bytes, blocks: size, limit: 12) == expected)
        }
    }

    @Test func whatTheTakerThrowsComesOut() {
        struct Enough: Error, Equatable {}
        var taken = 0
        #expect(throws: Enough()) {
            var splitter = LineSplitter(limit: 10)
            try Array("a\nb\nc\n".utf8).withUnsafeBufferPointer { block in
                try splitter.feed(block) { _ in
                    taken += 1
                    if taken == 2 { throw Enough() }
                }
            }
        }
        #expect(taken == 2)
    }

    private func split(_ bytes: [UInt8], blocks size: Int, limit: Int) -> [Text] {
        var lines: [Text] = []
        func take(_ line: Line) {
            switch line {
            case .whole(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: lines.append(nil)
            }
        }
        var splitter = LineSplitter(limit: limit)
        for start in stride(from: 0, to: bytes.count, by: size) {
            Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBufferPointer { splitter.feed($0, take) }
        }
        splitter.finish(take)
        return lines
    }
}
