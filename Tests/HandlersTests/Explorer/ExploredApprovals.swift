import AWSClient
import Findings
import Handlers
import Ledger
import LosslessJSON
import Policies
import SimulatedAccount
import Synchronization

/// One role whose changes somebody has to agree to: several invocations that ask and carry out, several people who decide, and
/// one order of everything they do.
final class ExploredApprovals: Sendable {
    private enum Actor: Equatable {
        /// The finding comes, or comes again.
        case respond
        case decide(isApproval: Bool)
    }

    let schedule: Schedule
    private let simulated: SimulatedAccount
    private let store = MemoryStore()
    private let history: TrustPolicyHistory
    private let before: String
    private let executor = TurnExecutor()
    private let actors: [Actor]
    private let attempts = Mutex(0)
    /// Decisions that were answered as recorded: by the request, what it was.
    private let decided = Mutex<[(request: String, isApproval: Bool)]>([])

    init(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed &* 37 &+ 11)
        var chances = Schedule.Chances()
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: chances = Schedule.Chances(throttled: 0, lost: 0, dead: 0, stale: 0, lag: 0, sleep: 0)
        case 1: chances.dead = 25
        case 2: (chances.lost, chances.sleep) = (80, 15)
        default: break
        }
        schedule = Schedule(seed: seed, chances: chances)
        simulated = try world(outsiders: 1)
        before = simulated.trustPolicy(ofRole: roleARN) ?? ""
        history = TrustPolicyHistory(before)
        let responders = Int.random(in: 2...4, using: &numbers)
        let deciders = Int.random(in: 1...3, using: &numbers)
        let decisions = (0..<deciders).map { _ in Actor.decide(isApproval: numbers.happens(600)) }
        actors = Array(repeating: .respond, count: responders) + decisions
    }

    /// Runs all to their ends; then, when all is quiet, the finding comes until what was decided is done.
    func run() {
        for actor in actors { start(actor, retries: 4) }
        schedule.run(on: executor)
        schedule.calm()
        for _ in 0..<4 {
            schedule.advance(milliseconds: 70_000)
            start(.respond, retries: 0)
            schedule.run(on: executor)
        }
    }

    private func start(_ actor: Actor, retries: Int) {
        Task(executorPreference: executor) {
            for attempt in 0...retries {
                if attempt > 0 { _ = await self.schedule.sleep(-1, for: self.schedule.number(in: 500...20_000)) }
                let isDone = (try? await self.attempt(actor)) ?? false
                if isDone { return }
            }
        }
    }

    /// One invocation; whether it came through.
    private func attempt(_ actor: Actor) async throws -> Bool {
        let writer = attempts.withLock { count in
            count += 1
            return count
        }
        let invocation = ScheduledWriter(
            number: writer,
            schedule: schedule,
            simulated: simulated,
            store: store,
            history: history,
            deadline: schedule.instant + .seconds(30)
        )
        var environment = invocation.environment
        environment.rules = try RuleSource(setting: #"{"version":1,"default":"APPROVE","rules":[]}"#)
        switch actor {
        case .respond:
            let answer = try await Pipeline.run(.respond, on: try bareCase(0), environment)
            schedule.tell("respond: \(answer.outcome?.status.rawValue ?? "-") \(answer.outcome?.summary ?? "")")
        case .decide(let isApproval):
            guard let ledger = environment.ledger, let request = try await ledger.request(ofFinding: findingID(0))
            else {
                return false
            }
            let decider = Decider(by: "person \(writer)", isClaimed: true, way: "page", reason: nil)
            let answer = try await environment.decide(request, isApproval: isApproval, decider)
            if case .recorded(let request) = answer { schedule.tell("decided \(isApproval): \(request.id)") }
            if case .recorded(let request) = answer, !schedule.isDead(writer) {
                decided.withLock { $0.append((request.id, isApproval)) }
            }
        }
        return !schedule.isDead(writer)
    }

    // MARK: What must hold

    /// What does not hold in the end; empty where all does.
    func faults() throws -> [String] {
        var faults: [String] = []
        let document = simulated.trustPolicy(ofRole: roleARN) ?? ""
        let statements = try JSON.parse(text: document)["Statement"]?.array ?? []
        let own = statements.filter { $0["Sid"]?.string?.hasPrefix("Gatehouse") ?? false }
        let others = statements.filter { !($0["Sid"]?.string?.hasPrefix("Gatehouse") ?? false) }
        if try JSON.array(others) != JSON.parse(text: before)["Statement"] {
            faults.append("something else was changed")
        }
        let decided = decided.withLock { $0 }
        for request in Set(decided.map(\.request)) where decided.count(where: { $0.request == request }) > 1 {
            faults.append("the request \(request) was decided twice: \(decided)")
        }
        let item = store.all.first { $0.key.sort == "REQUEST" }?.data
        let state = item?["state"]?.string ?? "NONE"
        let isApproved = item?["decision"]?["decision"]?.string == "APPROVED"
        if isApproved != (own.count == 1) {
            faults.append("the request is \(state), and the Deny is there \(own.count) times")
        }
        // Whoever heard that it is recorded was told the truth.
        if let last = decided.last(where: { $0.request == item?["id"]?.string }), last.isApproval != isApproved {
            faults.append("somebody was told \(last), and the request is \(state)")
        }
        if !["OPEN", "DONE", "REJECTED"].contains(state) { faults.append("the request ends as \(state)") }
        let pending = store.all.filter { $0.key.partition == "APPROVALS" }.count
        if pending != (state == "OPEN" ? 1 : 0) { faults.append("\(state), and \(pending) are listed as pending") }
        let approvals = simulated.calls.count { call in
            call.operation == "Publish"
                && call.parameters["MessageAttributes"]?["status"]?.string == "AWAITING_APPROVAL"
        }
        let counts = schedule.counts
        // Who decides here needs no message.
        if approvals == 0, state == "OPEN" { faults.append("nobody was asked") }
        if approvals > 1 + counts.dead + counts.lost + counts.throttled + counts.overdue {
            faults.append("asked \(approvals) times")
        }
        return faults
    }
}
