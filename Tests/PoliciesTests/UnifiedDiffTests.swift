import Policies
import TestSupport
import Testing

@Suite struct UnifiedDiffTests {
    /// One hunk of a diff, taken apart.
    private struct Hunk {
        var oldStart = 0
        var newStart = 0
        var counts: [Int] = []
        var lines: [(mark: Character, text: String)] = []

        init?(_ diff: String) {
            let all = diff.split(separator: "\n", omittingEmptySubsequences: false)
            guard all.count > 4, all[0] == "--- before", all[1] == "+++ after", all.last == "" else { return nil }
            let numbers = all[2].split { !$0.isNumber }.compactMap { Int($0) }
            guard numbers.count == 4 else { return nil }
            (oldStart, newStart, counts) = (numbers[0] - 1, numbers[2] - 1, [numbers[1], numbers[3]])
            for line in all.dropFirst(3).dropLast() {
                guard let mark = line.first else { return nil }
                lines.append((mark, String(line.dropFirst())))
            }
        }

        /// The lines of one side: those of both, and its own.
        func side(_ own: Character) -> [String] {
            lines.filter { $0.mark == " " || $0.mark == own }.map(\.text)
        }
    }

    private func lines(_ count: ClosedRange<Int>, of letters: Int, _ random: inout SeededRandom) -> [String] {
        (0..<Int.random(in: count, using: &random)).map { _ in "\(Int.random(in: 0..<letters, using: &random))" }
    }

    /// Patching the one with the diff gives the other, and the other way round.
    @Test func aDiffIsWhatTurnsOneIntoTheOther() throws {
        var random = SeededRandom(seed: 5)
        var tried = 0
        for _ in 0..<2000 {
            let old = lines(1...30, of: 4, &random)
            var new = old
            let from = Int.random(in: 0..<old.count, using: &random)
            let until = Int.random(in: from...old.count, using: &random)
            new.replaceSubrange(from..<until, with: lines(0...4, of: 6, &random))
            guard new != old, !new.isEmpty else { continue }
            tried += 1
            let diff = UnifiedDiff.text(old.joined(separator: "\n"), new.joined(separator: "\n"))
            let hunk = try #require(Hunk(diff), "\(diff)")
            let (before, after) = (hunk.side("-"), hunk.side("+"))
            #expect(hunk.counts == [before.count, after.count])
            var patched = old
            patched.replaceSubrange(hunk.oldStart..<(hunk.oldStart + before.count), with: after)
            #expect(patched == new, "\(diff)")
            var back = new
            back.replaceSubrange(hunk.newStart..<(hunk.newStart + after.count), with: before)
            #expect(back == old, "\(diff)")
            // At most three lines of both around the change.
            #expect(hunk.lines.prefix { $0.mark == " " }.count <= 3)
            #expect(hunk.lines.reversed().prefix { $0.mark == " " }.count <= 3)
        }
        #expect(tried > 1500)
    }

    @Test func whatIsInsertedIsAllThatIsMarked() throws {
        var random = SeededRandom(seed: 6)
        for _ in 0..<300 {
            let old = lines(1...30, of: 4, &random)
            var new = old
            new.insert(contentsOf: ["x", "y"], at: Int.random(in: 0...old.count, using: &random))
            let hunk = try #require(Hunk(UnifiedDiff.text(old.joined(separator: "\n"), new.joined(separator: "\n"))))
            #expect(hunk.lines.filter { $0.mark != " " }.map { "\($0.mark)\($0.text)" } == ["+x", "+y"])
        }
    }

    @Test func anEmptyTextIsOneEmptyLine() {
        #expect(UnifiedDiff.text("", "x\ny") == "--- before\n+++ after\n@@ -1,1 +1,2 @@\n-\n+x\n+y\n")
        #expect(UnifiedDiff.text("x", "") == "--- before\n+++ after\n@@ -1,1 +1,1 @@\n-x\n+\n")
    }

    @Test func equalTextsHaveNone() {
        #expect(UnifiedDiff.text("a", "a").isEmpty)
        #expect(UnifiedDiff.text("", "").isEmpty)
    }
}
