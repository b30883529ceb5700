import AWSClient
import Ledger
import LosslessJSON
import Testing

/// What the ledger asks of a table.
@Suite struct LedgerStoreTests {
    private func item(_ key: LedgerKey, _ text: String = "a", revision: Int64 = 1) -> LedgerItem {
        LedgerItem(key, JSONObject([("text", .string(text))]), revision: revision)
    }

    @Test(arguments: TestedStore.all)
    func whatIsWrittenIsReadAsItWas(_ tested: TestedStore) async throws {
        let (store, key) = (try tested.make(), LedgerKey(unique("P"), "s/é \u{1}\""))
        let data = try #require(try JSON.parse(text: #"{"b":1.0,"a":{"z":[1e3,null],"y":"\u0000\u2028"}}"#).object)
        let written = LedgerItem(key, data, revision: 7, expires: 1_900_000_000)
        #expect(try await store.write([.put(written, if: .absent)]) == .done)
        #expect(try await store.item(at: key) == written)
        #expect(try await store.item(at: LedgerKey(key.partition, "other")) == nil)
    }

    @Test(arguments: TestedStore.all)
    func conditionsHold(_ tested: TestedStore) async throws {
        let (store, key) = (try tested.make(), LedgerKey(unique("P"), "a"))
        let other = LedgerKey(key.partition, "b")
        #expect(try await store.write([.put(item(key), if: .revision(1))]) == .refused(at: [0]))
        #expect(try await store.write([.put(item(key), if: .absent)]) == .done)
        #expect(try await store.write([.put(item(key), if: .absent)]) == .refused(at: [0]))
        #expect(try await store.write([.put(item(key, "b", revision: 2), if: .revision(1))]) == .done)
        #expect(try await store.write([.check(key, .revision(2)), .put(item(other), if: .any)]) == .done)
        #expect(try await store.write([.check(key, .absent), .delete(other, if: .any)]) == .refused(at: [0]))
        #expect(try await store.item(at: other) != nil)
        #expect(try await store.write([.delete(key, if: .revision(1))]) == .refused(at: [0]))
        #expect(try await store.write([.delete(key, if: .revision(2)), .delete(other, if: .any)]) == .done)
        #expect(try await store.page(of: key.partition, from: nil, after: nil, limit: nil).items.isEmpty)
    }

    @Test(arguments: TestedStore.all)
    func severalWritesAreMadeTogetherOrNotAtAll(_ tested: TestedStore) async throws {
        let (store, partition) = (try tested.make(), unique("P"))
        let keys = ["a", "b", "c"].map { LedgerKey(partition, $0) }
        #expect(try await store.write([.put(item(keys[1]), if: .absent)]) == .done)
        let writes: [LedgerWrite] = [
            .put(item(keys[0]), if: .absent), .put(item(keys[1]), if: .absent), .delete(keys[2], if: .revision(4)),
        ]
        #expect(try await store.write(writes) == .refused(at: [1, 2]))
        #expect(try await store.item(at: keys[0]) == nil)
        await #expect(throws: AWSError.self) {
            try await store.write([.put(item(keys[0]), if: .any), .delete(keys[0], if: .any)])
        }
    }

    @Test(arguments: TestedStore.all)
    func aCounterStopsAtItsLimit(_ tested: TestedStore) async throws {
        let (store, key) = (try tested.make(), LedgerKey(unique("C"), "n"))
        let done = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { try await store.write([.count(key, below: 5, expires: 1_900_000_000)]) == .done }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 5)
        #expect(try await store.item(at: key)?.count == 5)
        #expect(
            try await store.write([.count(LedgerKey(key.partition, "m"), below: 0, expires: 1)]) == .refused(at: [0])
        )
    }

    @Test(arguments: TestedStore.all)
    func ofManyWhoWantToBeTheFirstOneIs(_ tested: TestedStore) async throws {
        let (store, key) = (try tested.make(), LedgerKey(unique("P"), "a"))
        let first = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask { try await store.write([.put(item(key, "\(number)"), if: .absent)]) == .done }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(first == 1)
    }

    @Test(arguments: TestedStore.all)
    func pagesAreInOrderAndLoseNothing(_ tested: TestedStore) async throws {
        let (store, partition) = (try tested.make(), unique("P"))
        let names = (10..<35).map { "s\($0)" }
        for name in names.shuffled() {
            #expect(try await store.write([.put(item(LedgerKey(partition, name)), if: .absent)]) == .done)
        }
        var (found, after): ([String], String?) = ([], nil)
        repeat {
            let page = try await store.page(of: partition, from: "s12", after: after, limit: 7)
            #expect(page.items.count <= 7)
            found += page.items.map(\.key.sort)
            after = page.next
        } while after != nil
        #expect(found == Array(names.dropFirst(2)))
        #expect(try await store.page(of: unique("Q"), from: nil, after: nil, limit: nil).items.isEmpty)
    }

    @Test(arguments: TestedStore.all)
    func aWriteWhoseAnswerWasLostIsMadeOnce(_ tested: TestedStore) async throws {
        let (store, key) = (try tested.make(losing: 1), LedgerKey(unique("P"), "a"))
        #expect(try await store.write([.put(item(key), if: .absent)]) == .done)
        let second = try tested == .memory ? store : tested.make(losing: 2)
        #expect(try await second.write([.put(item(key, "b", revision: 2), if: .revision(1))]) == .done)
        #expect(try await store.item(at: key)?.revision == 2)
        let third = try tested == .memory ? store : tested.make(losing: 1)
        #expect(try await third.write([.delete(key, if: .revision(2))]) == .done)
        #expect(try await store.item(at: key) == nil)
    }
}
