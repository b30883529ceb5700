import FoundationEssentials
import Testing

/// Several writers of one role, in thousands of orders, with everything going wrong that may.
///
/// `GATEHOUSE_SCHEDULES` says how many orders are tried, `GATEHOUSE_SEED` which is the first: a failure names its own.
@Suite struct ExplorerTests {
    @Test func inEveryOrderAllEndsAsItShould() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["GATEHOUSE_SCHEDULES"].flatMap { UInt64($0) } ?? 1_000
        let first = environment["GATEHOUSE_SEED"].flatMap { UInt64($0) } ?? 1
        var total = Schedule.Counts()
        var orders: Set<UInt64> = []
        for seed in first..<first + count {
            let world = try ExploredWorld(seed: seed)
            world.run()
            let faults = try world.faults()
            if !faults.isEmpty { Issue.record("GATEHOUSE_SEED=\(seed) GATEHOUSE_SCHEDULES=1: \(faults)") }
            if environment["GATEHOUSE_STORY"] != nil { print(world.schedule.story) }
            let counts = world.schedule.counts
            orders.insert(counts.order)
            total.turns += counts.turns
            total.dead += counts.dead
            total.lost += counts.lost
            total.stale += counts.stale
            total.throttled += counts.throttled
        }
        print(
            """
            explorer: \(count) schedules from seed \(first), \(orders.count) different orders, \(total.turns) calls; \
            \(total.dead) processes died, \(total.lost) answers were lost, \(total.throttled) calls throttled, \
            \(total.stale) readings were old
            """
        )
        #expect(orders.count > Int(count) / 2)
    }

    @Test func inEveryOrderADecisionIsOneAndIsDone() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["GATEHOUSE_SCHEDULES"].flatMap { UInt64($0) } ?? 1_000
        let first = environment["GATEHOUSE_SEED"].flatMap { UInt64($0) } ?? 1
        var total = Schedule.Counts()
        for seed in first..<first + count {
            let world = try ExploredApprovals(seed: seed)
            world.run()
            let faults = try world.faults()
            if !faults.isEmpty { Issue.record("GATEHOUSE_SEED=\(seed) GATEHOUSE_SCHEDULES=1: \(faults)") }
            if environment["GATEHOUSE_STORY"] != nil { print(world.schedule.story) }
            total.turns += world.schedule.counts.turns
            total.dead += world.schedule.counts.dead
            total.lost += world.schedule.counts.lost
        }
        print(
            "explorer of approvals: \(count) schedules from seed \(first), \(total.turns) calls; \(total.dead) processes "
                + "died, \(total.lost) answers were lost"
        )
    }
}
