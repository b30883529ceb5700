/// The problems that were found so far, so that a reader goes on after one.
final class ProblemCollector {
    private(set) var problems: [RulesProblem] = []
    private(set) var dropped = 0

    var isEmpty: Bool { problems.isEmpty }

    func add(_ problem: RulesProblem) {
        if problems.count < RulesError.most { problems.append(problem) } else { dropped += 1 }
    }

    /// What is read; `nil` where that fails, which is kept.
    func attempt<Value>(_ read: () throws(RulesProblem) -> Value) -> Value? {
        do throws(RulesProblem) {
            return try read()
        } catch {
            add(error)
            return nil
        }
    }

    /// The same for what may be missing.
    func attempt<Value>(_ read: () throws(RulesProblem) -> Value?) -> Value? {
        do throws(RulesProblem) {
            return try read()
        } catch {
            add(error)
            return nil
        }
    }
}
