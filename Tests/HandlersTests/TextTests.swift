import Basics
import Handlers
import Messages
import TestSupport
import Testing

@Suite struct TextTests {
    @Test func aShellGivesEveryArgumentBack() throws {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("ab $`'\"\\;&|<>()*?#~!{}[]%\t-=é/")
        for _ in 0..<60 {
            let text = String((0..<12).compactMap { _ in alphabet.randomElement(using: &random) })
            #expect(try shell("printf %s \(text.shellQuoted)") == text)
        }
        #expect("".shellQuoted == "''")
        #expect("arn:aws:iam::123456789012:role/x".shellQuoted == "arn:aws:iam::123456789012:role/x")
    }

    @Test(arguments: [
        "plain", "line\r\nBcc: x", "\u{1B}[31mred", "a\u{202E}b\u{2028}c", String(repeating: "ü", count: 300), "",
        "é😀\0",
    ])
    func aSubjectIsWhatSNSTakes(_ text: String) {
        let subject = text.subjectLine
        #expect(subject.utf8.count <= 99)
        #expect(subject.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(
            !text.printable(limit: 2048).unicodeScalars.contains {
                $0.value < 0x20 || $0.value == 0x202E || $0.value == 0x2028
            }
        )
    }
}
