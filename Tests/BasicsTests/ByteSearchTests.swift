import Basics
import TestSupport
import Testing

@Suite struct ByteSearchTests {
    @Test func findsWhatAPlainSearchFinds() {
        var random = SeededRandom(seed: 11)
        func text(_ most: Int) -> String {
            String((0..<Int.random(in: 0...most, using: &random)).map { _ in ["a", "b", "é"].randomElement() ?? "a" })
        }
        var found = 0
        for round in 0..<20_000 {
            let (text, part) = (text(round % 10 == 0 ? 600 : 12), text(round % 7 == 0 ? 30 : 4))
            let plain = part.isEmpty || text.contains(part)
            #expect(text.holds(part) == plain, "\(part) in \(text)")
            found += plain ? 1 : 0
        }
        #expect((2_000..<18_000).contains(found))
    }

    @Test(arguments: [
        ("a-b-c", "-", "+", "a+b+c"), ("aaa", "aa", "b", "ba"), ("", "a", "b", ""), ("abc", "", "x", "abc"),
        ("key=SECRET&SECRET", "SECRET", "…", "key=…&…"), ("a", "a", "aa", "aa"),
    ])
    func replacesEveryOne(_ text: String, _ part: String, _ other: String, _ result: String) {
        #expect(text.replacing(every: part, with: other) == result)
    }
}
