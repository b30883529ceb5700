package import AWSClient
import Basics
import LosslessJSON

/// One question to AWS, or a few that need each other, and the keys that its answer gives.
package struct LookUp: Sendable {
    /// The keys that are unavailable when it fails.
    package let keys: [ContextKey]
    /// Asks.
    package let run: @Sendable () async throws(AWSError) -> LookUpAnswer

    package init(_ keys: [ContextKey], _ run: @escaping @Sendable () async throws(AWSError) -> LookUpAnswer) {
        self.keys = keys
        self.run = run
    }
}

/// What a look-up brought.
package struct LookUpAnswer: Sendable {
    /// For the context.
    package var learned = ContextBuilder()
    /// How the finding is now, when that was asked.
    package var finding: FindingNow?
    /// What AWS answered about the resource, where a remedy can use it.
    package var resource: (any Sendable)?

    package init() {}
}

extension [LookUp] {
    /// Runs look-ups side by side. What is not back within `budget` is given up and has no answer.
    ///
    /// - Returns: what was learned, with a gap for each key of each look-up that failed, and how the finding is now.
    package func answer(within budget: Duration) async -> LookUpAnswer {
        let results = await results(within: budget)
        var answer = LookUpAnswer()
        for (index, lookUp) in enumerated() {
            switch results[index] ?? .failure(.noAnswer(within: budget)) {
            case .success(let given):
                answer.learned.add(given.learned)
                if let finding = given.finding { answer.finding = finding }
                if let resource = given.resource { answer.resource = resource }
            case .failure(let error):
                for key in lookUp.keys { answer.learned.markUnavailable(key, error.unavailabilityReason) }
            }
        }
        return answer
    }

    private func results(within budget: Duration) async -> [Result<LookUpAnswer, AWSError>?] {
        await withTaskGroup(of: Arrival?.self) { group in
            for (index, lookUp) in enumerated() {
                group.addTask { Arrival(index: index, result: await Result(catching: lookUp.run)) }
            }
            group.addTask {
                // Cancelled when all answers are there, or with the invocation: either way there is nothing to wait for.
                _ = try? await Task.sleep(for: budget)
                return nil
            }
            var results = [Result<LookUpAnswer, AWSError>?](repeating: nil, count: count)
            var open = count
            while open > 0, let arrival = await group.next(), let arrival {
                results[arrival.index] = arrival.result
                open -= 1
            }
            group.cancelAll()
            return results
        }
    }
}

/// One end of a race: a look-up's result, or that the time is up.
private struct Arrival: Sendable {
    let index: Int
    let result: Result<LookUpAnswer, AWSError>
}

extension AWSError {
    /// Why a look-up failed, for people: AWS's own words in one line of at most 300 characters.
    package var unavailabilityReason: String {
        let call = operation.isEmpty ? nil : "\(service) \(operation)"
        let parts = [code ?? call, message.isEmpty ? nil : message].compactMap { $0 }
        return parts.joined(separator: ": ").printable(limit: 299)
    }

    /// The budget for look-ups is spent.
    package static func noAnswer(within budget: Duration) -> AWSError {
        let tenths = max(0, budget / .milliseconds(100))
        let whole = Int(tenths.rounded(.down))
        return AWSError(
            kind: .deadlineExceeded,
            message: "no answer within \(whole / 10).\(whole % 10) s"
        )
    }

    /// Something about the case makes the question impossible.
    package static func impossible(_ message: String) -> AWSError {
        AWSError(kind: .rejected, message: message)
    }
}
