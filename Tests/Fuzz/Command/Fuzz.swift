#if !LIBFUZZER
import ArgumentParser
import FoundationEssentials
import Fuzzing

/// Gives many inputs to whatever reads bytes from outside.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Gives many inputs to whatever reads bytes from outside, and looks at what must hold of each.",
        discussion: "The same seed and number give the same input as long as the corpus is the same."
    )

    @Option(
        help: "The target; without it all, one after the other: \(FuzzTarget.all.map(\.name).joined(separator: ", "))."
    )
    var target: String?
    @Option(help: "What the inputs are made from.")
    var seed: UInt64 = 1
    @Option(help: "How many inputs for each target.")
    var inputs: Int?
    @Option(help: "For how many seconds of processor time for each target, where no number is given.")
    var seconds: Double = 10
    @Option(help: "The number of the first input.")
    var from = 0
    @Option(help: "One input alone, by its number; it is written to --keep before anything reads it.")
    var only: Int?
    @Option(help: "One input alone, from a file.")
    var file: String?
    @Option(help: "Where to write an input that ends the process or of which something does not hold.")
    var keep = "fuzz.input"
    @Option(help: "The folder of the corpus, with a folder for each target.")
    var corpus = Seed.folder

    mutating func validate() throws {
        guard let target, !FuzzTarget.all.contains(where: { $0.name == target }) else { return }
        throw ValidationError("there is no target '\(target)'")
    }

    func run() throws {
        let chosen = FuzzTarget.all.filter { target == nil || $0.name == target }
        if let file {
            let input = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
            for target in chosen { print("\(target.name): \(try target.check(input) ? "accepted" : "refused")") }
            return
        }
        var total = 0
        print("target\tseed\tinputs\taccepted\trefused\tMB\tseconds\tinputs/s\tslowest")
        for target in chosen {
            let campaign = Campaign(target, corpus: try Seed.corpus(of: target, in: corpus), seed: seed, limit: 5)
            if let only { try Data(campaign.input(only)).write(to: URL(fileURLWithPath: keep)) }
            let first = only ?? from
            let end = only.map { $0 + 1 } ?? inputs.map { first + $0 } ?? Int.max
            do throws(Campaign.Failure) {
                let figures = try campaign.run(first..<end, seconds: inputs == nil ? seconds : .infinity, trapped: keep)
                total += figures.inputs
                print(line(target, figures))
            } catch {
                try Data(error.input).write(to: URL(fileURLWithPath: keep))
                print("\(error)\nThe input is in \(keep).")
                throw ExitCode.failure
            }
        }
        print("total\t\t\(total)")
    }

    private func line(_ target: FuzzTarget, _ figures: Campaign.Figures) -> String {
        let slowest = figures.slowest
        let parts = [
            target.name, "\(seed)", "\(figures.inputs)", "\(figures.accepted)", "\(figures.rejected)",
            "\(figures.bytes / 1_000_000)", "\(Int(figures.seconds.rounded()))",
            "\(Int(Double(figures.inputs) / max(figures.seconds, 0.001)))",
            "\(Int(slowest.seconds * 1_000)) ms for \(slowest.bytes) bytes (--only \(slowest.number))",
        ]
        return parts.joined(separator: "\t")
    }
}
#endif
