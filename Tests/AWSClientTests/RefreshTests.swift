import AWSClient
import Basics
import Synchronization
import Testing

/// Credentials that are fetched anew before they end. Clock, source and background are the test's.
@Suite struct RefreshTests {
    /// A cache with all that it depends on.
    private final class World: Sendable {
        typealias Source = @Sendable (_ number: Int, _ now: Int64) throws(AWSError) -> Credentials

        private let clock = Mutex<Int64>(0)
        private let fetches = Mutex(0)
        private let work = Mutex<[@Sendable () async -> Void]>([])
        private let source: Source
        let cache: CachingCredentials

        init(_ source: @escaping Source) {
            self.source = source
            let box = Box()
            cache = CachingCredentials(
                now: { Timestamp(secondsSinceEpoch: box.world?.now ?? 0) },
                pause: 30,
                background: { work in box.world?.work.withLock { $0.append(work) } }
            ) { _ throws(AWSError) in
                guard let world = box.world else { throw AWSError(kind: .cancelled, message: "over") }
                let number = world.fetches.withLock { count in
                    count += 1
                    return count
                }
                return try world.source(number, world.now)
            }
            box.set(self)
        }

        private final class Box: Sendable {
            private let held = Mutex<Weak>(Weak())
            private struct Weak { weak var world: World? }
            var world: World? { held.withLock { $0.world } }
            func set(_ world: World) { held.withLock { $0.world = world } }
        }

        var now: Int64 {
            get { clock.withLock { $0 } }
            set { clock.withLock { $0 = newValue } }
        }
        var fetched: Int { fetches.withLock { $0 } }
        /// How many fetches wait in the background.
        var waiting: Int { work.withLock { $0.count } }

        func key() async throws(AWSError) -> String {
            try await cache.credentials(for: CredentialsRequest(logger: .silent)).accessKeyID
        }

        func runBackground() async {
            let work = work.withLock { work in
                defer { work = [] }
                return work
            }
            for item in work { await item() }
        }
    }

    private static func hour(_ number: Int, _ now: Int64) -> Credentials {
        Credentials(
            accessKeyID: "\(number)",
            secretAccessKey: "S",
            expiration: Timestamp(secondsSinceEpoch: now + 3600)
        )
    }

    @Test func cachedUntilFiveMinutesBeforeTheEndAndFetchedInTheBackgroundThen() async throws {
        let world = World(Self.hour)
        let expected: [(Int64, String)] = [
            (0, "1"), (3299, "1"), (3300, "1"), (3301, "2"), (6599, "2"), (6600, "2"), (6601, "3"), (20_000, "4"),
        ]
        for (now, key) in expected {
            world.now = now
            #expect(try await world.key() == key, "at \(now)")
            await world.runBackground()
        }
        #expect(world.fetched == 4)
    }

    @Test func aHangingRefreshHoldsUpNobodyWhoseCredentialsAreValid() async throws {
        let world = World(Self.hour)
        _ = try await world.key()
        world.now = 3400
        // The fetch in the background is never run, as one that hangs.
        for _ in 0..<20 { #expect(try await world.key() == "1") }
        world.now = 3599
        #expect(try await world.key() == "1")
        #expect(world.fetched == 1)
        #expect(world.waiting == 1)
        // Whoever has none any more fetches, and does not wait for it either.
        world.now = 3600
        #expect(try await world.key() == "2")
        // What comes late in the end ends later, and is taken.
        world.now = 3700
        await world.runBackground()
        #expect(try await world.key() == "3")
    }

    @Test func afterAFailedRefreshThereIsAPauseAndTheOldOnesAreUsed() async throws {
        let world = World { (number, now) throws(AWSError) in
            guard number == 1 else { throw AWSError(kind: .unavailable, message: "source is away") }
            return Self.hour(number, now)
        }
        _ = try await world.key()
        for (now, fetched) in [(3300, 2), (3301, 2), (3329, 2), (3330, 3), (3359, 3), (3360, 4)] as [(Int64, Int)] {
            world.now = now
            #expect(try await world.key() == "1")
            await world.runBackground()
            #expect(world.fetched == fetched, "at \(now)")
        }
        // Past the end a call fetches by itself, without a pause, and says what is wrong.
        world.now = 3600
        for fetched in 5...6 {
            await #expect(throws: AWSError(kind: .unavailable, message: "source is away")) { try await world.key() }
            #expect(world.fetched == fetched)
        }
    }

    @Test func thoseThatLiveShorterThanTheMarginAreNotFetchedForEachCall() async throws {
        let world = World { number, now in
            Credentials(
                accessKeyID: "\(number)",
                secretAccessKey: "S",
                expiration: Timestamp(secondsSinceEpoch: now + 200)
            )
        }
        for now in Int64(0)..<120 {
            world.now = now
            _ = try await world.key()
            await world.runBackground()
        }
        #expect(world.fetched == 5)
    }

    @Test func whoHasNoneWaitsForAHangingFetchOnlyUntilItsDeadline() async throws {
        let isOpen = Mutex(false)
        let cache = CachingCredentials { _ throws(AWSError) in
            isOpen.withLock { $0 = true }
            do { try await Task.sleep(for: .seconds(600)) } catch { throw AWSError(kind: .cancelled, message: "x") }
            throw AWSError(kind: .unavailable, message: "x")
        }
        let first = Task { try await cache.credentials(for: CredentialsRequest(logger: .silent)) }
        while !isOpen.withLock({ $0 }) { await Task.yield() }
        let hurried = CredentialsRequest(deadline: .now + .milliseconds(20), logger: .silent)
        let error = await #expect(throws: AWSError.self) { try await cache.credentials(for: hurried) }
        #expect(error?.kind == .deadlineExceeded)
        first.cancel()
        _ = await first.result
    }
}
