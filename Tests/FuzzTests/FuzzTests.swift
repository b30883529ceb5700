import FoundationEssentials
import Fuzzing
import Testing

/// A short run of what `Tests/Fuzz/run` does with many more inputs: all of the corpus, and some changed ones, always the
/// same.
@Suite(.serialized) struct FuzzTests {
    private let trapped = FileManager.default.temporaryDirectory.path + "/gatehouse-fuzz.input"

    /// As many inputs as a debug build looks at in about a second and a half.
    static let counts = [
        "json": 8_000, "xml": 8_000, "event": 3_000, "rollback": 6_000, "rules": 1_500, "arn": 8_000, "policy": 3_000,
        "deny": 600, "http": 4_000, "answer": 8_000,
        "approve": 3_000, "request": 3_000, "token": 3_000, "preview": 3_000,
    ]

    @Test(arguments: FuzzTarget.all)
    func whatMustHoldHolds(_ target: FuzzTarget) throws {
        let corpus = try Seed.corpus(of: target, in: Seed.folder)
        let campaign = Campaign(target, corpus: corpus, seed: 12, limit: 30)
        let figures = try campaign.run(0..<(Self.counts[target.name] ?? 1_000), trapped: trapped)
        print("fuzz \(target): \(figures.inputs) inputs, \(figures.accepted) accepted, in \(figures.seconds) s")
        // A target that takes nearly everything, or nothing, looks at nothing.
        #expect(figures.accepted > figures.inputs / 200)
        #expect(figures.rejected > figures.inputs / 200)
    }

    @Test(arguments: FuzzTarget.all)
    func theSameNumberIsTheSameInput(_ target: FuzzTarget) throws {
        let corpus = try Seed.corpus(of: target, in: Seed.folder)
        let one = Campaign(target, corpus: corpus, seed: 1, limit: 1)
        let other = Campaign(target, corpus: corpus, seed: 2, limit: 1)
        let numbers = corpus.count..<(corpus.count + 200)
        #expect(numbers.allSatisfy { one.input($0) == one.input($0) })
        #expect(numbers.count { one.input($0) != other.input($0) } > 150)
    }
}
