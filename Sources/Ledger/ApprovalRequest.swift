import AWSSigning
package import Basics
package import LosslessJSON

/// A change that a person is asked about: shown once, decided once.
package struct ApprovalRequest: Sendable, Equatable {
    /// How far it has come.
    package enum State: String, Sendable {
        /// Nobody has decided.
        case open = "OPEN"
        /// Somebody has agreed, and the change is to be made.
        case approved = "APPROVED"
        /// Somebody has decided against it.
        case rejected = "REJECTED"
        /// Nobody decided in time.
        case lapsed = "LAPSED"
        /// The change that was shown is not the one that would be made now.
        case outdated = "OUTDATED"
        /// It was approved, and what came of it is known.
        case done = "DONE"
    }

    /// What somebody decided.
    package struct Decision: Sendable, Equatable {
        package let isApproval: Bool
        /// An ARN, or a name that was typed.
        package let by: String
        /// Whether `by` is only what somebody has typed.
        package let isClaimed: Bool
        package let at: Timestamp
        /// How: `page` or `command line`.
        package let way: String
        /// `nil` where none was given.
        package let reason: String?

        package init(isApproval: Bool, by: String, isClaimed: Bool, at: Timestamp, way: String, reason: String?) {
            self.isApproval = isApproval
            self.by = by
            self.isClaimed = isClaimed
            self.at = at
            self.way = way
            self.reason = reason
        }
    }

    /// Who goes on once it is decided.
    package struct Asker: Sendable, Equatable {
        /// Of a workflow's task that waits. A secret: whoever has it can end the task.
        package var taskToken: String?
        /// The ARN of the function that takes the case.
        package var function: String?
        /// The region that the task waits in; `nil` for our own.
        package var region: String?

        package init(taskToken: String? = nil, function: String? = nil, region: String? = nil) {
            self.taskToken = taskToken
            self.function = function
            self.region = region
        }
    }

    /// Sorts by time.
    package let id: String
    /// As AWS writes it.
    package let findingID: String
    package var state = State.open
    /// What the change is made for: the case without what was done.
    package let `case`: JSONObject
    /// Names the access, whatever the finding's id: a role is reported by every region.
    package let access: String
    /// What would be done, in a sentence.
    package let summary: String
    /// `resource`, `operation`, `before`, `after` and `diff` of each change, as an outcome has them.
    package let changes: JSON
    /// Names what a decision binds: these calls on these documents.
    package let digest: String
    /// Each step of the proof in a sentence.
    package let proof: [String]
    package let askedAt: Timestamp
    /// Until when it can be decided.
    package let until: Timestamp
    package internal(set) var asker: Asker
    /// For so many days nobody is asked again when it is rejected; `nil` where whoever asked did not say.
    package internal(set) var coolDownDays: Int?
    /// The ARN of the topic that the link was sent to; `nil` before.
    package internal(set) var topic: String?
    /// Digests of the numbers in the links that were sent.
    package internal(set) var nonces: [String] = []
    package internal(set) var decision: Decision?
    /// When it was over.
    package internal(set) var endedAt: Timestamp?
    /// What came of it, such as `RESOLVED`; `nil` before.
    package internal(set) var result: String?
    /// The item's.
    var revision: Int64 = 1

    /// - Parameters:
    ///   - access: what the change closes: resource, principal, actions, condition.
    ///   - bound: what a decision binds of the changes.
    ///   - hours: how long it can be decided.
    package init(
        id: String,
        findingID: String,
        case: JSONObject,
        access: JSON,
        summary: String,
        changes: JSON,
        bound: JSON,
        proof: [String],
        askedAt: Timestamp,
        hours: Int,
        coolDownDays: Int,
        asker: Asker
    ) {
        self.init(
            id: id,
            findingID: findingID,
            case: `case`,
            access: Ledger.name(ofAccess: access),
            summary: summary,
            changes: changes,
            digest: SHA256.hexadecimal(of: bound.serialized()),
            proof: proof,
            askedAt: askedAt,
            until: askedAt.adding(seconds: Int64(hours) * 3600),
            asker: asker
        )
        self.coolDownDays = coolDownDays
    }

    fileprivate init(
        id: String,
        findingID: String,
        case: JSONObject,
        access: String,
        summary: String,
        changes: JSON,
        digest: String,
        proof: [String],
        askedAt: Timestamp,
        until: Timestamp,
        asker: Asker
    ) {
        self.id = id
        self.findingID = findingID
        self.case = `case`
        self.access = access
        self.summary = summary
        self.changes = changes
        self.digest = digest
        self.proof = proof
        self.askedAt = askedAt
        self.until = until
        self.asker = asker
    }

    /// Whether it is neither decided nor over; it may be too late to decide it.
    package var isOpen: Bool { state == .open }

    /// Whether it waits for somebody: for a decision, or for what was decided to be done.
    package var isPending: Bool { state == .open || state == .approved }

    /// Differs once it is decided, or over.
    package var standing: String { "\(id) \(state.rawValue)" }

    /// Whether a link that holds this number was sent for it.
    package func knows(nonce: String) -> Bool {
        nonces.contains(Self.digest(ofNonce: nonce))
    }

    static func digest(ofNonce nonce: String) -> String { SHA256.hexadecimal(of: Array(nonce.utf8)) }

    /// The request as people may see it: without what would let them decide or end a workflow's task.
    package var shown: JSONObject {
        var json = self.json
        for secret in ["taskToken", "nonces", "access"] { json[secret] = nil }
        return json
    }
}

