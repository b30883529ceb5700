import Glibc

/// Many inputs for one target.
package struct Campaign {
    /// An input of which something does not hold.
    package struct Failure: Error, CustomStringConvertible {
        /// The target, the input's number and what does not hold.
        package let description: String
        /// The input.
        package let input: [UInt8]
    }

    /// What was done.
    package struct Figures: Sendable {
        /// Inputs that the target took.
        package fileprivate(set) var accepted = 0
        /// Inputs that it refused.
        package fileprivate(set) var rejected = 0
        /// Bytes of all inputs.
        package fileprivate(set) var bytes = 0
        /// Processor time of all, in seconds, with that of making the inputs.
        package fileprivate(set) var seconds = 0.0
        /// Processor time of the slowest one, in seconds, and which it was.
        package fileprivate(set) var slowest = (seconds: 0.0, number: 0, bytes: 0)

        /// How many there were.
        package var inputs: Int { accepted + rejected }
    }

    private let target: FuzzTarget
    private let seed: UInt64
    private let mutator: Mutator
    /// Processor seconds that one input may take.
    private let limit: Double

    /// - Parameters:
    ///   - limit: processor seconds that one input may take.
    package init(_ target: FuzzTarget, corpus: [Seed], seed: UInt64, limit: Double) {
        self.target = target
        self.seed = seed
        self.limit = limit
        mutator = Mutator(target, corpus)
    }

    /// The input of that number.
    package func input(_ number: Int) -> [UInt8] {
        mutator.input(number, seed: seed)
    }

    /// Looks at the inputs of these numbers, for so many seconds at most. Where the process ends by a trap, the input is in
    /// `trapped`, and how to make it again on standard error.
    package func run(_ numbers: Range<Int>, seconds: Double = .infinity, trapped: String) throws(Failure) -> Figures {
        CurrentInput.watch(
            path: trapped,
            words: "\nfuzz: target \(target.name) ended at an input that is in \(trapped). Again: "
                + "fuzz --target \(target.name) --seed \(seed) --only "
        )
        defer { CurrentInput.isOver() }
        var figures = Figures()
        let start = processorSeconds()
        var before = start
        for number in numbers {
            if number & 255 == 0 {
                CurrentInput.isAlive()
                if before - start > seconds { break }
            }
            let input = input(number)
            CurrentInput.set(input, number: number)
            let began = processorSeconds()
            try look(at: input, number, &figures)
            before = processorSeconds()
            let took = before - began
            if took > figures.slowest.seconds { figures.slowest = (took, number, input.count) }
            guard took <= limit else { throw failure("takes \(took) seconds", number, input) }
        }
        figures.seconds = before - start
        return figures
    }

    private func look(at input: [UInt8], _ number: Int, _ figures: inout Figures) throws(Failure) {
        figures.bytes += input.count
        do throws(Breach) {
            if try target.check(input) { figures.accepted += 1 } else { figures.rejected += 1 }
        } catch {
            throw failure(error.description, number, input)
        }
    }

    private func failure(_ what: String, _ number: Int, _ input: [UInt8]) -> Failure {
        let again = "fuzz --target \(target.name) --seed \(seed) --only \(number)"
        return Failure(description: "\(target.name): \(what). Again: \(again)", input: input)
    }
}

/// The processor time of this thread, which others on the machine do not change.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
