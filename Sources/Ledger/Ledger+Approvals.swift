import AWSClient
import AWSSigning
package import LosslessJSON

/// What came of recording a request.
package enum AskAnswer: Sendable, Equatable {
    case recorded(ApprovalRequest)
    /// One for the same access is pending; perhaps under another finding's id.
    case pending(ApprovalRequest)
    /// Nothing was recorded: one for the finding was decided after it was planned.
    case overtaken(ApprovalRequest)
}

/// What came of a decision.
package enum DecisionAnswer: Sendable, Equatable {
    case recorded(ApprovalRequest)
    /// Nothing was recorded: it is decided or over already, as the request says.
    case over(ApprovalRequest)
    /// Nothing was recorded: it can be decided no more.
    case tooLate(ApprovalRequest)
}

extension Ledger {
    /// A short name for what a change closes.
    package static func name(ofAccess access: JSON) -> String {
        String(SHA256.hexadecimal(of: access.serialized()).prefix(32))
    }

    /// The last request for a finding; `nil` where there is none.
    package func request(ofFinding id: String) async throws(LedgerError) -> ApprovalRequest? {
        try await item(at: ApprovalRequest.key(ofFinding: id)).map { (item) throws(LedgerError) in
            try ApprovalRequest(item)
        }
    }

    /// The request for an access that is pending, under whichever finding's id.
    package func pendingRequest(forAccess access: JSON) async throws(LedgerError) -> ApprovalRequest? {
        try await pendingRequest(named: Self.name(ofAccess: access))
    }

    private func pendingRequest(named access: String) async throws(LedgerError) -> ApprovalRequest? {
        let key = LedgerKey(ApprovalRequest.pendingPartition, access)
        guard let pointer = try await item(at: key),
            let request = try await request(ofFinding: try pointer.text("findingId")), request.isPending,
            request.access == access
        else { return nil }
        return request
    }

    /// Every request that waits for a decision, or for what was decided to be done; the oldest first.
    package func pendingRequests() async throws(LedgerError) -> [ApprovalRequest] {
        var requests: [ApprovalRequest] = []
        for pointer in try await items(of: ApprovalRequest.pendingPartition) {
            if let request = try await pendingRequest(named: pointer.key.sort) { requests.append(request) }
        }
        return requests.sorted { $0.id < $1.id }
    }

    /// Records a request, unless one for the same access is pending.
    ///
    /// - Parameters:
    ///   - last: the standing of the finding's last request when the change was planned; `nil` where it is not known.
    ///   - outdated: a pending one that is to end, because what it shows is not what would be done now.
    package func ask(
        _ request: ApprovalRequest,
        after last: String?,
        replacing outdated: ApprovalRequest? = nil
    ) async throws(LedgerError) -> AskAnswer {
        for _ in 0..<4 {
            let earlier = try await self.request(ofFinding: request.findingID)
            let pending = try await item(at: request.pendingKey)
            // Only what nobody has decided yet may be replaced.
            if let found = try await pendingRequest(named: request.access), found.id != outdated?.id || !found.isOpen {
                return .pending(found)
            }
            if let last, last != earlier?.standing ?? "", let earlier, !earlier.isPending { return .overtaken(earlier) }
            var new = request
            new.revision = (earlier?.revision ?? 0) + 1
            var writes: [LedgerWrite] = [
                .put(new.item, if: earlier.map { .revision($0.revision) } ?? .absent),
                .put(next(new.pending, after: pending), if: pending.map { .revision($0.revision) } ?? .absent),
            ]
            if let earlier, earlier.isPending, earlier.access != new.access {
                writes.append(.delete(earlier.pendingKey, if: .any))
            }
            if let outdated, outdated.findingID != request.findingID {
                writes.append(end(outdated, .outdated, result: nil))
            }
            if try await write(writes) == .done { return .recorded(new) }
        }
        throw .lost("the request for the finding \(request.findingID) is being written by others")
    }

    private func next(_ item: LedgerItem, after earlier: LedgerItem?) -> LedgerItem {
        LedgerItem(item.key, item.data, revision: (earlier?.revision ?? 0) + 1)
    }

    /// Records that a link was made for a request.
    ///
    /// - Parameters:
    ///   - nonce: the number in it, which the ledger does not keep.
    ///   - topic: where it is sent to.
    package func add(
        nonce: String,
        sentTo topic: String,
        to request: ApprovalRequest
    ) async throws(LedgerError) -> ApprovalRequest {
        try await change(request) { request in
            request.topic = topic
            // Of links that were never sent there are few.
            request.nonces = request.nonces.suffix(19) + [ApprovalRequest.digest(ofNonce: nonce)]
        }
    }

    /// Gives a request to another task or function to go on with.
    package func hand(
        _ request: ApprovalRequest,
        to asker: ApprovalRequest.Asker
    ) async throws(LedgerError) -> ApprovalRequest {
        try await change(request) { $0.asker = asker }
    }

    /// Changes a request that is open as it was read.
    private func change(
        _ request: ApprovalRequest,
        _ change: (inout ApprovalRequest) -> Void
    ) async throws(LedgerError) -> ApprovalRequest {
        var changed = request
        change(&changed)
        changed.revision += 1
        guard try await write([.put(changed.item, if: .revision(request.revision))]) == .done else {
            throw .lost("the request for the finding \(request.findingID) was changed by another invocation")
        }
        return changed
    }

    /// Records a decision, once.
    ///
    /// - Parameter rejection: what is recorded with a decision against the change.
    package func decide(
        _ request: ApprovalRequest,
        _ decision: ApprovalRequest.Decision,
        rejection: Rejection?
    ) async throws(LedgerError) -> DecisionAnswer {
        var request = request
        for _ in 0..<4 {
            guard request.isOpen else { return .over(request) }
            guard now() < request.until else { return .tooLate(request) }
            var decided = request
            decided.decision = decision
            decided.state = decision.isApproval ? .approved : .rejected
            decided.revision += 1
            var writes: [LedgerWrite] = []
            if !decision.isApproval {
                decided.endedAt = now()
                writes.append(.delete(decided.pendingKey, if: .any))
                if let rejection { writes.append(.put(rejection.item, if: .any)) }
            }
            writes.insert(.put(decided.item, if: .revision(request.revision)), at: 0)
            if try await write(writes) == .done { return .recorded(decided) }
            // A link was made for it meanwhile, or somebody else has decided.
            guard let current = try await self.request(ofFinding: request.findingID), current.id == request.id else {
                return .over(request)
            }
            request = current
        }
        throw .lost("the request for the finding \(request.findingID) is being written by others")
    }

    /// Records that a request is over, where it still is as it was read.
    ///
    /// - Parameter result: what came of it, such as `RESOLVED`.
    /// - Returns: whether it was; else somebody else has written it meanwhile.
    package func end(
        _ request: ApprovalRequest,
        as state: ApprovalRequest.State,
        result: String? = nil
    ) async throws(LedgerError) -> Bool {
        let writes = [end(request, state, result: result), .delete(request.pendingKey, if: .any)]
        return try await write(writes) == .done
    }

    private func end(_ request: ApprovalRequest, _ state: ApprovalRequest.State, result: String?) -> LedgerWrite {
        var ended = request
        ended.state = state
        ended.endedAt = now()
        ended.result = result
        ended.revision += 1
        return .put(ended.item, if: .revision(request.revision))
    }
}
