package import Basics
import LosslessJSON

/// The right to change a resource until a moment, unless it is given back or taken over after it.
package struct LedgerLease: Sendable, Equatable {
    package let resource: String
    /// Random, of this one holder.
    package let owner: String
    package let until: Timestamp
    let revision: Int64

    static func key(_ resource: String) -> LedgerKey {
        LedgerKey(LedgerChange.partition(ofResource: resource), "LEASE")
    }

    fileprivate func item(since: Timestamp) -> LedgerItem {
        LedgerItem(
            Self.key(resource),
            JSONObject([
                ("owner", .string(owner)), ("since", .string(since.extended)), ("until", .string(until.extended)),
            ]),
            revision: revision,
            expires: until.secondsSinceEpoch
        )
    }

    /// For a write that is made only while the lease is ours.
    var check: LedgerWrite { .check(Self.key(resource), .revision(revision)) }
}

/// How an attempt to take a lease ended.
package enum LeaseAnswer: Sendable, Equatable {
    case taken(LedgerLease)
    /// Somebody else has it.
    case held(since: Timestamp, until: Timestamp)
}

extension Ledger {
    /// Clocks of two machines may differ by so many seconds: for so long after its end a lease is left alone.
    package static let clockSkew: Int64 = 5

    /// Takes the lease of a resource, where nobody has it, or whose time is over.
    package func takeLease(of resource: String, until: Timestamp) async throws(LedgerError) -> LeaseAnswer {
        let (owner, since) = (newID(), now())
        func lease(_ revision: Int64) -> LedgerLease {
            LedgerLease(resource: resource, owner: owner, until: until, revision: revision)
        }
        // A number that no other holder has: what depends on this lease must not take another one's for it. A lease's
        // revision begins anew whenever the item is deleted, so it begins at the time.
        let first = lease(since.secondsSinceEpoch &* 1_000_000 &+ Int64(number(below: 1_000_000)))
        if try await write([.put(first.item(since: since), if: .absent)]) == .done { return .taken(first) }
        guard let item = try await item(at: LedgerLease.key(resource)) else {
            // Given back in between.
            return try await write([.put(first.item(since: since), if: .absent)]) == .done
                ? .taken(first) : .held(since: since, until: since)
        }
        let (begin, end) = (try item.time("since"), try boundedEnd(of: item))
        guard since > end.adding(seconds: Self.clockSkew) else { return .held(since: begin, until: end) }
        let next = lease(item.revision + 1)
        let answer = try await write([.put(next.item(since: since), if: .revision(item.revision))])
        return answer == .done ? .taken(next) : .held(since: begin, until: end)
    }

    /// No invocation lasts longer than a quarter of an hour, whatever an item says: nobody can keep a resource for ever.
    private func boundedEnd(of item: LedgerItem) throws(LedgerError) -> Timestamp {
        let (begin, end) = (try item.time("since"), try item.time("until"))
        guard begin < now().adding(seconds: 60) else { return Timestamp(secondsSinceEpoch: 0) }
        return min(end, begin.adding(seconds: Self.longestLease))
    }

    /// Lambda's longest invocation, and what a lease outlasts it by.
    private static let longestLease: Int64 = 15 * 60 + 60

    /// The lease with another end. Throws `lost` when somebody else has taken it over.
    package func renew(_ lease: LedgerLease, until: Timestamp) async throws(LedgerError) -> LedgerLease {
        let renewed = LedgerLease(
            resource: lease.resource,
            owner: lease.owner,
            until: until,
            revision: lease.revision + 1
        )
        guard try await write([.put(renewed.item(since: now()), if: .revision(lease.revision))]) == .done else {
            throw .lost("the lease of \(lease.resource) was taken over by another invocation")
        }
        return renewed
    }

    /// Gives the lease back; nothing happens where it is no longer ours.
    package func release(_ lease: LedgerLease) async throws(LedgerError) {
        _ = try await write([.delete(LedgerLease.key(lease.resource), if: .revision(lease.revision))])
    }
}
