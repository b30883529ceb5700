import Basics
import Ledger
import Logging

/// The journal of functions that share a ledger: one writer of a resource at a time wherever it runs, and every change
/// recorded before it is made.
struct LedgerJournal: ChangeJournal {
    let terms: LeaseTerms
    /// Keeps the tasks of this process apart, so that they need not wait for each other's leases.
    let local: InProcessJournal
    let pause: @Sendable (Duration) async throws -> Void
    let logger: Logger

    /// Other processes change resources too.
    let revision: UInt64? = nil

    /// How long a lease is waited for, where the invocation lasts long enough.
    private static let mostPatience = Duration.seconds(5)

    func withLease<T: Sendable>(
        on resource: String,
        isWriting: Bool,
        _ body: (any Lease) async throws(HandlerError) -> T
    ) async throws(HandlerError) -> T {
        try await local.withLease(on: resource, isWriting: isWriting) { (_) async throws(HandlerError) in
            guard isWriting else { return try await body(Look(known: try await known(of: resource))) }
            let taken = try await take(resource)
            let known: KnownChanges
            do throws(HandlerError) {
                known = try await self.known(of: resource)
            } catch {
                await giveBack(taken, isOpen: false)
                throw error
            }
            let lease = HeldLease(terms: terms, lease: taken, known: known)
            do throws(HandlerError) {
                let result = try await body(lease)
                await giveBack(lease.held, isOpen: lease.isOpen)
                return result
            } catch {
                await giveBack(lease.held, isOpen: lease.isOpen)
                throw error
            }
        }
    }

    private func known(of resource: String) async throws(HandlerError) -> KnownChanges {
        try await HandlerError.ofLedger { () async throws(LedgerError) in try await ledger.known(of: resource) }
    }

    private var ledger: Ledger { terms.ledger }

    private func take(_ resource: String) async throws(HandlerError) -> LedgerLease {
        var patience = terms.timeLeft.map { min(Self.mostPatience, $0 / 4) } ?? Self.mostPatience
        while true {
            let answer: LeaseAnswer
            do throws(LedgerError) {
                answer = try await ledger.takeLease(of: resource, until: terms.leaseEnd)
            } catch {
                throw HandlerError(error)
            }
            guard case .held(let since, let until) = answer else {
                if case .taken(let lease) = answer { return lease }
                throw HandlerError(.internalError, "a lease is neither taken nor held")
            }
            let wait = Duration.milliseconds(100 + Int64(ledger.number(below: 300)))
            guard patience > wait else {
                throw HandlerError(
                    .resourceBusy,
                    "\(resource) is being changed by another invocation since \(since.extended), until "
                        + "\(until.extended) at the latest: a retry finds it free"
                )
            }
            patience -= wait
            do { try await pause(wait) } catch {
                throw HandlerError(
                    .deadlineExceeded,
                    "the time was up while another change of \(resource) was under way"
                )
            }
        }
    }

    /// What is not given back ends by itself.
    private func giveBack(_ lease: LedgerLease, isOpen: Bool) async {
        do throws(LedgerError) {
            guard isOpen else { return try await ledger.release(lease) }
            // A write of which nobody knows may still arrive.
            _ = try await ledger.renew(lease, until: min(lease.until, ledger.now().adding(seconds: 10)))
        } catch {
            logger.warning(
                "a lease was not given back",
                metadata: [
                    "resource": .string(lease.resource), "why": .string("\(error)"),
                    "until": .string(lease.until.extended),
                ]
            )
        }
    }
}

/// What is known, for whoever writes nothing.
private struct Look: Lease {
    let known: KnownChanges

    func intend(_ change: ChangeRecord) throws(HandlerError) -> Intention {
        throw HandlerError(.internalError, "a change of \(change.resource) was begun without its lease")
    }

    func settle(_ change: ChangeRecord, _ settlement: Settlement) {}
    func settle(_ earlier: LedgerChange, _ settlement: Settlement) {}
    func end(_ vanished: LedgerChange, by: String?) {}
}