// MARK: As an item

extension ApprovalRequest {
    /// A finding's request.
    static func key(ofFinding id: String) -> LedgerKey { LedgerKey("APPROVAL#\(id)", "REQUEST") }

    /// The requests that are pending, by the access.
    static let pendingPartition = "APPROVALS"
    var pendingKey: LedgerKey { LedgerKey(Self.pendingPartition, access) }
    var pending: LedgerItem { LedgerItem(pendingKey, JSONObject([("findingId", .string(findingID))])) }

    /// What is over is kept for so many seconds.
    private static let life: Int64 = 400 * 86_400

    var item: LedgerItem {
        LedgerItem(
            Self.key(ofFinding: findingID),
            json,
            revision: revision,
            expires: endedAt.map { $0.secondsSinceEpoch + Self.life }
        )
    }

    private var json: JSONObject {
        var json = JSONObject([
            ("id", .string(id)), ("findingId", .string(findingID)), ("state", .string(state.rawValue)),
            ("askedAt", .string(askedAt.extended)), ("until", .string(until.extended)), ("summary", .string(summary)),
            ("changes", changes), ("proof", .array(proof.map(JSON.string))), ("digest", .string(digest)),
            ("case", .object(`case`)), ("access", .string(access)), ("nonces", .array(nonces.map(JSON.string))),
        ])
        if let topic { json["topic"] = .string(topic) }
        if let token = asker.taskToken { json["taskToken"] = .string(token) }
        if let function = asker.function { json["function"] = .string(function) }
        if let region = asker.region { json["region"] = .string(region) }
        if let coolDownDays { json["coolDownDays"] = .int(coolDownDays) }
        if let decision { json["decision"] = .object(decision.json) }
        if let endedAt { json["endedAt"] = .string(endedAt.extended) }
        if let result { json["result"] = .string(result) }
        return json
    }

    init(_ item: LedgerItem) throws(LedgerError) {
        guard let state = State(rawValue: try item.text("state")) else { throw item.broken("state") }
        guard let input = item.data["case"]?.object else { throw item.broken("case") }
        guard let changes = item.data["changes"], changes.array != nil else { throw item.broken("changes") }
        self.init(
            id: try item.text("id"),
            findingID: try item.text("findingId"),
            case: input,
            access: try item.text("access"),
            summary: try item.text("summary"),
            changes: changes,
            digest: try item.text("digest"),
            proof: item.data["proof"]?.array?.compactMap(\.string) ?? [],
            askedAt: try item.time("askedAt"),
            until: try item.time("until"),
            asker: Asker(
                taskToken: item.data["taskToken"]?.string,
                function: item.data["function"]?.string,
                region: item.data["region"]?.string
            )
        )
        coolDownDays = item.data["coolDownDays"]?.int.map { min(max($0, 0), 3650) }
        self.state = state
        topic = item.data["topic"]?.string
        nonces = item.data["nonces"]?.array?.compactMap(\.string) ?? []
        decision = try item.data["decision"].map { (json) throws(LedgerError) in try Decision(json, of: item) }
        endedAt = item.data["endedAt"] == nil ? nil : try item.time("endedAt")
        result = item.data["result"]?.string
        revision = item.revision
    }
}

extension ApprovalRequest.Decision {
    package var json: JSONObject {
        var json = JSONObject([
            ("decision", .string(isApproval ? "APPROVED" : "REJECTED")), ("by", .string(by)),
            ("isClaimed", .bool(isClaimed)), ("at", .string(at.extended)), ("way", .string(way)),
        ])
        if let reason { json["reason"] = .string(reason) }
        return json
    }

    fileprivate init(_ json: JSON, of item: LedgerItem) throws(LedgerError) {
        guard let what = json["decision"]?.string, let by = json["by"]?.string, let way = json["way"]?.string,
            let at = json["at"]?.string.flatMap({ Timestamp(iso8601: $0) })
        else { throw item.broken("decision") }
        self.init(
            isApproval: what == "APPROVED",
            by: by,
            isClaimed: json["isClaimed"]?.bool ?? true,
            at: at,
            way: way,
            reason: json["reason"]?.string
        )
    }
}
