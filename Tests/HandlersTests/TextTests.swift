import Basics
import Glibc
import Handlers
import Messages
import Testing

@Suite struct TextTests {
    @Test func aShellGivesEveryArgumentBack() throws {
        var seed: UInt64 = 7
        let alphabet = Array("ab $`'\"\\;&|<>()*?#~!{}[]%\t-=é/")
        for _ in 0..<60 {
            var text = ""
            for _ in 0..<12 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(seed >> 33) % alphabet.count])
            }
            #expect(try shell("printf %s \(text.shellQuoted)") == text)
        }
        #expect("".shellQuoted == "''")
        #expect("arn:aws:iam::123456789012:role/x".shellQuoted == "arn:aws:iam::123456789012:role/x")
    }

    private func shell(_ command: String) throws -> String {
        let pipe = try #require(popen(command, "r"))
        defer { pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, pipe)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test(arguments: [
        "plain", "line\r\nBcc: x", "\u{1B}[31mred", "a\u{202E}b\u{2028}c", String(repeating: "ü", count: 300), "",
        "é😀\0",
    ])
    func aSubjectIsWhatSNSTakes(_ text: String) {
        let subject = subjectLine(text)
        #expect(subject.utf8.count <= 99)
        #expect(subject.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(
            !text.printable(limit: 2048).unicodeScalars.contains {
                $0.value < 0x20 || $0.value == 0x202E || $0.value == 0x2028
            }
        )
    }
}
