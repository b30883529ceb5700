package import Basics
package import LosslessJSON

/// One thing that people are told of once: how a finding ended, or that a change of ours was made.
package struct Telling: Sendable, Equatable {
    /// What the access is, so that findings about the same one are told of once: a role is reported by every region.
    package let access: String
    /// What is told, such as `REFUSED`.
    package let what: String
    /// Which time: the id of a change, or when the finding was updated.
    package let occurrence: String
    /// As AWS writes it.
    package let findingID: String
    /// Whether other regions report the same access under other ids.
    package let isReportedByEveryRegion: Bool

    package init(
        access: JSON,
        what: String,
        occurrence: String,
        findingID: String,
        isReportedByEveryRegion: Bool
    ) {
        self.access = Ledger.name(ofAccess: access)
        self.what = what
        self.occurrence = occurrence
        self.findingID = findingID
        self.isReportedByEveryRegion = isReportedByEveryRegion
    }

    var key: LedgerKey { LedgerKey("MESSAGE#\(access)", what) }
}

/// Whether a message is to be sent.
package enum TellingAnswer: Sendable, Equatable {
    /// It is ours to send; then `told` is to be called, or `notTold`.
    case send(TellingClaim)
    /// It was sent.
    case sent(at: Timestamp)
    /// Somebody else is sending it now.
    case busy
}

/// The right to send one message.
package struct TellingClaim: Sendable, Equatable {
    let telling: Telling
    let revision: Int64
}

extension Ledger {
    /// For so many seconds whoever began to send a message may still be at it.
    static let sendingTime: Int64 = 30
    /// Findings of other regions are about the same access for so many seconds.
    static let regionsTime: Int64 = 86_400
    private static let messageLife: Int64 = 30 * 86_400

    private enum Words {
        static let (state, sending, sent) = ("state", "SENDING", "SENT")
        static let (finding, occurrence, at) = ("findingId", "occurrence", "at")
    }

    /// Asks for the right to send a message.
    package func claim(_ telling: Telling) async throws(LedgerError) -> TellingAnswer {
        let first = claimItem(telling, Words.sending, now(), revision: 1)
        if try await write([.put(first, if: .absent)]) == .done {
            return .send(TellingClaim(telling: telling, revision: 1))
        }
        guard let item = try await item(at: telling.key) else { return .busy }
        let at = try item.time(Words.at)
        let age = now().secondsSinceEpoch - at.secondsSinceEpoch
        let isSame = try item.text(Words.occurrence) == telling.occurrence
        let isOther = try item.text(Words.finding) != telling.findingID
        let isCovered = isSame || (isOther && telling.isReportedByEveryRegion && age < Self.regionsTime)
        if try item.text(Words.state) == Words.sent {
            if isCovered { return .sent(at: at) }
        } else if (-Self.sendingTime..<Self.sendingTime).contains(age) {
            return .busy
        }
        let next = claimItem(telling, Words.sending, now(), revision: item.revision + 1)
        guard try await write([.put(next, if: .revision(item.revision))]) == .done else { return .busy }
        return .send(TellingClaim(telling: telling, revision: item.revision + 1))
    }

    /// Whether people were told of this very occurrence.
    package func wasTold(of access: JSON, as what: String, _ occurrence: String) async throws(LedgerError) -> Bool {
        guard let item = try await item(at: LedgerKey("MESSAGE#\(Self.name(ofAccess: access))", what)) else {
            return false
        }
        let (state, known) = (try item.text(Words.state), try item.text(Words.occurrence))
        return state == Words.sent && known == occurrence
    }

    /// Records that the message was sent.
    package func told(_ claim: TellingClaim) async throws(LedgerError) {
        let item = claimItem(claim.telling, Words.sent, now(), revision: claim.revision + 1)
        _ = try await write([.put(item, if: .revision(claim.revision))])
    }

    /// Gives the right back: nothing was sent, and the next one may try at once.
    package func notTold(_ claim: TellingClaim) async throws(LedgerError) {
        _ = try await write([.delete(claim.telling.key, if: .revision(claim.revision))])
    }

    private func claimItem(_ telling: Telling, _ state: String, _ at: Timestamp, revision: Int64) -> LedgerItem {
        LedgerItem(
            telling.key,
            JSONObject([
                (Words.state, .string(state)), (Words.finding, .string(telling.findingID)),
                (Words.occurrence, .string(telling.occurrence)), (Words.at, .string(at.extended)),
            ]),
            revision: revision,
            expires: at.secondsSinceEpoch + Self.messageLife
        )
    }
}

/// Whether messages are held back in this hour.
package enum MessageAllowance: Sendable, Equatable {
    case send
    /// The first one above the limit: people are told once that no more follow.
    case sayThatMore
    case holdBack
}

extension Ledger {
    /// Counts a message of this hour of the clock.
    package func countMessage(limit: Int) async throws(LedgerError) -> MessageAllowance {
        let hour = Counter(of: "messages", at: now())
        if try await write([.count(hour.key(Counter.all), below: limit, expires: hour.expires)]) == .done {
            return .send
        }
        let notice = LedgerItem(hour.key("HELD"), JSONObject(), expires: hour.expires)
        return try await write([.put(notice, if: .absent)]) == .done ? .sayThatMore : .holdBack
    }

    /// Takes back what `countMessage` has counted: it was not sent.
    package func uncountMessage(_ allowance: MessageAllowance) async throws(LedgerError) {
        let hour = Counter(of: "messages", at: now())
        switch allowance {
        case .send: _ = try await write([.uncount(hour.key(Counter.all))])
        case .sayThatMore: _ = try await write([.delete(hour.key("HELD"), if: .any)])
        case .holdBack: break
        }
    }
}
