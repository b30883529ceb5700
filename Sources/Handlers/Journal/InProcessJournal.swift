import Ledger
import Synchronization

/// The journal of a process without a ledger: one task at a time changes a resource, and nothing is remembered.
///
/// Between processes a reserved concurrency of one keeps writers apart.
package final class InProcessJournal: ChangeJournal {
    private struct Unrecorded: Lease {
        let journal: InProcessJournal

        var known: KnownChanges { KnownChanges() }

        func intend(_ change: ChangeRecord) -> Intention {
            journal.changes.add(1, ordering: .sequentiallyConsistent)
            return .recorded
        }

        func settle(_ change: ChangeRecord, _ settlement: Settlement) {}
        func settle(_ earlier: LedgerChange, _ settlement: Settlement) {}
        func end(_ vanished: LedgerChange, by: String?) {}
    }

    private struct Queue {
        var nextID: UInt64 = 0
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    /// Changes of any resource that were begun: it is the only writer.
    package var revision: UInt64? { changes.load(ordering: .sequentiallyConsistent) }

    private let changes = Atomic<UInt64>(0)
    /// A key is present while its lock is held.
    private let queues = Mutex<[String: Queue]>([:])

    package init() {}

    /// Throws `DeadlineExceeded` when cancelled while waiting.
    package func withLease<T: Sendable>(
        on resource: String,
        isWriting: Bool,
        _ body: (any Lease) async throws(HandlerError) -> T
    ) async throws(HandlerError) -> T {
        guard await acquire(resource) else {
            throw HandlerError(.deadlineExceeded, "the time was up while another change of \(resource) was under way")
        }
        defer { release(resource) }
        return try await body(Unrecorded(journal: self))
    }

    private func acquire(_ key: String) async -> Bool {
        let ticket: UInt64? = queues.withLock { queues in
            guard var queue = queues[key] else {
                queues[key] = Queue()
                return nil
            }
            queue.nextID += 1
            queues[key] = queue
            return queue.nextID
        }
        guard let ticket else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = queues.withLock { queues in
                    // Released between the two looks.
                    guard queues[key] != nil else {
                        queues[key] = Queue()
                        return true
                    }
                    guard !Task.isCancelled else { return false }
                    queues[key]?.waiters.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = queues.withLock { queues -> CheckedContinuation<Bool, Never>? in
                guard let index = queues[key]?.waiters.firstIndex(where: { $0.id == ticket }) else { return nil }
                return queues[key]?.waiters.remove(at: index).continuation
            }
            waiter?.resume(returning: false)
        }
    }

    private func release(_ key: String) {
        let next = queues.withLock { queues -> CheckedContinuation<Bool, Never>? in
            guard queues[key]?.waiters.isEmpty == false else {
                queues[key] = nil
                return nil
            }
            return queues[key]?.waiters.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
