import Findings
import Handlers
import Ledger
import LosslessJSON
import Policies
import SimulatedAccount
import Synchronization

/// What one writer wants.
enum Aim: Equatable {
    case block(Int)
    case undo(Int)
}

/// One role, several invocations that want to change it, and one order of everything they do.
final class ExploredWorld: Sendable {
    /// How many findings the role has.
    private static let findings = 4

    let schedule: Schedule
    private let simulated: SimulatedAccount
    private let store = MemoryStore()
    private let history: TrustPolicyHistory
    private let before: String
    private let executor = TurnExecutor()
    private let seed: UInt64
    private let aims: [Aim]
    /// How each aim's last attempt ended: the outcome's status, or an error.
    private let ends: Mutex<[Int: Result<Outcome.Status?, HandlerError>]> = Mutex([:])
    private let attempts = Mutex(0)

    init(seed: UInt64) throws {
        self.seed = seed
        var numbers = SeededNumbers(seed: seed &* 31 &+ 7)
        var chances = Schedule.Chances()
        // Some worlds are quiet, some have one trouble only, and in some replicas are far behind.
        switch Int.random(in: 0..<5, using: &numbers) {
        case 0: chances = Schedule.Chances(throttled: 0, lost: 0, dead: 0, stale: 0, lag: 0, sleep: 0)
        case 1: chances.dead = 25
        case 2: (chances.stale, chances.lag) = (400, 8_000)
        case 3: (chances.lost, chances.sleep) = (80, 15)
        default: break
        }
        schedule = Schedule(seed: seed, chances: chances)
        simulated = try world(outsiders: Self.findings)
        before = simulated.trustPolicy(ofRole: roleARN) ?? ""
        history = TrustPolicyHistory(before)
        let count = Int.random(in: 2...5, using: &numbers)
        aims = (0..<count).map { _ in
            let finding = Int.random(in: 0..<Self.findings, using: &numbers)
            return numbers.happens(200) ? .undo(finding) : .block(finding)
        }
    }

    /// Runs all writers to their ends, each again until it is through; those that died are retried when all is quiet.
    func run() {
        for (number, aim) in aims.enumerated() { start(aim, number, retries: 3) }
        schedule.run(on: executor)
        schedule.calm()
        for (number, aim) in aims.enumerated() where isOpen(number) {
            for _ in 0..<6 where isOpen(number) {
                schedule.advance(milliseconds: 70_000)
                start(aim, number, retries: 0)
                schedule.run(on: executor)
            }
        }
    }

    private func isOpen(_ number: Int) -> Bool {
        guard case .success = ends.withLock({ $0[number] }) else { return true }
        return false
    }

    private func start(_ aim: Aim, _ number: Int, retries: Int) {
        Task(executorPreference: executor) {
            for attempt in 0...retries {
                if attempt > 0 { _ = await self.schedule.sleep(-1, for: self.schedule.number(in: 500...20_000)) }
                let end = await self.attempt(aim)
                self.schedule.tell("\(aim): \(end)")
                self.ends.withLock { $0[number] = end }
                if case .success = end { return }
            }
        }
    }

    /// One invocation. What a dead process would answer, nobody hears.
    private func attempt(_ aim: Aim) async -> Result<Outcome.Status?, HandlerError> {
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
        do {
            let environment = invocation.environment
            let outcome: Outcome?
            switch aim {
            case .block(let number):
                let input = try bareCase(number).toBeResolved()
                let result = try await Pipeline.run(.resolve, on: input, environment)
                outcome = try await Pipeline.run(.notify, on: result, environment).outcome
            case .undo(let number):
                let input = RollbackInput(findingID: findingID(number), resource: roleARN)
                outcome = try Case(.object(try await RollbackRun(input, environment).run())).outcome
            }
            guard !schedule.isDead(writer) else { return .failure(HandlerError(.internalError, "dead")) }
            return .success(outcome?.status)
        } catch {
            return .failure(error as? HandlerError ?? HandlerError(.internalError, "\(error)"))
        }
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
        let changes = store.all.filter { $0.key.sort.hasPrefix("CHANGE#") }
        let ends = ends.withLock { $0 }
        for (number, aim) in aims.enumerated() {
            guard case .success(let status) = ends[number] else {
                faults.append("\(aim) never came through: \(ends[number].map { "\($0)" } ?? "it did not begin")")
                continue
            }
            let allowed: [Outcome.Status] =
                switch aim {
                case .block: [.resolved, .alreadyResolved, .refused]
                case .undo: [.rolledBack, .refused]
                }
            if !allowed.contains(where: { $0 == status }) {
                faults.append("\(aim) ended \(String(describing: status))")
            }
        }
        for number in 0..<Self.findings {
            let sid = Deny.sid(forFinding: findingID(number)) ?? ""
            let there = own.count { $0["Sid"]?.string == sid }
            let recorded = changes.filter { $0.data["findingId"]?.string == findingID(number) }
            let states = recorded.compactMap { $0.data["state"]?.string }
            if there > 1 { faults.append("finding \(number): the Deny is there \(there) times") }
            if states != (there == 1 ? ["MADE"] : []) {
                faults.append("finding \(number): the Deny is there \(there) times, the ledger says \(states)")
            }
            let wasUndone = aims.contains(.undo(number))
            if aims.contains(.block(number)), !wasUndone, there != 1 { faults.append("finding \(number) is lost") }
            faults += told(number, wasUndone: wasUndone)
        }
        let pointers = store.all.filter { $0.key.partition == "CURRENT" }.map(\.key.sort).sorted()
        let known = changes.compactMap { $0.data["id"]?.string }.sorted()
        if pointers != known { faults.append("the list of what stands names \(pointers), and there is \(known)") }
        return faults
    }

    /// A block is told, and not more often than processes died or came to their end, answers were lost or calls turned away.
    private func told(_ number: Int, wasUndone: Bool) -> [String] {
        let mails = simulated.calls.filter { call in
            call.operation == "Publish" && call.parameters["Message"]?.string?.contains(findingID(number)) == true
                && call.parameters["Subject"]?.string?.hasPrefix("BLOCKED") == true
        }
        guard aims.contains(.block(number)), !wasUndone else { return [] }
        if mails.isEmpty { return ["finding \(number): nobody was told"] }
        let counts = schedule.counts
        let excuses = counts.dead + counts.lost + counts.throttled + counts.overdue
        return mails.count > 1 + excuses ? ["finding \(number): told \(mails.count) times"] : []
    }
}
